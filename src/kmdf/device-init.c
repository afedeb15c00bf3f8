/* SPDX-License-Identifier: MIT */
/* What a driver says of a device before it is made. */
#include <stdlib.h>
#include <string.h>
#include "kmdf/device.h"

/* Only what was made by WdfControlDeviceInitAllocate() is the driver's to free. */
VOID WdfDeviceInitFree(PWDFDEVICE_INIT init)
{
	if (init->pdo)
		return;
	free(init->name.Buffer);
	free(init);
}

PWDFDEVICE_INIT WdfControlDeviceInitAllocate(WDFDRIVER driver, const UNICODE_STRING *sddl)
{
	PWDFDEVICE_INIT init = calloc(1, sizeof(*init));

	if (!init)
		return NULL;
	init->driver = PNPN_WDF_CAST(pnpn_wdf_driver, driver, PNPN_WDF_DRIVER);
	init->type = FILE_DEVICE_UNKNOWN;
	init->io_type = WdfDeviceIoBuffered;
	return init;
}

VOID WdfDeviceInitSetIoType(PWDFDEVICE_INIT init, WDF_DEVICE_IO_TYPE io_type)
{
	init->io_type = io_type;
}

VOID WdfDeviceInitSetExclusive(PWDFDEVICE_INIT init, BOOLEAN exclusive)
{
	init->exclusive = exclusive;
}

VOID WdfDeviceInitSetDeviceType(PWDFDEVICE_INIT init, DEVICE_TYPE type)
{
	init->type = type;
}

VOID WdfDeviceInitSetCharacteristics(PWDFDEVICE_INIT init, ULONG characteristics, BOOLEAN more)
{
	init->characteristics = characteristics | (more ? init->characteristics : 0);
}

NTSTATUS WdfDeviceInitAssignName(PWDFDEVICE_INIT init, PCUNICODE_STRING name)
{
	PWCHAR buffer = NULL;

	if (name) {
		buffer = calloc(1, name->Length + sizeof(WCHAR));
		if (!buffer)
			return STATUS_INSUFFICIENT_RESOURCES;
		memcpy(buffer, name->Buffer, name->Length);
	}
	free(init->name.Buffer);
	init->name =
		(UNICODE_STRING){.Length = name ? name->Length : 0,
				 .MaximumLength = (USHORT)(name ? name->Length + sizeof(WCHAR) : 0),
				 .Buffer = buffer};
	return STATUS_SUCCESS;
}

VOID WdfDeviceInitSetFileObjectConfig(PWDFDEVICE_INIT init, PWDF_FILEOBJECT_CONFIG config,
				      PWDF_OBJECT_ATTRIBUTES attributes)
{
	init->file = *config;
	init->has_file = true;
	init->has_file_attributes = attributes;
	if (attributes)
		init->file_attributes = *attributes;
}

VOID WdfDeviceInitSetRequestAttributes(PWDFDEVICE_INIT init, PWDF_OBJECT_ATTRIBUTES attributes)
{
	init->request_attributes = *attributes;
	init->has_request_attributes = true;
}

NTSTATUS WdfDeviceInitAssignWdmIrpPreprocessCallback(PWDFDEVICE_INIT init,
						     PFN_WDFDEVICE_WDM_IRP_PREPROCESS routine,
						     UCHAR major, PUCHAR minors, ULONG n_minors)
{
	if (major > IRP_MJ_MAXIMUM_FUNCTION || n_minors > PNPN_WDF_PREPROCESS_MAX)
		return STATUS_INVALID_PARAMETER;
	init->preprocess[major].routine = routine;
	init->preprocess[major].n_minors = n_minors;
	if (n_minors)
		memcpy(init->preprocess[major].minors, minors, n_minors);
	return STATUS_SUCCESS;
}

VOID WdfDeviceInitSetIoInCallerContextCallback(PWDFDEVICE_INIT init,
					       PFN_WDF_IO_IN_CALLER_CONTEXT routine)
{
	init->in_caller_context = routine;
}

VOID WdfDeviceInitSetPnpPowerEventCallbacks(PWDFDEVICE_INIT init,
					    PWDF_PNPPOWER_EVENT_CALLBACKS callbacks)
{
	init->pnp = *callbacks;
}

/* Who decides of a device's power, and whether its code may be paged: here nothing is powered down. */
VOID WdfDeviceInitSetPowerPolicyOwnership(PWDFDEVICE_INIT init, BOOLEAN owner)
{
}

VOID WdfDeviceInitSetPowerPageable(PWDFDEVICE_INIT init)
{
}

VOID WdfDeviceInitSetPowerNotPageable(PWDFDEVICE_INIT init)
{
}

VOID WdfDeviceInitSetPowerInrush(PWDFDEVICE_INIT init)
{
}

VOID WdfFdoInitSetFilter(PWDFDEVICE_INIT init)
{
	init->filter = true;
}

PDEVICE_OBJECT WdfFdoInitWdmGetPhysicalDevice(PWDFDEVICE_INIT init)
{
	return init->pdo;
}

NTSTATUS WdfFdoInitQueryProperty(PWDFDEVICE_INIT init, DEVICE_REGISTRY_PROPERTY property,
				 ULONG size, PVOID buffer, PULONG ret_size)
{
	return IoGetDeviceProperty(init->pdo, property, size, buffer, ret_size);
}

VOID WdfControlDeviceInitSetShutdownNotification(PWDFDEVICE_INIT init,
						 PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION routine,
						 UCHAR flags)
{
	init->shutdown = routine;
}
