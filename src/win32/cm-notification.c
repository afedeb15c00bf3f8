/* SPDX-License-Identifier: MIT */
/* CM_Register_Notification (U13): each notification has a connection and a thread of its own. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <windows.h>
#include <cfgmgr32.h>
#include <initguid.h>
#include <pnpn-events.h>
#include <pnpnotify.h>

#include "core/list.h"
#include "core/name.h"
#include "wincommon/utf.h"
#include "wincommon/wcs.h"
#include "win32/device-file.h"
#include "win32/export.h"

struct notification {
	struct pnpn_list link;
	CM_NOTIFY_FILTER_TYPE type;
	char *instance_id; /* NULL: any device's */
	PCM_NOTIFY_CALLBACK callback;
	PVOID context;
	struct pnpn_connection *connection;
	pthread_t thread;
	int stop_fd; /* an eventfd: the thread ends */
};

static struct pnpn_list notifications = {&notifications, &notifications};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* --- calling -------------------------------------------------------------------------------------- */

static bool is_stopped(const struct notification *notification)
{
	struct pollfd poll_fd = {.fd = notification->stop_fd, .events = POLLIN};

	return poll(&poll_fd, 1, 0) > 0;
}

/* Without memory this notification alone misses it (U14). */
static void call(struct notification *notification, CM_NOTIFY_ACTION action,
		 CM_NOTIFY_EVENT_DATA *data, size_t bytes)
{
	if (data && !is_stopped(notification))
		(void)notification->callback((HCMNOTIFICATION)notification, notification->context,
					     action, data, (DWORD)bytes);
	free(data);
}

static CM_NOTIFY_EVENT_DATA *data_new(const struct notification *notification, size_t bytes)
{
	CM_NOTIFY_EVENT_DATA *data = calloc(1, bytes < sizeof(*data) ? sizeof(*data) : bytes);

	if (data)
		data->FilterType = notification->type;
	return data;
}

static void call_custom(struct notification *notification, const void *guid, LONG name_offset,
			const void *bytes, size_t size)
{
	size_t whole = offsetof(CM_NOTIFY_EVENT_DATA, u.DeviceHandle.Data) + size;
	CM_NOTIFY_EVENT_DATA *data = data_new(notification, whole);

	if (data) {
		memcpy(&data->u.DeviceHandle.EventGuid, guid, sizeof(GUID));
		data->u.DeviceHandle.NameOffset = name_offset;
		data->u.DeviceHandle.DataSize = (DWORD)size;
		if (size)
			memcpy(data->u.DeviceHandle.Data, bytes, size);
	}
	call(notification, CM_NOTIFY_ACTION_DEVICECUSTOMEVENT, data, whole);
}

/* A structure whose last member is a text. */
static void call_text(struct notification *notification, CM_NOTIFY_ACTION action, size_t text_at,
		      const char *text, const void *class_guid)
{
	WCHAR *wide = pnpn_utf_widen(text);
	size_t bytes = wide ? text_at + (pnpn_wcslen(wide) + 1) * sizeof(WCHAR) : 0;
	CM_NOTIFY_EVENT_DATA *data = wide ? data_new(notification, bytes) : NULL;

	if (data) {
		memcpy((char *)data + text_at, wide, bytes - text_at);
		if (class_guid)
			memcpy(&data->u.DeviceInterface.ClassGuid, class_guid, sizeof(GUID));
	}
	free(wide);
	call(notification, action, data, bytes);
}

static void call_interface(struct notification *notification, const struct pnpn_event *event)
{
	bool arrived = pnpn_event_get_kind(event) == PNPN_EVENT_INTERFACE_ARRIVED;

	call_text(notification,
		  arrived ? CM_NOTIFY_ACTION_DEVICEINTERFACEARRIVAL
			  : CM_NOTIFY_ACTION_DEVICEINTERFACEREMOVAL,
		  offsetof(CM_NOTIFY_EVENT_DATA, u.DeviceInterface.SymbolicLink),
		  pnpn_event_get_interface(event), pnpn_event_get_guid(event));
}

