/* SPDX-License-Identifier: MIT */
/* IoRegisterPlugPlayNotification and its counterparts (section K). */
#include <linux/slab.h>

#include "class.h"
#include "device.h"
#include "windows-object.h"
#include "core/utf.h"

#define INITGUID
#include <wdmguid.h>
#include <pnpnotify-events.h>

/* One registration: what the PVOID of its driver points to. */
struct notification {
	struct list_head node;
	struct pnpn_listener *listener;
	struct pnpn_file *file; /* a reference to its memory */
	PDRIVER_NOTIFICATION_CALLBACK_ROUTINE callback;
	PVOID context;
	WCHAR name[PNPN_NAME_BYTES]; /* of the interface that is being told of */
};

static LIST_HEAD(notifications);
static DEFINE_MUTEX(notifications_lock);

static struct pnpn_listeners profile_listeners = {
	.lock = __MUTEX_INITIALIZER(profile_listeners.lock),
	.list = LIST_HEAD_INIT(profile_listeners.list),
	.idle = __WAIT_QUEUE_HEAD_INITIALIZER(profile_listeners.idle),
};

static PFILE_OBJECT file_of(const struct notification *notification)
{
	return READ_ONCE(notification->file->closed) ? NULL : &notification->file->object;
}

/* Built in the room before the data (PNPN_DISPATCH_HEADROOM): no memory is needed. */
static void tell_event(struct notification *notification, const struct pnpn_notice *notice)
{
	TARGET_DEVICE_CUSTOM_NOTIFICATION *custom = (void *)notice->data -
						    offsetof(TARGET_DEVICE_CUSTOM_NOTIFICATION,
							     CustomDataBuffer);

	custom->Version = 1;
	custom->Size = offsetof(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer) + notice->size;
	memcpy(&custom->Event, notice->guid, sizeof(custom->Event));
	custom->FileObject = file_of(notification);
	custom->NameBufferOffset = notice->name_offset;
	(void)notification->callback(custom, notification->context);
}

/* R15: the loss is told before the event that follows it. */
static void tell_loss(struct notification *notification, u64 lost)
{
	struct {
		TARGET_DEVICE_CUSTOM_NOTIFICATION custom;
		UCHAR space[sizeof(lost)];
	} loss = {
		.custom =
			{
				.Version = 1,
				.Size = offsetof(TARGET_DEVICE_CUSTOM_NOTIFICATION,
						 CustomDataBuffer) +
					sizeof(lost),
				.Event = GUID_PNPNOTIFY_EVENTS_LOST,
				.FileObject = file_of(notification),
				.NameBufferOffset = -1,
			},
	};

	memcpy((UCHAR *)&loss + offsetof(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer),
	       &lost, sizeof(lost));
	(void)notification->callback(&loss, notification->context);
}

static void on_device(const struct pnpn_notice *notice, void *context)
{
	struct notification *notification = context;
	TARGET_DEVICE_REMOVAL_NOTIFICATION removal = {
		.Version = 1,
		.Size = sizeof(removal),
		.Event = GUID_TARGET_DEVICE_REMOVE_COMPLETE,
	};

	if (notice->lost)
		tell_loss(notification, notice->lost);
	if (notice->kind == PNPN_NOTICE_EVENT) {
		tell_event(notification, notice);
		return;
	}
	removal.FileObject = file_of(notification);
	(void)notification->callback(&removal, notification->context);
}

static void on_interface(const struct pnpn_notice *notice, void *context)
{
	struct notification *notification = context;
	UNICODE_STRING name = {.Buffer = notification->name};
	DEVICE_INTERFACE_CHANGE_NOTIFICATION change = {
		.Version = 1,
		.Size = sizeof(change),
		.Event = notice->kind == PNPN_NOTICE_INTERFACE_ARRIVED
				 ? GUID_DEVICE_INTERFACE_ARRIVAL
				 : GUID_DEVICE_INTERFACE_REMOVAL,
		.SymbolicLinkName = &name,
	};
	size_t units;

	memcpy(&change.InterfaceClassGuid, notice->guid, sizeof(change.InterfaceClassGuid));
	if (pnpn_utf8_to_utf16(notice->interface_name, notification->name, &units) < 0)
		return;
	/* Kernel mode sees \??\ in place of \\?\ (D1). */
	notification->name[1] = L'?';
	notification->name[units] = 0;
	name.Length = 2 * units;
	name.MaximumLength = name.Length + 2;
	(void)notification->callback(&change, notification->context);
}

