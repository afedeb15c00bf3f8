/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <dbt.h>
#include <initguid.h>
#include <winioctl.h>

#include "win32/connect.h"
#include "win32/device-file.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/notification.h"
#include "win32/queue.h"
#include "win32/service.h"
#include "win32/window.h"

#define KNOWN_FLAGS                                                   \
	(DEVICE_NOTIFY_WINDOW_HANDLE | DEVICE_NOTIFY_SERVICE_HANDLE | \
	 DEVICE_NOTIFY_ALL_INTERFACE_CLASSES)

static struct pnpn_list notifications = {&notifications, &notifications};

/* --- finding and freeing -------------------------------------------------------------------------- */

struct pnpn_notification *pnpn_notification_find(HDEVNOTIFY number)
{
	pnpn_list_for_each_safe (link, after, &notifications) {
		struct pnpn_notification *notification =
			pnpn_list_entry(link, struct pnpn_notification, link);
		if (notification->number == number)
			return notification;
	}
	return NULL;
}

struct pnpn_notification *pnpn_notification_ref(struct pnpn_notification *notification)
{
	__atomic_add_fetch(&notification->references, 1, __ATOMIC_RELAXED);
	return notification;
}

void pnpn_notification_unref(struct pnpn_notification *notification)
{
	if (!notification || __atomic_sub_fetch(&notification->references, 1, __ATOMIC_ACQ_REL))
		return;
	pnpn_queue_unref(notification->queue);
	free(notification);
}

/* With the queue's connection_lock held, so that it stays so. */
static bool has_ended(struct pnpn_notification *notification)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	bool ended = pnpn_list_is_empty(&notification->link);
	pthread_mutex_unlock(&pnpn_gui_lock);
	return ended;
}

/* --- ending --------------------------------------------------------------------------------------- */

void pnpn_notification_detach(struct pnpn_notification *notification)
{
	if (!notification->native)
		return;
	notification->native = pnpn_unregister(notification->native);
	notification->queue->n_native--;
}

/* Whoever asks next asks the manager that is the process's then. With the connection_lock held. */
static void drop_idle_connection(struct pnpn_queue *queue)
{
	if (!queue->n_native && !queue->devnodes)
		queue->connection = pnpn_disconnect(queue->connection);
}

/* The caller holds a reference. Returns false if somebody else ended it. */
static bool end(struct pnpn_notification *notification)
{
	struct pnpn_queue *queue = notification->queue;

	pthread_mutex_lock(&queue->connection_lock);
	pthread_mutex_lock(&pnpn_gui_lock);
	bool ended = !pnpn_list_is_empty(&notification->link);
	if (ended) {
		pnpn_list_remove(&notification->link);
		pnpn_notification_unref(notification); /* the list's */
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (ended) {
		pnpn_notification_detach(notification);
		drop_idle_connection(queue);
	}
	pthread_mutex_unlock(&queue->connection_lock);
	/* The call may have brought events that no descriptor tells of any more. */
	if (ended)
		pnpn_queue_wake(queue);
	return ended;
}

PNPN_EXPORT BOOL WINAPI UnregisterDeviceNotification(HDEVNOTIFY number)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	struct pnpn_notification *notification = pnpn_notification_find(number);
	if (notification)
		pnpn_notification_ref(notification);
	pthread_mutex_unlock(&pnpn_gui_lock);
	bool ended = notification && end(notification);
	pnpn_notification_unref(notification);
	return ended ? TRUE : pnpn_fail(ERROR_INVALID_HANDLE);
}

/* One of a window's, referenced; NULL. */
static struct pnpn_notification *of_window(HWND window)
{
	struct pnpn_notification *found = NULL;

	pthread_mutex_lock(&pnpn_gui_lock);
	pnpn_list_for_each_safe (link, after, &notifications) {
		struct pnpn_notification *one = pnpn_list_entry(link, struct pnpn_notification,
								link);
		if (one->window == window)
			found = one;
	}
	if (found)
		pnpn_notification_ref(found);
	pthread_mutex_unlock(&pnpn_gui_lock);
	return found;
}

void pnpn_notification_drop_window(HWND window)
{
	struct pnpn_notification *notification;

	while ((notification = of_window(window))) {
		(void)end(notification);
		pnpn_notification_unref(notification);
	}
}

