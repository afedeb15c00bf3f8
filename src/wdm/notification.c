/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "wdm/device-object.h"
#include "wdm/driver.h"
#include "wdm/file-object.h"
#include "wdm/irql.h"
#include "wdm/node.h"
#include "wdm/notification.h"
#include "wdm/notifier.h"
#include "wdm/status.h"
#include "wdm/verifier.h"

static LIST_ENTRY notifications = {&notifications, &notifications};

PLIST_ENTRY pnpn_notifications(void)
{
	return &notifications;
}

void pnpn_notification_free(struct pnpn_notification_entry *entry)
{
	RemoveEntryList(&entry->entry);
	pnpn_unregister(entry->registration);
	ObDereferenceObject(entry->driver);
	free(entry);
}

int pnpn_notification_attach(struct pnpn_notification_entry *entry,
			     struct pnpn_connection *connection)
{
	switch (entry->category) {
	case EventCategoryTargetDeviceChange:
		return pnpn_register_device(connection, entry->device, entry->flags, entry,
					    &entry->registration);
	case EventCategoryDeviceInterfaceChange:
		return pnpn_register_class(connection, &entry->interface_class, entry->flags, entry,
					   &entry->registration);
	default:
		return 0; /* hardware profiles do not exist here, so they never change */
	}
}

static NTSTATUS notification_set_target(struct pnpn_notification_entry *entry, PFILE_OBJECT file)
{
	if (!pnpn_file_object_is_valid(file))
		return STATUS_INVALID_PARAMETER;
	const char *device = pnpn_file_object_get_device(file);
	struct pnpn_node *node = pnpn_node_from_id(device);
	/* K2: forbidden, and done by keyboard and mouse class drivers. */
	if (node && (node->driver == entry->driver ||
		     pnpn_device_object_stack_has_driver(node->pdo, entry->driver)))
		pnpn_verifier_broken("IoRegisterPlugPlayNotification",
				     "a driver registers for a device of its own");
	strncat(entry->device, device, sizeof(entry->device) - 1);
	entry->file = file;
	entry->flags = PNPN_REGISTER_KERNEL_MODE | PNPN_REGISTER_QUERY_REMOVE;
	return STATUS_SUCCESS;
}

static NTSTATUS notification_set_data(struct pnpn_notification_entry *entry, PVOID data,
				      ULONG flags)
{
	switch (entry->category) {
	case EventCategoryHardwareProfileChange:
		return STATUS_SUCCESS;
	case EventCategoryDeviceInterfaceChange:
		if (!data)
			return STATUS_INVALID_PARAMETER;
		memcpy(&entry->interface_class, data, sizeof(entry->interface_class));
		entry->flags = PNPN_REGISTER_KERNEL_MODE | PNPN_REGISTER_INTERFACES_ONLY;
		if (flags & PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES)
			entry->flags |= PNPN_REGISTER_EXISTING;
		return STATUS_SUCCESS;
	case EventCategoryTargetDeviceChange:
		return notification_set_target(entry, data);
	default:
		return STATUS_INVALID_PARAMETER;
	}
}

/* Takes the entry over on success. */
static NTSTATUS notification_register(struct pnpn_notification_entry *entry)
{
	struct pnpn_connection *connection = pnpn_notifier_lock();
	int r = connection ? pnpn_notification_attach(entry, connection) : -ENOTCONN;

	if (r >= 0) {
		ObReferenceObject(entry->driver);
		InsertTailList(&notifications, &entry->entry);
	}
	pnpn_notifier_unlock();
	return r == -ENOENT ? STATUS_NO_SUCH_DEVICE : pnpn_status_from_errno(r);
}

