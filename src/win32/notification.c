/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <dbt.h>
#include <pnpnotify.h>

#include "win32/device-file.h"
#include "win32/event-message.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/notification.h"
#include "win32/queue.h"
#include "win32/window.h"

#define KNOWN_FLAGS                                                   \
	(DEVICE_NOTIFY_WINDOW_HANDLE | DEVICE_NOTIFY_SERVICE_HANDLE | \
	 DEVICE_NOTIFY_ALL_INTERFACE_CLASSES)

struct registration {
	struct pnpn_list link; /* of all; empty once it ended */
	unsigned int references;
	HDEVNOTIFY number;
	HWND window;
	bool unicode;
	struct pnpn_queue *queue; /* the window's */
	HANDLE handle; /* the value registered with; NULL for interfaces */
	struct pnpn_connection *connection; /* that native was made from */
	struct pnpn_registration *native; /* protected by the queue's connection_lock */
	bool device_gone; /* its last message was made */
	bool manager_gone; /* its last message is to be made */
	unsigned int delivering; /* its window's procedure runs with a message of it */
	struct pnpn_queue *waiter; /* whoever waits for that to end */
};

static struct pnpn_list registrations = {&registrations, &registrations};

/* --- finding and freeing, with pnpn_gui_lock held ------------------------------------------------- */

static struct registration *find(HDEVNOTIFY number)
{
	pnpn_list_for_each_safe (link, after, &registrations) {
		struct registration *registration = pnpn_list_entry(link, struct registration,
								    link);
		if (registration->number == number)
			return registration;
	}
	return NULL;
}

static void unref(struct registration *registration)
{
	if (--registration->references)
		return;
	pnpn_queue_unref(registration->queue);
	free(registration);
}

/* --- registering ---------------------------------------------------------------------------------- */

/* The calls' common checks (U1). Returns a Win32 error. */
static DWORD check_arguments(HANDLE recipient, const DEV_BROADCAST_HDR *filter, DWORD flags)
{
	if (!recipient || !filter || flags & ~(DWORD)KNOWN_FLAGS)
		return ERROR_INVALID_PARAMETER;
	if (flags & DEVICE_NOTIFY_SERVICE_HANDLE)
		return ERROR_CALL_NOT_IMPLEMENTED;
	if (!IsWindow(recipient) || filter->dbch_size < sizeof(*filter))
		return ERROR_INVALID_PARAMETER;
	switch (filter->dbch_devicetype) {
	case DBT_DEVTYP_HANDLE:
		return filter->dbch_size < offsetof(DEV_BROADCAST_HANDLE, dbch_data)
			       ? ERROR_INVALID_PARAMETER
			       : ERROR_SUCCESS;
	case DBT_DEVTYP_DEVICEINTERFACE:
		return filter->dbch_size < offsetof(DEV_BROADCAST_DEVICEINTERFACE_W, dbcc_name)
			       ? ERROR_INVALID_PARAMETER
			       : ERROR_SUCCESS;
	default:
		return ERROR_INVALID_DATA;
	}
}

/* In the list before the manager is asked: the first event may come before the answer is looked at. */
static struct registration *registration_new(HWND handle)
{
	static uintptr_t last;
	struct registration *registration = calloc(1, sizeof(*registration));