static void release(void *context)
{
	struct notification *notification = context;

	pnpn_file_put(notification->file);
	kfree(notification);
}

static int listen_target(struct notification *notification, PFILE_OBJECT object,
			 PDRIVER_OBJECT driver)
{
	notification->file = pnpn_file_get(object);
	/* K2: a driver is no registrant of its own device. */
	if (!notification->file || pnpn_driver_owns(driver, notification->file->device))
		return -EINVAL;
	return pnpn_dispatch_listen(pnpn_device_get(notification->file->device),
				    notification->listener);
}

static int listen(struct notification *notification, IO_NOTIFICATION_EVENT_CATEGORY category,
		  ULONG flags, PVOID data, PDRIVER_OBJECT driver)
{
	switch (category) {
	case EventCategoryHardwareProfileChange:
		/* There are none here, so they never change. */
		notification->listener->listeners = &profile_listeners;
		return 0;
	case EventCategoryDeviceInterfaceChange:
		if (!data)
			return -EINVAL;
		return pnpn_class_listen(
			notification->listener, data,
			flags & PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES);
	case EventCategoryTargetDeviceChange:
		return listen_target(notification, data, driver);
	default:
		return -EINVAL;
	}
}

static struct notification *notification_new(IO_NOTIFICATION_EVENT_CATEGORY category,
					     PDRIVER_OBJECT driver,
					     PDRIVER_NOTIFICATION_CALLBACK_ROUTINE callback,
					     PVOID context)
{
	bool target = category == EventCategoryTargetDeviceChange;
	struct notification *notification = kzalloc(sizeof(*notification), GFP_KERNEL);
	struct pnpn_listener *listener;

	if (!notification)
		return ERR_PTR(-ENOMEM);
	notification->callback = callback;
	notification->context = context;
	listener = pnpn_listener_new(target ? on_device : on_interface, notification,
				     driver->DriverSection);
	if (IS_ERR(listener)) {
		kfree(notification);
		return ERR_CAST(listener);
	}
	listener->release = release;
	notification->listener = listener;
	return notification;
}

NTSTATUS IoRegisterPlugPlayNotification(IO_NOTIFICATION_EVENT_CATEGORY category, ULONG flags,
					PVOID data, PDRIVER_OBJECT driver,
					PDRIVER_NOTIFICATION_CALLBACK_ROUTINE callback,
					PVOID context, PVOID *ret_entry)
{
	struct notification *notification;
	PVOID before;
	int r;

	if (!driver || !callback || !ret_entry)
		return STATUS_INVALID_PARAMETER;
	notification = notification_new(category, driver, callback, context);
	if (IS_ERR(notification))
		return pnpn_status(PTR_ERR(notification));
	/* Before the first callback can ask for it. */
	before = *ret_entry;
	*ret_entry = notification;
	mutex_lock(&notifications_lock);
	list_add_tail(&notification->node, &notifications);
	mutex_unlock(&notifications_lock);
	r = listen(notification, category, flags, data, driver);
	if (r >= 0)
		return STATUS_SUCCESS;
	*ret_entry = before;
	mutex_lock(&notifications_lock);
	list_del_init(&notification->node);
	mutex_unlock(&notifications_lock);
	pnpn_listener_put(notification->listener);
	return r == -ENOENT ? STATUS_NO_SUCH_DEVICE : pnpn_status(r);
}
EXPORT_SYMBOL_GPL(IoRegisterPlugPlayNotification);

/* The entry may be none, or no longer one: it is looked for before it is looked at. */
static struct pnpn_listener *take_listener(const void *entry)
{
	struct notification *notification;
	struct pnpn_listener *listener = NULL;

	mutex_lock(&notifications_lock);
	list_for_each_entry (notification, &notifications, node) {
		if (notification == entry) {
			listener = notification->listener;
			list_del_init(&notification->node);
			break;
		}
	}
	mutex_unlock(&notifications_lock);
	return listener;
}

NTSTATUS IoUnregisterPlugPlayNotification(PVOID entry)
{
	struct pnpn_listener *listener = take_listener(entry);

	pnpn_unlisten_nowait(listener);
	return listener ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}
EXPORT_SYMBOL_GPL(IoUnregisterPlugPlayNotification);

NTSTATUS IoUnregisterPlugPlayNotificationEx(PVOID entry)
{
	struct pnpn_listener *listener = take_listener(entry);

	pnpn_unlisten(listener);
	return listener ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}
EXPORT_SYMBOL_GPL(IoUnregisterPlugPlayNotificationEx);