NTSTATUS IoRegisterPlugPlayNotification(IO_NOTIFICATION_EVENT_CATEGORY category, ULONG flags,
					PVOID data, PDRIVER_OBJECT driver,
					PDRIVER_NOTIFICATION_CALLBACK_ROUTINE callback,
					PVOID context, PVOID *ret_entry)
{
	if (!pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__))
		return STATUS_INVALID_LEVEL;
	if (!driver || !callback || !ret_entry)
		return STATUS_INVALID_PARAMETER;
	struct pnpn_notification_entry *entry = calloc(1, sizeof(*entry));
	if (!entry)
		return STATUS_INSUFFICIENT_RESOURCES;
	entry->category = category;
	entry->driver = driver;
	entry->callback = callback;
	entry->context = context;
	NTSTATUS status = notification_set_data(entry, data, flags);
	/* Before the first callback can ask for it. */
	PVOID before = *ret_entry;
	*ret_entry = entry;
	if (NT_SUCCESS(status))
		status = notification_register(entry);
	if (!NT_SUCCESS(status)) {
		*ret_entry = before;
		free(entry);
	}
	return status;
}

/* With the lock held: is it one that can still be unregistered? */
static bool notification_exists(const void *entry)
{
	for (PLIST_ENTRY e = notifications.Flink; e != &notifications; e = e->Flink)
		if (CONTAINING_RECORD(e, struct pnpn_notification_entry, entry) == entry)
			return !((const struct pnpn_notification_entry *)entry)->unregistered;
	return false;
}

/* Real drivers hold a fast mutex, and free the context on the next line (K5). */
static NTSTATUS notification_unregister(PVOID which, bool wait, const char *call)
{
	if (!pnpn_irql_is_at_most(pnpn_verifier_is_on() ? PASSIVE_LEVEL : APC_LEVEL, call))
		return STATUS_INVALID_LEVEL;
	pnpn_notifier_lock();
	if (!notification_exists(which)) {
		pnpn_notifier_unlock();
		return STATUS_INVALID_PARAMETER;
	}
	struct pnpn_notification_entry *entry = which;
	entry->unregistered = true;
	if (!entry->running)
		pnpn_notification_free(entry);
	else if (wait && !pnpn_notifier_is_current_thread())
		pnpn_notifier_wait_freed(entry);
	/* Else the notifier frees it when the callback, maybe this one's caller, has returned. */
	pnpn_notifier_unlock();
	return STATUS_SUCCESS;
}

NTSTATUS IoUnregisterPlugPlayNotification(PVOID entry)
{
	return notification_unregister(entry, false, __func__);
}

NTSTATUS IoUnregisterPlugPlayNotificationEx(PVOID entry)
{
	return notification_unregister(entry, true, __func__);
}

void pnpn_notifications_file_closed(PFILE_OBJECT file)
{
	pnpn_notifier_lock();
	for (PLIST_ENTRY e = notifications.Flink; e != &notifications; e = e->Flink) {
		struct pnpn_notification_entry *entry =
			CONTAINING_RECORD(e, struct pnpn_notification_entry, entry);
		if (entry->file == file)
			entry->file = NULL;
	}
	pnpn_notifier_unlock();
}

static struct pnpn_notification_entry *notification_of_driver(PDRIVER_OBJECT driver)
{
	struct pnpn_notification_entry *found = NULL;

	pnpn_notifier_lock();
	for (PLIST_ENTRY e = notifications.Flink; e != &notifications && !found; e = e->Flink) {
		struct pnpn_notification_entry *entry =
			CONTAINING_RECORD(e, struct pnpn_notification_entry, entry);
		if (entry->driver == driver && !entry->unregistered)
			found = entry;
	}
	pnpn_notifier_unlock();
	return found;
}

void pnpn_notifications_driver_gone(PDRIVER_OBJECT driver)
{
	struct pnpn_notification_entry *entry;
	unsigned int left = 0;

	while ((entry = notification_of_driver(driver))) {
		IoUnregisterPlugPlayNotificationEx(entry);
		left++;
	}
	pnpn_driver_tell_left(driver, "registrations", left);
}
