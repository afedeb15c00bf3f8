/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "wdm/description.h"
#include "wdm/driver.h"
#include "wdm/node.h"
#include "wdm/device-object.h"
#include "wdm/root-bus.h"
#include "wdm/text.h"

/* The PnP thread's. */
static PDRIVER_OBJECT root_bus;

static NTSTATUS root_bus_complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

/* ROOT\HELLO\0000: device id ROOT\HELLO, instance id 0000. */
static NTSTATUS root_bus_query_id(struct pnpn_node *node, BUS_QUERY_ID_TYPE type, PIRP irp)
{
	const char *last = strrchr(node->id, '\\');
	char id[PNPN_INSTANCE_ID_BYTES + 1] = "";

	switch (type) {
	case BusQueryDeviceID:
	case BusQueryHardwareIDs:
		memcpy(id, node->id, (size_t)(last - node->id));
		break;
	case BusQueryInstanceID:
		strcpy(id, last + 1);
		break;
	default:
		return root_bus_complete(irp, irp->IoStatus.Status, 0);
	}
	UNICODE_STRING text;
	/* One zero more than text needs: a list of one string ends with two. */
	NTSTATUS status = pnpn_text_to_unicode("", id, &text);
	if (!NT_SUCCESS(status))
		return root_bus_complete(irp, status, 0);
	PWCH list = ExAllocatePoolZero(PagedPool, text.Length + 2 * sizeof(WCHAR), 0);
	if (list)
		memcpy(list, text.Buffer, text.Length);
	RtlFreeUnicodeString(&text);
	return root_bus_complete(irp, list ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES,
				 (ULONG_PTR)list);
}

