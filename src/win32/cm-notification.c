/* SPDX-License-Identifier: MIT */
/* CM_Register_Notification (U13): one connection for all of them. */
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
#include "win32/cm-call.h"
#include "win32/connect.h"
#include "win32/device-file.h"
#include "win32/export.h"

struct notification {
	struct pnpn_list link;
	HCMNOTIFICATION number; /* never given twice */
	CM_NOTIFY_FILTER_TYPE type;
	char *instance_id; /* NULL: any device's */
	uint64_t handle; /* the manager's number of the handle, if it is by handle */
	PCM_NOTIFY_CALLBACK callback;
	PVOID context;
	struct pnpn_registration *native; /* protected by connection_lock */
};

/* Protects the connection; taken before pnpn_cm_lock. */
static pthread_mutex_t connection_lock = PTHREAD_MUTEX_INITIALIZER;
static struct pnpn_connection *connection;
static int wake_fd = -1; /* an eventfd: who listens looks again */

static struct pnpn_list notifications = {&notifications, &notifications};

/* With pnpn_cm_lock held. */
static struct notification *find(HCMNOTIFICATION number)
{
	pnpn_list_for_each_safe (link, after, &notifications) {
		struct notification *one = pnpn_list_entry(link, struct notification, link);
		if (one->number == number)
			return one;
	}
	return NULL;
}

/* --- what an event becomes ------------------------------------------------------------------------ */

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
	pnpn_cm_call(notification->number, CM_NOTIFY_ACTION_DEVICECUSTOMEVENT, data, whole);
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
	pnpn_cm_call(notification->number, action, data, bytes);
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

/* A removal in order (D5), and its end. */
static void call_removal(struct notification *notification, CM_NOTIFY_ACTION action)
{
	pnpn_cm_call(notification->number, action,
		     data_new(notification, sizeof(CM_NOTIFY_EVENT_DATA)),
		     sizeof(CM_NOTIFY_EVENT_DATA));
}

/* Whoever can't be asked agrees. */
static void call_query(struct notification *notification, const struct pnpn_event *event)
{
	if (!pnpn_cm_call_query(notification->number, pnpn_event_get_query(event),
				data_new(notification, sizeof(CM_NOTIFY_EVENT_DATA)),
				sizeof(CM_NOTIFY_EVENT_DATA)))
		(void)pnpn_event_answer(event, true, NULL);
}

static void call_handle(struct notification *notification, const struct pnpn_event *event)
{
	uint64_t lost = pnpn_event_get_lost(event);
	size_t size;
	const void *data = pnpn_event_get_data(event, &size);

	if (lost)
		call_custom(notification, &GUID_PNPNOTIFY_EVENTS_LOST, -1, &lost, sizeof(lost));
	switch (pnpn_event_get_kind(event)) {
	case PNPN_EVENT_CUSTOM:
		call_custom(notification, pnpn_event_get_guid(event),
			    pnpn_event_get_name_offset(event), data, size);
		break;
	case PNPN_EVENT_QUERY_REMOVE:
		call_query(notification, event);
		break;
	case PNPN_EVENT_REMOVE_CANCELLED:
		call_removal(notification, CM_NOTIFY_ACTION_DEVICEQUERYREMOVEFAILED);
		break;
	case PNPN_EVENT_REMOVE_PENDING:
		call_removal(notification, CM_NOTIFY_ACTION_DEVICEREMOVEPENDING);
		break;
	case PNPN_EVENT_DEVICE_REMOVED:
		call_removal(notification, CM_NOTIFY_ACTION_DEVICEREMOVECOMPLETE);
		/* Its last one, though another of that name may come (D8). */
		notification->native = pnpn_unregister(notification->native);
		break;
	default:
		break;
	}
}

static void handle(struct notification *notification, const struct pnpn_event *event)
{
	enum pnpn_event_kind kind = pnpn_event_get_kind(event);

	if (notification->type == CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE)
		call_handle(notification, event);
	else if (notification->type == CM_NOTIFY_FILTER_TYPE_DEVICEINSTANCE)
		call_instance(notification, event);
	else if (kind == PNPN_EVENT_INTERFACE_ARRIVED || kind == PNPN_EVENT_INTERFACE_REMOVED)
		call_interface(notification, event);
}

/* --- listening ------------------------------------------------------------------------------------- */

/* With the connection_lock held: nobody ends a notification meanwhile. */
static bool take_event(void)
{
	const struct pnpn_event *event;

	if (pnpn_next_event(connection, &event) <= 0)
		return false;
	pthread_mutex_lock(&pnpn_cm_lock);
	struct notification *notification = find(pnpn_event_get_userdata(event));
	pthread_mutex_unlock(&pnpn_cm_lock);
	if (notification)
		handle(notification, event);
	return true;
}

/* --- for who makes the calls ------------------------------------------------------------------------ */