static void call_instance(struct notification *notification, const struct pnpn_event *event)
{
	size_t at = offsetof(CM_NOTIFY_EVENT_DATA, u.DeviceInstance.InstanceId);
	const char *id = pnpn_event_get_device(event);

	if (notification->instance_id && !pnpn_name_equal(notification->instance_id, id))
		return;
	if (pnpn_event_get_kind(event) == PNPN_EVENT_DEVICE_REMOVED) {
		call_text(notification, CM_NOTIFY_ACTION_DEVICEINSTANCEREMOVED, at, id, NULL);
		return;
	}
	call_text(notification, CM_NOTIFY_ACTION_DEVICEINSTANCEENUMERATED, at, id, NULL);
	call_text(notification, CM_NOTIFY_ACTION_DEVICEINSTANCESTARTED, at, id, NULL);
}

static void call_handle(struct notification *notification, const struct pnpn_event *event)
{
	uint64_t lost = pnpn_event_get_lost(event);
	size_t size;
	const void *data = pnpn_event_get_data(event, &size);

	if (lost)
		call_custom(notification, &GUID_PNPNOTIFY_EVENTS_LOST, -1, &lost, sizeof(lost));
	if (pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM)
		call_custom(notification, pnpn_event_get_guid(event),
			    pnpn_event_get_name_offset(event), data, size);
	else
		call(notification, CM_NOTIFY_ACTION_DEVICEREMOVECOMPLETE,
		     data_new(notification, sizeof(CM_NOTIFY_EVENT_DATA)),
		     sizeof(CM_NOTIFY_EVENT_DATA));
}

static void handle(struct notification *notification, const struct pnpn_event *event)
{
	enum pnpn_event_kind kind = pnpn_event_get_kind(event);
	bool of_interface = kind == PNPN_EVENT_INTERFACE_ARRIVED ||
			    kind == PNPN_EVENT_INTERFACE_REMOVED;

	if (kind == PNPN_EVENT_DISCONNECTED)
		return;
	if (notification->type == CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE)
		call_handle(notification, event);
	else if (notification->type == CM_NOTIFY_FILTER_TYPE_DEVICEINSTANCE)
		call_instance(notification, event);
	else if (of_interface)
		call_interface(notification, event);
}

static void *run(void *argument)
{
	struct notification *notification = argument;
	struct pollfd poll_fds[2] = {
		{.fd = notification->stop_fd, .events = POLLIN},
		{.fd = pnpn_get_fd(notification->connection), .events = POLLIN},
	};
	const struct pnpn_event *event;

	while (!is_stopped(notification)) {
		int r = pnpn_dispatch(notification->connection);
		while (!is_stopped(notification) &&
		       pnpn_next_event(notification->connection, &event) > 0)
			handle(notification, event);
		/* Without a manager there is nothing more to tell. */
		(void)poll(poll_fds, r < 0 ? 1 : 2, -1);
	}
	return NULL;
}

/* --- registering ---------------------------------------------------------------------------------- */

static CONFIGRET check(const CM_NOTIFY_FILTER *filter)
{
	DWORD allowed = filter->FilterType == CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE
				? CM_NOTIFY_FILTER_FLAG_ALL_INTERFACE_CLASSES
			: filter->FilterType == CM_NOTIFY_FILTER_TYPE_DEVICEINSTANCE
				? CM_NOTIFY_FILTER_FLAG_ALL_DEVICE_INSTANCES
				: 0;

	if (filter->cbSize != sizeof(*filter) || filter->Reserved ||
	    filter->FilterType >= CM_NOTIFY_FILTER_TYPE_MAX)
		return CR_INVALID_DATA;
	return filter->Flags & ~allowed ? CR_INVALID_FLAG : CR_SUCCESS;
}

static int register_natively(struct notification *notification, const CM_NOTIFY_FILTER *filter)
{
	struct pnpn_connection *connection = notification->connection;
	struct pnpn_guid class;

	if (filter->FilterType == CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE)
		return pnpn_register_device(connection, notification->instance_id, 0, NULL, NULL);
	if (filter->FilterType == CM_NOTIFY_FILTER_TYPE_DEVICEINSTANCE)
		return pnpn_register_all(connection, PNPN_REGISTER_DEVICES_ONLY, NULL, NULL);
	if (filter->Flags & CM_NOTIFY_FILTER_FLAG_ALL_INTERFACE_CLASSES)
		return pnpn_register_all(connection, PNPN_REGISTER_INTERFACES_ONLY, NULL, NULL);
	memcpy(&class, &filter->u.DeviceInterface.ClassGuid, sizeof(class));
	return pnpn_register_class(connection, &class, PNPN_REGISTER_INTERFACES_ONLY, NULL, NULL);
}