static NTSTATUS root_bus_query_relations(PDEVICE_OBJECT pdo, DEVICE_RELATION_TYPE type, PIRP irp)
{
	if (type != TargetDeviceRelation)
		return root_bus_complete(irp, irp->IoStatus.Status, irp->IoStatus.Information);
	PDEVICE_RELATIONS relations = ExAllocatePoolWithTag(PagedPool, sizeof(*relations), 0);
	if (!relations)
		return root_bus_complete(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	ObReferenceObject(pdo);
	*relations = (DEVICE_RELATIONS){.Count = 1, .Objects = {pdo}};
	return root_bus_complete(irp, STATUS_SUCCESS, (ULONG_PTR)relations);
}

static NTSTATUS root_bus_query_capabilities(PDEVICE_CAPABILITIES capabilities, PIRP irp)
{
	if (!capabilities || capabilities->Size < sizeof(*capabilities))
		return root_bus_complete(irp, STATUS_INVALID_PARAMETER, 0);
	capabilities->SurpriseRemovalOK = 1;
	capabilities->Removable = 1;
	capabilities->SilentInstall = 1;
	capabilities->RawDeviceOK = 1;
	capabilities->DeviceState[PowerSystemWorking] = PowerDeviceD0;
	for (int i = PowerSystemSleeping1; i < PowerSystemMaximum; i++)
		capabilities->DeviceState[i] = PowerDeviceD3;
	return root_bus_complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS root_bus_pnp(PDEVICE_OBJECT pdo, PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

	switch (location->MinorFunction) {
	case IRP_MN_START_DEVICE:
	case IRP_MN_STOP_DEVICE:
	case IRP_MN_QUERY_STOP_DEVICE:
	case IRP_MN_CANCEL_STOP_DEVICE:
	case IRP_MN_QUERY_REMOVE_DEVICE:
	case IRP_MN_CANCEL_REMOVE_DEVICE:
	case IRP_MN_SURPRISE_REMOVAL:
	case IRP_MN_REMOVE_DEVICE:
		return root_bus_complete(irp, STATUS_SUCCESS, 0);
	case IRP_MN_QUERY_PNP_DEVICE_STATE:
		return root_bus_complete(irp, STATUS_SUCCESS, irp->IoStatus.Information);
	case IRP_MN_QUERY_ID:
		return root_bus_query_id(pnpn_node_from_pdo(pdo),
					 location->Parameters.QueryId.IdType, irp);
	case IRP_MN_QUERY_DEVICE_RELATIONS:
		return root_bus_query_relations(pdo, location->Parameters.QueryDeviceRelations.Type,
						irp);
	case IRP_MN_QUERY_CAPABILITIES:
		return root_bus_query_capabilities(
			location->Parameters.DeviceCapabilities.Capabilities, irp);
	default:
		/* What a bus driver does not know it completes as it came. */
		return root_bus_complete(irp, irp->IoStatus.Status, irp->IoStatus.Information);
	}
}

static NTSTATUS root_bus_power(PDEVICE_OBJECT pdo, PIRP irp)
{
	UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;

	PoStartNextPowerIrp(irp);
	if (minor == IRP_MN_SET_POWER || minor == IRP_MN_QUERY_POWER)
		return root_bus_complete(irp, STATUS_SUCCESS, 0);
	return root_bus_complete(irp, irp->IoStatus.Status, irp->IoStatus.Information);
}

static NTSTATUS root_bus_open(PDEVICE_OBJECT pdo, PIRP irp)
{
	return root_bus_complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS root_bus_system_control(PDEVICE_OBJECT pdo, PIRP irp)
{
	return root_bus_complete(irp, irp->IoStatus.Status, irp->IoStatus.Information);
}

NTSTATUS pnpn_root_bus_new_pdo(PDEVICE_OBJECT *ret_pdo)
{
	if (!root_bus) {
		root_bus = pnpn_driver_new("PnpManager");
		if (!root_bus)
			return STATUS_INSUFFICIENT_RESOURCES;
		root_bus->MajorFunction[IRP_MJ_PNP] = root_bus_pnp;
		root_bus->MajorFunction[IRP_MJ_POWER] = root_bus_power;
		root_bus->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = root_bus_system_control;
		root_bus->MajorFunction[IRP_MJ_CREATE] = root_bus_open;
		root_bus->MajorFunction[IRP_MJ_CLEANUP] = root_bus_open;
		root_bus->MajorFunction[IRP_MJ_CLOSE] = root_bus_open;
	}
	PDEVICE_OBJECT pdo;
	NTSTATUS status = IoCreateDevice(root_bus, 0, NULL, FILE_DEVICE_CONTROLLER,
					 FILE_AUTOGENERATED_DEVICE_NAME, FALSE, &pdo);
	if (!NT_SUCCESS(status))
		return status;
	pdo->Flags |= DO_BUS_ENUMERATED_DEVICE;
	pdo->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
	*ret_pdo = pdo;
	return STATUS_SUCCESS;
}

void pnpn_root_bus_stop(void)
{
	if (root_bus)
		ObDereferenceObject(root_bus);
	root_bus = NULL;
}

static NTSTATUS property_copy(PCUNICODE_STRING text, bool list, ULONG bytes, PVOID buffer,
			      PULONG ret_bytes)
{
	ULONG needed = text->Length + sizeof(WCHAR) * (list ? 2 : 1);

	*ret_bytes = needed;
	if (bytes < needed)
		return STATUS_BUFFER_TOO_SMALL;
	memset(buffer, 0, needed);
	memcpy(buffer, text->Buffer, text->Length);
	return STATUS_SUCCESS;
}

static NTSTATUS property_copy_list(const char *list, ULONG bytes, PVOID buffer, PULONG ret_bytes)
{
	ULONG needed = 0;
	NTSTATUS status = list ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;

	for (; NT_SUCCESS(status) && *list; list += strlen(list) + 1) {
		UNICODE_STRING text;
		status = pnpn_text_to_unicode("", list, &text);
		if (!NT_SUCCESS(status))
			break;
		if (needed + text.Length + 2 * sizeof(WCHAR) <= bytes)
			memcpy((char *)buffer + needed, text.Buffer, text.Length + sizeof(WCHAR));
		needed += text.Length + sizeof(WCHAR);
		RtlFreeUnicodeString(&text);
	}
	if (!NT_SUCCESS(status))
		return status;
	*ret_bytes = needed + sizeof(WCHAR);
	if (bytes < *ret_bytes)
		return STATUS_BUFFER_TOO_SMALL;
	memset((char *)buffer + needed, 0, sizeof(WCHAR));
	return STATUS_SUCCESS;
}

NTSTATUS IoGetDeviceProperty(PDEVICE_OBJECT pdo, DEVICE_REGISTRY_PROPERTY property, ULONG bytes,
			     PVOID buffer, PULONG ret_bytes)
{
	struct pnpn_node *node = pnpn_node_from_pdo(pdo);
	char id[PNPN_INSTANCE_ID_BYTES];
	UNICODE_STRING text;

	if (!node)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (property == DevicePropertyHardwareID && node->description)
		return property_copy_list(node->description->hardware_ids, bytes, buffer,
					  ret_bytes);
	strcpy(id, node->id);
	switch (property) {
	case DevicePropertyPhysicalDeviceObjectName:
		return property_copy(&pnpn_device_extension(pdo)->name, false, bytes, buffer,
				     ret_bytes);
	case DevicePropertyHardwareID:
		*strrchr(id, '\\') = 0;
		break;
	case DevicePropertyEnumeratorName:
		*strchr(id, '\\') = 0;
		break;
	default:
		return STATUS_OBJECT_NAME_NOT_FOUND;
	}
	NTSTATUS status = pnpn_text_to_unicode("", id, &text);
	if (!NT_SUCCESS(status))
		return status;
	status = property_copy(&text, property == DevicePropertyHardwareID, bytes, buffer,
			       ret_bytes);
	RtlFreeUnicodeString(&text);
	return status;
}