static bool find_callback(HCMNOTIFICATION number, PCM_NOTIFY_CALLBACK *ret_callback,
			  PVOID *ret_context)
{
	const struct notification *found = find(number);

	if (!found)
		return false;
	*ret_callback = found->callback;
	*ret_context = found->context;
	return true;
}

static void close_wake_fd(void)
{
	if (wake_fd >= 0)
		close(wake_fd);
	wake_fd = -1;
}

static bool listen_once(bool take)
{
	struct pollfd poll_fds[2];
	eventfd_t count;

	pthread_mutex_lock(&connection_lock);
	if (!connection) {
		close_wake_fd();
		pnpn_cm_call_stop();
		pthread_mutex_unlock(&connection_lock);
		return false;
	}
	bool taken = take && (take_event() || (pnpn_dispatch(connection) >= 0 && take_event()));
	poll_fds[0] = (struct pollfd){.fd = wake_fd, .events = POLLIN};
	poll_fds[1] = (struct pollfd){.fd = take ? pnpn_get_fd(connection) : -1, .events = POLLIN};
	pthread_mutex_unlock(&connection_lock);
	if (!taken && poll(poll_fds, 2, -1) > 0 && poll_fds[0].revents)
		(void)eventfd_read(poll_fds[0].fd, &count);
	return true;
}

static void wake(void)
{
	pthread_mutex_lock(&connection_lock);
	if (wake_fd >= 0)
		(void)eventfd_write(wake_fd, 1);
	pthread_mutex_unlock(&connection_lock);
}

/* The manager may wait for it no more. */
static void answer(uint64_t query, bool agrees)
{
	pthread_mutex_lock(&connection_lock);
	if (connection)
		(void)pnpn_connection_answer(connection, query, agrees, NULL);
	/* The call may have brought events that no descriptor tells of any more. */
	if (wake_fd >= 0)
		(void)eventfd_write(wake_fd, 1);
	pthread_mutex_unlock(&connection_lock);
}

static const struct pnpn_cm_caller caller = {
	.find = find_callback,
	.listen = listen_once,
	.answer = answer,
	.wake = wake,
};

/* A child of fork() has none of its parent's notifications (U11). */
static void in_child(void)
{
	if (pthread_mutex_trylock(&connection_lock) == 0) {
		pnpn_disconnect(connection);
		close_wake_fd();
	}
	pthread_mutex_init(&connection_lock, NULL);
	connection = NULL;
	wake_fd = -1;
	pnpn_cm_call_in_child();
	pnpn_list_init(&notifications);
}

static void watch_fork(void)
{
	pthread_atfork(NULL, NULL, in_child);
}

/* With the connection_lock held. A thread that is about to end goes on. */
static int start(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, watch_fork);
	int r = connection ? 0 : pnpn_connect_lasting(&connection, NULL);
	if (r < 0)
		return r;
	if (wake_fd < 0)
		wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return wake_fd < 0 ? -errno : pnpn_cm_call_start(&caller);
}

/* --- registering ---------------------------------------------------------------------------------- */

static CONFIGRET check(const CM_NOTIFY_FILTER *filter)
{
	static const GUID none;
	DWORD allowed = filter->FilterType == CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE
				? CM_NOTIFY_FILTER_FLAG_ALL_INTERFACE_CLASSES
			: filter->FilterType == CM_NOTIFY_FILTER_TYPE_DEVICEINSTANCE
				? CM_NOTIFY_FILTER_FLAG_ALL_DEVICE_INSTANCES
				: 0;

	if (filter->cbSize != sizeof(*filter) || filter->Reserved ||
	    filter->FilterType >= CM_NOTIFY_FILTER_TYPE_MAX)
		return CR_INVALID_DATA;
	/* All classes, and one of them: Windows takes neither for meant. */
	if (filter->FilterType == CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE &&
	    filter->Flags & allowed &&
	    memcmp(&filter->u.DeviceInterface.ClassGuid, &none, sizeof(none)) != 0)
		return CR_INVALID_DATA;
	return filter->Flags & ~allowed ? CR_INVALID_FLAG : CR_SUCCESS;
}

static int register_opened(struct notification *notification)
{
	return pnpn_register_opened(connection, notification->handle, notification->instance_id,
				    PNPN_REGISTER_QUERY_REMOVE, notification->number,
				    &notification->native);
}

