/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "core/guid.h"
#include "wdm/bus.h"
#include "wdm/device-interface.h"
#include "wdm/irql.h"
#include "wdm/status.h"
#include "wdm/text.h"

#define USER_PREFIX   "\\\\?\\"
#define KERNEL_PREFIX "\\??\\"

struct pnpn_node *pnpn_device_interface_find(const char *name,
					     struct pnpn_node_interface **ret_interface)
{
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next) {
		for (PLIST_ENTRY e = node->interfaces.Flink; e != &node->interfaces; e = e->Flink) {
			struct pnpn_node_interface *interface =
				CONTAINING_RECORD(e, struct pnpn_node_interface, entry);
			if (!pnpn_name_equal(interface->name, name))
				continue;
			*ret_interface = interface;
			return node;
		}
	}
	return NULL;
}

/* So that it is found by its name; takes that over on success. */
static int interface_remember(struct pnpn_node *node, char *name)
{
	struct pnpn_node_interface *interface = calloc(1, sizeof(*interface));

	if (!interface)
		return -ENOMEM;
	interface->name = name;
	InsertTailList(&node->interfaces, &interface->entry);
	return 0;
}

/* With the bus lock held. Returns 0, or 1 if it was there. */
static int interface_add(struct pnpn_node *node, const GUID *guid, const char *reference,
			 PUNICODE_STRING ret_name)
{
	struct pnpn_guid interface_class;
	char *name;

	if (!node->device)
		return -ENOTCONN;
	memcpy(&interface_class, guid, sizeof(interface_class));
	int r = pnpn_device_add_interface(node->device, &interface_class, reference, &name);
	if (r < 0)
		return r;
	UNICODE_STRING wide;
	if (!NT_SUCCESS(pnpn_text_to_unicode(KERNEL_PREFIX, name + strlen(USER_PREFIX), &wide))) {
		free(name);
		return -ENOMEM;
	}
	struct pnpn_node_interface *old;
	if (pnpn_device_interface_find(name, &old)) {
		free(name);
	} else if (interface_remember(node, name) < 0) {
		free(name);
		RtlFreeUnicodeString(&wide);
		return -ENOMEM;
	}
	*ret_name = wide;
	return r;
}

NTSTATUS IoRegisterDeviceInterface(PDEVICE_OBJECT pdo, const GUID *guid, PUNICODE_STRING reference,
				   PUNICODE_STRING ret_name)
{
	struct pnpn_node *node = pnpn_node_from_pdo(pdo);
	char *text = NULL;

	if (!pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__))
		return STATUS_INVALID_LEVEL;
	if (!node)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (!guid || !ret_name)
		return STATUS_INVALID_PARAMETER;
	if (reference && reference->Length) {
		NTSTATUS status = pnpn_text_from_unicode(reference, &text);
		if (!NT_SUCCESS(status))
			return status;
	}
	NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST; /* D2 */
	if (!text || !strpbrk(text, "/\\")) {
		pnpn_bus_lock();
		int r = interface_add(node, guid, text ?: "", ret_name);
		pnpn_bus_unlock();
		status = r > 0 ? STATUS_OBJECT_NAME_EXISTS : pnpn_status_from_errno(r);
	}
	free(text);
	return status;
}

NTSTATUS IoSetDeviceInterfaceState(PUNICODE_STRING wide, BOOLEAN enable)
{
	struct pnpn_node_interface *interface;
	char *name;

	if (!pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__))
		return STATUS_INVALID_LEVEL;
	NTSTATUS status = pnpn_text_from_unicode(wide, &name);
	if (!NT_SUCCESS(status))
		return status;
	int r = -ENOENT;
	pnpn_bus_lock();
	struct pnpn_node *node = pnpn_device_interface_find(name, &interface);
	if (node) {
		/* A device that is gone took its interfaces with it: what is left is to agree. */
		if (!node->device)
			r = node->in_manager ? -ENOTCONN : (enable ? -ENODEV : 0);
		else
			r = pnpn_device_enable_interface(node->device, interface->name, enable);
	}
	pnpn_bus_unlock();
	free(name);
	return r == -EEXIST ? STATUS_OBJECT_NAME_EXISTS : pnpn_status_from_errno(r);
}