	if (!registration) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	pthread_mutex_lock(&pnpn_gui_lock);
	const struct pnpn_window *window = pnpn_window_find(handle);
	if (window) {
		last += 8;
		registration->number = (HDEVNOTIFY)last;
		registration->references = 1;
		registration->window = handle;
		registration->unicode = window->unicode;
		registration->queue = pnpn_queue_ref(window->queue);
		pnpn_list_append(&registrations, &registration->link);
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (window)
		return registration;
	free(registration);
	pnpn_fail(ERROR_INVALID_PARAMETER);
	return NULL;
}

static int ask_manager(struct pnpn_connection *connection, struct registration *registration,
		       const char *instance_id, const DEV_BROADCAST_HDR *filter, DWORD flags)
{
	if (instance_id)
		return pnpn_register_device(connection, instance_id, 0, registration->number,
					    &registration->native);
	if (flags & DEVICE_NOTIFY_ALL_INTERFACE_CLASSES)
		return pnpn_register_all(connection, PNPN_REGISTER_INTERFACES_ONLY,
					 registration->number, &registration->native);

	struct pnpn_guid class;
	const DEV_BROADCAST_DEVICEINTERFACE_W *interface = (const void *)filter;

	memcpy(&class, &interface->dbcc_classguid, sizeof(class));
	return pnpn_register_class(connection, &class, PNPN_REGISTER_INTERFACES_ONLY,
				   registration->number, &registration->native);
}

/* The manager is gone, and all that it had was taken: each device is as good as removed. With the
 * connection_lock held. */
static void lose_connection(struct pnpn_connection **connection)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	pnpn_list_for_each_safe (link, after, &registrations) {
		struct registration *registration = pnpn_list_entry(link, struct registration,
								    link);
		if (!registration->native || registration->connection != *connection)
			continue;
		registration->manager_gone = registration->handle && !registration->device_gone;
		registration->native = NULL;
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	*connection = pnpn_disconnect(*connection);
}

/* With the connection_lock held. What the answer is does not matter: without it nothing is told. */
static void watch_devices(struct pnpn_queue *queue)
{
	if (queue->connection && !queue->devnodes)
		(void)pnpn_register_all(queue->connection, PNPN_REGISTER_DEVICES_ONLY, queue,
					&queue->devnodes);
}

void pnpn_notification_watch_devices(struct pnpn_queue *queue)
{
	pthread_mutex_lock(&queue->connection_lock);
	if (!queue->connection)
		(void)pnpn_connect(&queue->connection, NULL);
	queue->watches_devices = true;
	watch_devices(queue);
	pthread_mutex_unlock(&queue->connection_lock);
	pnpn_queue_wake(queue);
}

static int register_once(struct registration *registration, const char *instance_id,
			 const DEV_BROADCAST_HDR *filter, DWORD flags)
{
	struct pnpn_queue *queue = registration->queue;
	int r = queue->connection ? 0 : pnpn_connect(&queue->connection, NULL);

	if (r < 0)
		return r;
	if (queue->watches_devices)
		watch_devices(queue);
	registration->connection = queue->connection;
	return ask_manager(queue->connection, registration, instance_id, filter, flags);
}

/* The connection is the window's thread's; it looks at it again once we are through. */
static int register_natively(struct registration *registration, const char *instance_id,
			     const DEV_BROADCAST_HDR *filter, DWORD flags)
{
	struct pnpn_queue *queue = registration->queue;

	pthread_mutex_lock(&queue->connection_lock);
	int r = register_once(registration, instance_id, filter, flags);
	if (r == -ENOTCONN) {
		/* That of a manager that went, of which the thread has not heard yet. */
		if (queue->draining)
			lose_connection(&queue->draining);
		queue->draining = queue->connection;
		queue->connection = NULL;
		queue->devnodes = NULL;
		r = register_once(registration, instance_id, filter, flags);
	}
	pthread_mutex_unlock(&queue->connection_lock);
	pnpn_queue_wake(queue);
	return r;
}

static void end(struct registration *registration);

static HDEVNOTIFY register_notification(HANDLE recipient, const DEV_BROADCAST_HDR *filter,
					DWORD flags)
{
	DWORD error = check_arguments(recipient, filter, flags);
	char *instance_id = NULL;

	if (error) {
		pnpn_fail(error);
		return NULL;
	}
	HANDLE handle = NULL;
	if (filter->dbch_devicetype == DBT_DEVTYP_HANDLE) {
		handle = ((const DEV_BROADCAST_HANDLE *)(const void *)filter)->dbch_handle;
		instance_id = pnpn_device_file_get_id(handle);
		if (!instance_id)
			return NULL;
	}
	struct registration *registration = registration_new(recipient);
	HDEVNOTIFY number = NULL;
	if (registration) {
		registration->handle = handle;
		number = registration->number;
		int r = register_natively(registration, instance_id, filter, flags);
		if (r < 0) {
			end(registration);
			pnpn_fail_errno(r);
			number = NULL;
		}
	}
	free(instance_id);
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

/* --- ending --------------------------------------------------------------------------------------- */

/* A message of it may be with its window's procedure just now; that is over when this returns (U10),
 * unless it is that procedure that calls. */
static void wait_for_delivery(struct registration *registration)
{
	struct pnpn_queue *own = pnpn_queue_get();

	if (!own || registration->queue == own)
		return;
	pthread_mutex_lock(&pnpn_gui_lock);
	while (registration->delivering) {
		registration->waiter = own;
		pthread_mutex_unlock(&pnpn_gui_lock);
		pnpn_queue_handle_sent(own); /* the procedure may be sending to us */
		pnpn_queue_wait(own, INFINITE, false);
		pthread_mutex_lock(&pnpn_gui_lock);
	}
	registration->waiter = NULL;
	pthread_mutex_unlock(&pnpn_gui_lock);
	pnpn_queue_wake(own);
}

/* Takes it out of the list first: whatever waits for it finds nobody. */
static void end(struct registration *registration)
{
	struct pnpn_queue *queue = pnpn_queue_ref(registration->queue);

	pthread_mutex_lock(&pnpn_gui_lock);
	pnpn_list_remove(&registration->link);
	pthread_mutex_unlock(&pnpn_gui_lock);
	wait_for_delivery(registration);
	pthread_mutex_lock(&queue->connection_lock);
	pnpn_unregister(registration->native);
	registration->native = NULL;
	pthread_mutex_unlock(&queue->connection_lock);
	pnpn_queue_wake(queue);
	pthread_mutex_lock(&pnpn_gui_lock);
	unref(registration);
	pthread_mutex_unlock(&pnpn_gui_lock);
	pnpn_queue_unref(queue);
}

PNPN_EXPORT BOOL WINAPI UnregisterDeviceNotification(HDEVNOTIFY number)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	struct registration *registration = find(number);
	if (registration)
		pnpn_list_remove(&registration->link);
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (!registration)
		return pnpn_fail(ERROR_INVALID_HANDLE);
	end(registration);
	return TRUE;
}

void pnpn_notification_drop_window(HWND window)
{
	for (;;) {
		struct registration *registration = NULL;
		pthread_mutex_lock(&pnpn_gui_lock);
		pnpn_list_for_each_safe (link, after, &registrations) {
			struct registration *one = pnpn_list_entry(link, struct registration, link);
			if (one->window == window)
				registration = one;
		}
		if (registration)
			pnpn_list_remove(&registration->link);
		pthread_mutex_unlock(&pnpn_gui_lock);
		if (!registration)
			return;
		end(registration);
	}
}

/* --- delivering ----------------------------------------------------------------------------------- */

/* What one event becomes: nothing, a message, or a count of lost ones and a message. */
struct delivery {
	struct registration *registration; /* a reference */
	struct {
		WPARAM what;
		void *data;
	} messages[2];
	int count;
	bool devices_changed; /* for all top-level windows, no registration's (U12) */
};

static void add(struct delivery *delivery, WPARAM what, void *data)
{
	/* Without memory this registration alone misses it (U14). */
	if (!data)
		return;
	delivery->messages[delivery->count].what = what;
	delivery->messages[delivery->count++].data = data;
}

static struct pnpn_event_target target_of(const struct registration *registration)
{
	return (struct pnpn_event_target){registration->handle, registration->number,
					  registration->unicode};
}

static void add_event(struct delivery *delivery, const struct pnpn_event *event)
{
	struct registration *registration = delivery->registration;
	struct pnpn_event_target target = target_of(registration);

	if (pnpn_event_get_lost(event) && registration->handle)
		add(delivery, DBT_CUSTOMEVENT,
		    pnpn_event_message_lost(&target, pnpn_event_get_lost(event)));
	switch (pnpn_event_get_kind(event)) {
	case PNPN_EVENT_CUSTOM:
		add(delivery, DBT_CUSTOMEVENT, pnpn_event_message_custom(&target, event));
		break;
	case PNPN_EVENT_DEVICE_REMOVED:
		if (!registration->handle)
			break; /* whoever asked for interfaces is told of interfaces */
		registration->device_gone = true;
		add(delivery, DBT_DEVICEREMOVECOMPLETE, pnpn_event_message_removed(&target));
		break;
	case PNPN_EVENT_INTERFACE_ARRIVED:
		add(delivery, DBT_DEVICEARRIVAL,
		    pnpn_event_message_interface(registration->unicode, event));
		break;
	case PNPN_EVENT_INTERFACE_REMOVED:
		add(delivery, DBT_DEVICEREMOVECOMPLETE,
		    pnpn_event_message_interface(registration->unicode, event));
		break;
	case PNPN_EVENT_DEVICE_ARRIVED:
	case PNPN_EVENT_CONNECTED:
	case PNPN_EVENT_DISCONNECTED:
	case PNPN_EVENT_LOST:
	case PNPN_EVENT_RESTORED:
		break;
	}
}

/* Marks it as delivering, so that ending it waits. */
static bool begin(struct delivery *delivery, struct registration *registration)
{
	if (!registration)
		return false;
	registration->references++;
	registration->delivering++;
	delivery->registration = registration;
	return true;
}

static bool take_event(struct pnpn_queue *queue, struct pnpn_connection **connection,
		       struct delivery *delivery)
{
	const struct pnpn_event *event;