void pnpn_notification_forget_native(struct pnpn_queue *queue)
{
	queue->n_native = 0;
	pnpn_list_for_each_safe (link, after, &notifications) {
		struct pnpn_notification *one = pnpn_list_entry(link, struct pnpn_notification,
								link);
		if (one->queue == queue)
			one->native = NULL;
	}
}

/* --- registering ---------------------------------------------------------------------------------- */

/* The least size of a filter of its type; 0 for types that nobody registers for. */
static DWORD least_size(const DEV_BROADCAST_HDR *filter, DWORD flags)
{
	switch (filter->dbch_devicetype) {
	case DBT_DEVTYP_HANDLE:
		return offsetof(DEV_BROADCAST_HANDLE, dbch_data);
	case DBT_DEVTYP_DEVICEINTERFACE:
		/* With the flag the class is not looked at (U2). */
		return flags & DEVICE_NOTIFY_ALL_INTERFACE_CLASSES
			       ? sizeof(*filter)
			       : offsetof(DEV_BROADCAST_DEVICEINTERFACE_W, dbcc_name);
	default:
		return 0;
	}
}

/* The calls' common checks (U1). Returns a Win32 error. */
static DWORD check_arguments(HWND window, const DEV_BROADCAST_HDR *filter, DWORD flags)
{
	if (!filter || flags & ~(DWORD)KNOWN_FLAGS)
		return ERROR_INVALID_PARAMETER;
	if (!IsWindow(window) || filter->dbch_size < sizeof(*filter))
		return ERROR_INVALID_PARAMETER;
	DWORD least = least_size(filter, flags);
	if (!least)
		return ERROR_INVALID_DATA;
	return filter->dbch_size < least ? ERROR_INVALID_PARAMETER : ERROR_SUCCESS;
}

/* In the list before the manager is asked: the first event may come before the answer is looked at. The
 * caller gets a reference of its own: the window may go meanwhile, and its registrations with it. */
static struct pnpn_notification *notification_new(HWND handle, HANDLE device, uint64_t opened)
{
	static uintptr_t last;
	struct pnpn_notification *notification = calloc(1, sizeof(*notification));