/* Whose events: the handle's device, or the instance. */
static CONFIGRET set_device(struct notification *notification, const CM_NOTIFY_FILTER *filter)
{
	if (filter->FilterType == CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE) {
		notification->instance_id = pnpn_device_file_get_id(filter->u.DeviceHandle.hTarget);
		return notification->instance_id ? CR_SUCCESS : CR_INVALID_DATA;
	}
	if (filter->FilterType != CM_NOTIFY_FILTER_TYPE_DEVICEINSTANCE ||
	    filter->Flags & CM_NOTIFY_FILTER_FLAG_ALL_DEVICE_INSTANCES)
		return CR_SUCCESS;
	WCHAR id[MAX_DEVICE_ID_LEN + 1] = {0};
	memcpy(id, filter->u.DeviceInstance.InstanceId, MAX_DEVICE_ID_LEN * sizeof(WCHAR));
	notification->instance_id = pnpn_utf_narrow(id);
	if (!notification->instance_id)
		return CR_OUT_OF_MEMORY;
	char normal[PNPN_INSTANCE_ID_BYTES];
	return pnpn_instance_id_normalize(notification->instance_id, normal) < 0
		       ? CR_INVALID_DEVICE_ID
		       : CR_SUCCESS;
}

static void notification_free(struct notification *notification)
{
	pnpn_disconnect(notification->connection);
	if (notification->stop_fd >= 0)
		close(notification->stop_fd);
	free(notification->instance_id);
	free(notification);
}

static CONFIGRET start(struct notification *notification, const CM_NOTIFY_FILTER *filter)
{
	CONFIGRET result = set_device(notification, filter);

	if (result)
		return result;
	notification->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (notification->stop_fd < 0)
		return CR_OUT_OF_MEMORY;
	int r = pnpn_connect(&notification->connection, NULL);
	if (r >= 0)
		r = register_natively(notification, filter);
	if (r < 0)
		return r == -ENOMEM   ? CR_OUT_OF_MEMORY
		       : r == -ENOENT ? CR_NO_SUCH_DEVINST
				      : CR_FAILURE;
	return pthread_create(&notification->thread, NULL, run, notification) ? CR_OUT_OF_MEMORY
									      : CR_SUCCESS;
}

PNPN_EXPORT CONFIGRET WINAPI CM_Register_Notification(PCM_NOTIFY_FILTER filter, PVOID context,
						      PCM_NOTIFY_CALLBACK callback,
						      PHCMNOTIFICATION ret_notification)
{
	if (!filter || !callback || !ret_notification)
		return CR_INVALID_POINTER;
	CONFIGRET result = check(filter);
	if (result)
		return result;
	struct notification *notification = calloc(1, sizeof(*notification));
	if (!notification)
		return CR_OUT_OF_MEMORY;
	notification->type = filter->FilterType;
	notification->callback = callback;
	notification->context = context;
	notification->stop_fd = -1;
	/* Before the first callback can ask for it. */
	HCMNOTIFICATION before = *ret_notification;
	*ret_notification = (HCMNOTIFICATION)notification;
	pthread_mutex_lock(&lock);
	result = start(notification, filter);
	if (!result)
		pnpn_list_append(&notifications, &notification->link);
	pthread_mutex_unlock(&lock);
	if (result) {
		*ret_notification = before;
		notification_free(notification);
	}
	return result;
}

PNPN_EXPORT CONFIGRET WINAPI CM_Unregister_Notification(HCMNOTIFICATION handle)
{
	struct notification *found = NULL;
	bool inside = false;

	pthread_mutex_lock(&lock);
	pnpn_list_for_each_safe (link, after, &notifications) {
		struct notification *one = pnpn_list_entry(link, struct notification, link);
		if (handle == (HCMNOTIFICATION)one)
			found = one;
	}
	inside = found && pthread_equal(found->thread, pthread_self());
	if (found && !inside)
		pnpn_list_remove(&found->link);
	pthread_mutex_unlock(&lock);
	if (!found || inside)
		return inside ? CR_FAILURE : CR_INVALID_DATA;
	(void)eventfd_write(found->stop_fd, 1);
	pthread_join(found->thread, NULL);
	notification_free(found);
	return CR_SUCCESS;
}
