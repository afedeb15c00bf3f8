/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "wdm/bus.h"
#include "wdm/irql.h"
#include "wdm/node.h"
#include "wdm/status.h"
#include "wdm/text.h"

#define USER_PREFIX   "\\\\?\\"
#define KERNEL_PREFIX "\\??\\"

/* With the bus lock held. Returns 0, or 1 if it was there. */
static int interface_add(struct pnpn_node *node, const GUID *guid, const char *reference,
			 PUNICODE_STRING ret_name)
{
	struct pnpn_tree_interface *interface;
	struct pnpn_guid interface_class;

	if (!node->device)
		return -ENOTCONN;
	memcpy(&interface_class, guid, sizeof(interface_class));
	/* The manager may refuse. */
	int known = pnpn_device_add_interface(node->device, &interface_class, reference, NULL);
	if (known < 0)
		return known;
	int r = pnpn_tree_add_interface(&node->entry, &interface_class, reference, &interface);
	if (r < 0)
		return r;
	NTSTATUS status = pnpn_text_to_unicode(KERNEL_PREFIX, interface->name + strlen(USER_PREFIX),
					       ret_name);
	return NT_SUCCESS(status) ? known : -ENOMEM;
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

/* With the bus lock held. A device that is gone took its interfaces with it: what is left is to agree. */
static int interface_enable(const struct pnpn_tree_interface *interface, bool enable)
{
	if (!interface)
		return -ENOENT;
	struct pnpn_node *node = pnpn_list_entry(interface->device, struct pnpn_node, entry);
	if (node->device)
		return pnpn_device_enable_interface(node->device, interface->name, enable);
	if (node->in_manager)
		return -ENOTCONN;
	return enable ? -ENODEV : 0;
}

NTSTATUS IoSetDeviceInterfaceState(PUNICODE_STRING wide, BOOLEAN enable)
{
	char *name;

	if (!pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__))
		return STATUS_INVALID_LEVEL;
	NTSTATUS status = pnpn_text_from_unicode(wide, &name);
	if (!NT_SUCCESS(status))
		return status;
	pnpn_bus_lock();
	int r = interface_enable(pnpn_tree_find_interface(&pnpn_node_tree, name), enable);
	pnpn_bus_unlock();
	free(name);
	return r == -EEXIST ? STATUS_OBJECT_NAME_EXISTS : pnpn_status_from_errno(r);
}