	if (!notification) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	pthread_mutex_lock(&pnpn_gui_lock);
	const struct pnpn_window *window = pnpn_window_find(handle);
	if (window) {
		last += 8;
		notification->number = (HDEVNOTIFY)last;
		notification->references = 2;
		notification->window = handle;
		notification->unicode = window->unicode;
		notification->handle = device;
		notification->opened = opened;
		notification->queue = pnpn_queue_ref(window->queue);
		pnpn_list_append(&notifications, &notification->link);
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (window)
		return notification;
	free(notification);
	pnpn_fail(ERROR_INVALID_PARAMETER);
	return NULL;
}

static int ask_manager(struct pnpn_connection *connection, struct pnpn_notification *notification,
		       const char *instance_id, const DEV_BROADCAST_HDR *filter, DWORD flags)
{
	if (instance_id)
		return pnpn_register_opened(connection, notification->opened, instance_id,
					    PNPN_REGISTER_QUERY_REMOVE, notification->number,
					    &notification->native);
	if (flags & DEVICE_NOTIFY_ALL_INTERFACE_CLASSES)
		return pnpn_register_all(connection, PNPN_REGISTER_INTERFACES_ONLY,
					 notification->number, &notification->native);

	struct pnpn_guid class;
	const DEV_BROADCAST_DEVICEINTERFACE_W *interface = (const void *)filter;

	memcpy(&class, &interface->dbcc_classguid, sizeof(class));
	return pnpn_register_class(connection, &class, PNPN_REGISTER_INTERFACES_ONLY,
				   notification->number, &notification->native);
}

/* With the connection_lock held. It outlasts the manager, and need not find one now. */
static int open_connection(struct pnpn_queue *queue)
{
	return queue->connection ? 0 : pnpn_connect_lasting(&queue->connection, NULL);
}

static void stop_watching(struct pnpn_queue *queue)
{
	queue->devnodes = pnpn_unregister(queue->devnodes);
	queue->ports = pnpn_unregister(queue->ports);
	queue->volumes = pnpn_unregister(queue->volumes);
}

/* All of them, or none: who has one has a connection. */
static void begin_watching(struct pnpn_queue *queue)
{
	struct pnpn_guid ports, volumes;

	memcpy(&ports, &GUID_DEVINTERFACE_COMPORT, sizeof(ports));
	memcpy(&volumes, &GUID_DEVINTERFACE_VOLUME, sizeof(volumes));
	(void)pnpn_register_all(queue->connection, PNPN_REGISTER_DEVICES_ONLY, queue,
				&queue->devnodes);
	(void)pnpn_register_class(queue->connection, &ports, PNPN_REGISTER_INTERFACES_ONLY, queue,
				  &queue->ports);
	(void)pnpn_register_class(queue->connection, &volumes, PNPN_REGISTER_INTERFACES_ONLY, queue,
				  &queue->volumes);
	if (!queue->devnodes || !queue->ports || !queue->volumes)
		stop_watching(queue);
}

/* Without memory for it nothing is told. */
void pnpn_notification_watch_devices(struct pnpn_queue *queue, bool watch)
{
	pthread_mutex_lock(&queue->connection_lock);
	if (!watch)
		stop_watching(queue);
	else if (!queue->devnodes && open_connection(queue) >= 0)
		begin_watching(queue);
	drop_idle_connection(queue);
	pthread_mutex_unlock(&queue->connection_lock);
	pnpn_queue_wake(queue);
}

/* With the connection_lock held. */
static int register_locked(struct pnpn_notification *notification, const char *instance_id,
			   const DEV_BROADCAST_HDR *filter, DWORD flags)
{
	struct pnpn_queue *queue = notification->queue;
	drop_idle_connection(queue);
	int r = open_connection(queue);
	if (r >= 0)
		r = ask_manager(queue->connection, notification, instance_id, filter, flags);
	if (r == -ENOTCONN)
		r = pnpn_win32_await_manager(queue->connection);
	if (r >= 0 && !notification->native)
		r = ask_manager(queue->connection, notification, instance_id, filter, flags);
	if (r >= 0)
		queue->n_native++;
	return r;
}

/* The connection is the window's thread's; it looks at it again once we are through. Returns a Win32
 * error. */
static DWORD register_natively(struct pnpn_notification *notification, const char *instance_id,
			       const DEV_BROADCAST_HDR *filter, DWORD flags)
{
	struct pnpn_queue *queue = notification->queue;

	pthread_mutex_lock(&queue->connection_lock);
	/* The window, or its thread, may have gone: nobody would end it again. */
	DWORD error = ERROR_INVALID_PARAMETER;
	if (!has_ended(notification))
		error = pnpn_win32_error(register_locked(notification, instance_id, filter, flags));
	pthread_mutex_unlock(&queue->connection_lock);
	pnpn_queue_wake(queue);
	return error;
}

static HDEVNOTIFY register_notification(HANDLE recipient, const DEV_BROADCAST_HDR *filter,
					DWORD flags)
{
	HWND window = flags & DEVICE_NOTIFY_SERVICE_HANDLE ? pnpn_service_window(recipient)
							   : recipient;
	DWORD error = check_arguments(window, filter, flags);
	char *instance_id = NULL;
	HANDLE device = NULL;
	uint64_t opened = 0;

	if (error) {
		pnpn_fail(error);
		return NULL;
	}
	if (filter->dbch_devicetype == DBT_DEVTYP_HANDLE) {
		device = ((const DEV_BROADCAST_HANDLE *)(const void *)filter)->dbch_handle;
		instance_id = pnpn_device_file_get_id(device, &opened);
		if (!instance_id)
			return NULL;
	}
	struct pnpn_notification *notification = notification_new(window, device, opened);
	HDEVNOTIFY number = NULL;
	if (notification) {
		error = register_natively(notification, instance_id, filter, flags);
		if (error)
			(void)end(notification);
		else
			number = notification->number;
		pnpn_notification_unref(notification);
	}
	free(instance_id);
	if (error)
		pnpn_fail(error);
	return number;
}

PNPN_EXPORT HDEVNOTIFY WINAPI RegisterDeviceNotificationW(HANDLE recipient, LPVOID filter,
							  DWORD flags)
{
	return register_notification(recipient, filter, flags);
}

/* What the messages look like goes by the window, not by this name (U6). */
PNPN_EXPORT HDEVNOTIFY WINAPI RegisterDeviceNotificationA(HANDLE recipient, LPVOID filter,
							  DWORD flags)
{
	return register_notification(recipient, filter, flags);
}