static int register_natively(struct notification *notification, const CM_NOTIFY_FILTER *filter)
{
	struct pnpn_registration **native = &notification->native;
	void *number = notification->number;
	struct pnpn_guid class;

	if (filter->FilterType == CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE) {
		int r = register_opened(notification);
		if (r == -ENOTCONN)
			r = pnpn_win32_await_manager(connection);
		return r < 0 || *native ? r : register_opened(notification);
	}
	if (filter->FilterType == CM_NOTIFY_FILTER_TYPE_DEVICEINSTANCE)
		return pnpn_register_all(connection, PNPN_REGISTER_DEVICES_ONLY, number, native);
	if (filter->Flags & CM_NOTIFY_FILTER_FLAG_ALL_INTERFACE_CLASSES)
		return pnpn_register_all(connection, PNPN_REGISTER_INTERFACES_ONLY, number, native);
	memcpy(&class, &filter->u.DeviceInterface.ClassGuid, sizeof(class));
	return pnpn_register_class(connection, &class, PNPN_REGISTER_INTERFACES_ONLY, number,
				   native);
}

/* Whose events: the handle's device, or the instance. */
static CONFIGRET set_device(struct notification *notification, const CM_NOTIFY_FILTER *filter)
{
	if (filter->FilterType == CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE) {
		notification->instance_id = pnpn_device_file_get_id(filter->u.DeviceHandle.hTarget,
								    &notification->handle);
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

/* With the connection_lock held. After the last one whoever asks next asks the manager that is the process's
 * then, though who listens may not have heard of it yet. */
static void take_out(struct notification *notification)
{
	pthread_mutex_lock(&pnpn_cm_lock);
	pnpn_list_remove(&notification->link);
	bool last = pnpn_list_is_empty(&notifications);
	pthread_mutex_unlock(&pnpn_cm_lock);
	notification->native = pnpn_unregister(notification->native);
	if (last)
		connection = pnpn_disconnect(connection);
	if (wake_fd >= 0)
		(void)eventfd_write(wake_fd, 1);
}

/* In the list before the manager is asked: the first event may come at once. With the connection_lock
 * held. */
static CONFIGRET begin(struct notification *notification, const CM_NOTIFY_FILTER *filter)
{
	pthread_mutex_lock(&pnpn_cm_lock);
	pnpn_list_append(&notifications, &notification->link);
	pthread_mutex_unlock(&pnpn_cm_lock);
	int r = start();
	if (r >= 0)
		r = register_natively(notification, filter);
	if (r < 0)
		take_out(notification);
	else
		(void)eventfd_write(wake_fd, 1);
	return pnpn_win32_cr(r < 0 ? r : 0);
}

static void notification_free(struct notification *notification)
{
	free(notification->instance_id);
	free(notification);
}

static struct notification *notification_new(const CM_NOTIFY_FILTER *filter, PVOID context,
					     PCM_NOTIFY_CALLBACK callback)
{
	static uintptr_t last;
	struct notification *notification = calloc(1, sizeof(*notification));

	if (!notification)
		return NULL;
	pnpn_list_init(&notification->link);
	notification->number = (HCMNOTIFICATION)__atomic_add_fetch(&last, sizeof(void *),
								   __ATOMIC_RELAXED);
	notification->type = filter->FilterType;
	notification->callback = callback;
	notification->context = context;
	return notification;
}

PNPN_EXPORT CONFIGRET WINAPI CM_Register_Notification(PCM_NOTIFY_FILTER filter, PVOID context,
						      PCM_NOTIFY_CALLBACK callback,
						      PHCMNOTIFICATION ret_notification)
{
	if (!ret_notification)
		return CR_FAILURE;
	if (!filter || !callback)
		return CR_INVALID_DATA;
	CONFIGRET result = check(filter);
	if (result)
		return result;
	struct notification *notification = notification_new(filter, context, callback);
	if (!notification)
		return CR_OUT_OF_MEMORY;
	result = set_device(notification, filter);
	/* Before the first callback can ask for it. */
	HCMNOTIFICATION before = *ret_notification;
	*ret_notification = notification->number;
	pthread_mutex_lock(&connection_lock);
	if (!result)
		result = begin(notification, filter);
	pthread_mutex_unlock(&connection_lock);
	if (result) {
		*ret_notification = before;
		notification_free(notification);
	}
	return result;
}

/* Takes it out, unless it is its own callback that asks, or one that its own waits for (U13). */
static CONFIGRET end(HCMNOTIFICATION number, struct notification **ret_ended)
{
	pthread_mutex_lock(&connection_lock);
	pthread_mutex_lock(&pnpn_cm_lock);
	struct notification *found = find(number);
	bool may = found && pnpn_cm_call_may_wait(number);
	pthread_mutex_unlock(&pnpn_cm_lock);
	if (may) {
		take_out(found);
		*ret_ended = found;
	}
	pthread_mutex_unlock(&connection_lock);
	return may ? CR_SUCCESS : found ? CR_FAILURE : CR_INVALID_DATA;
}

PNPN_EXPORT CONFIGRET WINAPI CM_Unregister_Notification(HCMNOTIFICATION number)
{
	struct notification *ended = NULL;
	CONFIGRET result = end(number, &ended);

	if (result)
		return result;
	pnpn_cm_call_wait(number);
	notification_free(ended);
	return CR_SUCCESS;
}