	if (pnpn_next_event(*connection, &event) <= 0)
		return false;
	if (pnpn_event_get_kind(event) == PNPN_EVENT_DISCONNECTED) {
		if (*connection == queue->connection)
			queue->devnodes = NULL;
		lose_connection(connection);
		return true;
	}
	if (pnpn_event_get_userdata(event) == queue) {
		delivery->devices_changed = true;
		return true;
	}
	pthread_mutex_lock(&pnpn_gui_lock);
	bool wanted = begin(delivery, find(pnpn_event_get_userdata(event)));
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (wanted)
		add_event(delivery, event);
	return true;
}

static bool take_from(struct pnpn_queue *queue, struct pnpn_connection **connection,
		      struct delivery *delivery)
{
	return take_event(queue, connection, delivery) ||
	       (pnpn_dispatch(*connection) >= 0 && take_event(queue, connection, delivery));
}

/* Somebody of whom the manager's end is still to be told. */
static bool take_manager_gone(struct pnpn_queue *queue, struct delivery *delivery)
{
	struct registration *found = NULL;

	pthread_mutex_lock(&pnpn_gui_lock);
	pnpn_list_for_each_safe (link, after, &registrations) {
		struct registration *registration = pnpn_list_entry(link, struct registration,
								    link);
		if (registration->queue == queue && registration->manager_gone && !found)
			found = registration;
	}
	bool wanted = begin(delivery, found);
	if (wanted)
		found->manager_gone = false;
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (!wanted)
		return false;
	struct pnpn_event_target target = target_of(found);
	found->device_gone = true;
	add(delivery, DBT_DEVICEREMOVECOMPLETE, pnpn_event_message_removed(&target));
	return true;
}

/* Something was taken, though it may have become no message. */
static bool take(struct pnpn_queue *queue, struct delivery *delivery)
{
	if (take_manager_gone(queue, delivery))
		return true;
	pthread_mutex_lock(&queue->connection_lock);
	bool taken = false;
	if (queue->draining)
		taken = take_from(queue, &queue->draining, delivery);
	if (!taken && queue->connection)
		taken = take_from(queue, &queue->connection, delivery);
	pthread_mutex_unlock(&queue->connection_lock);
	return taken;
}

static bool ended(struct registration *registration)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	bool is = pnpn_list_is_empty(&registration->link);
	pthread_mutex_unlock(&pnpn_gui_lock);
	return is;
}

static void finish(struct delivery *delivery)
{
	struct registration *registration = delivery->registration;

	pthread_mutex_lock(&pnpn_gui_lock);
	registration->delivering--;
	if (registration->waiter)
		pnpn_queue_wake(registration->waiter);
	unref(registration);
	pthread_mutex_unlock(&pnpn_gui_lock);
}

static void hand_out(struct delivery *delivery)
{
	for (int i = 0; i < delivery->count; i++) {
		/* The first message may have ended the registration. */
		if (!ended(delivery->registration))
			pnpn_window_call(delivery->registration->window, WM_DEVICECHANGE,
					 delivery->messages[i].what,
					 (LPARAM)delivery->messages[i].data);
		free(delivery->messages[i].data);
	}
	finish(delivery);
}

void pnpn_notification_deliver(struct pnpn_queue *queue, int most)
{
	for (int i = 0; i < most; i++) {
		struct delivery delivery = {0};
		queue->more = take(queue, &delivery);
		if (!queue->more)
			return;
		if (delivery.devices_changed)
			pnpn_window_call_top_level(queue, WM_DEVICECHANGE, DBT_DEVNODES_CHANGED, 0);
		if (delivery.registration)
			hand_out(&delivery);
	}
}
