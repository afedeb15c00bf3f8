/* SPDX-License-Identifier: MIT */
/* What the system knows of a device, and what its driver tells the system of it. */
#include "kmdf/device.h"
#include "kmdf/text.h"

NTSTATUS WdfDeviceQueryProperty(WDFDEVICE handle, DEVICE_REGISTRY_PROPERTY property, ULONG size,
				PVOID buffer, PULONG ret_size)
{
	struct pnpn_wdf_device *device = PNPN_WDF_CAST(pnpn_wdf_device, handle, PNPN_WDF_DEVICE);

	if (!device->init.pdo)
		return STATUS_INVALID_DEVICE_REQUEST;
	return IoGetDeviceProperty(device->init.pdo, property, size, buffer, ret_size);
}

NTSTATUS WdfDeviceAllocAndQueryProperty(WDFDEVICE handle, DEVICE_REGISTRY_PROPERTY property,
					POOL_TYPE pool, PWDF_OBJECT_ATTRIBUTES attributes,
					WDFMEMORY *ret)
{
	ULONG size = 0;
	PVOID buffer;
	NTSTATUS status = WdfDeviceQueryProperty(handle, property, 0, NULL, &size);

	if (status != STATUS_BUFFER_TOO_SMALL)
		return NT_SUCCESS(status) ? STATUS_OBJECT_NAME_NOT_FOUND : status;
	status = WdfMemoryCreate(attributes, pool, 0, size, ret, &buffer);
	if (!NT_SUCCESS(status))
		return status;
	status = WdfDeviceQueryProperty(handle, property, size, buffer, &size);
	if (!NT_SUCCESS(status))
		WdfObjectDelete(*ret);
	return status;
}

/* What they say of a slot's hardware has nobody to read it here. */
VOID WdfDeviceSetPnpCapabilities(WDFDEVICE device, PWDF_DEVICE_PNP_CAPABILITIES capabilities)
{
	pnpn_wdf_object_of(device, PNPN_WDF_DEVICE);
}

VOID WdfDeviceGetDeviceState(WDFDEVICE device, PWDF_DEVICE_STATE state)
{
	*state = PNPN_WDF_CAST(pnpn_wdf_device, device, PNPN_WDF_DEVICE)->state;
}

/* Asked for by IRP_MN_QUERY_PNP_DEVICE_STATE then. */
VOID WdfDeviceSetDeviceState(WDFDEVICE handle, PWDF_DEVICE_STATE state)
{
	struct pnpn_wdf_device *device = PNPN_WDF_CAST(pnpn_wdf_device, handle, PNPN_WDF_DEVICE);

	device->state = *state;
	if (device->init.pdo)
		IoInvalidateDeviceState(device->init.pdo);
}

VOID WdfDeviceSetFailed(WDFDEVICE device, WDF_DEVICE_FAILED_ACTION action)
{
	WDF_DEVICE_STATE state = PNPN_WDF_CAST(pnpn_wdf_device, device, PNPN_WDF_DEVICE)->state;

	state.Failed = WdfTrue;
	WdfDeviceSetDeviceState(device, &state);
}

ULONG WdfCmResourceListGetCount(WDFCMRESLIST list)
{
	pnpn_wdf_object_of(list, PNPN_WDF_RESOURCES);
	return 0;
}

PCM_PARTIAL_RESOURCE_DESCRIPTOR WdfCmResourceListGetDescriptor(WDFCMRESLIST list, ULONG index)
{
	pnpn_wdf_object_of(list, PNPN_WDF_RESOURCES);
	return NULL;
}

/* --- power: a device has it as long as it is there ------------------------------------------------------ */

NTSTATUS WdfDeviceAssignS0IdleSettings(WDFDEVICE device,
				       PWDF_DEVICE_POWER_POLICY_IDLE_SETTINGS settings)
{
	pnpn_wdf_object_of(device, PNPN_WDF_DEVICE);
	if (settings->Size != sizeof(*settings))
		return STATUS_INFO_LENGTH_MISMATCH;
	return settings->IdleCaps == IdleCannotWakeFromS0 ? STATUS_SUCCESS
							  : STATUS_POWER_STATE_INVALID;
}

NTSTATUS WdfDeviceAssignSxWakeSettings(WDFDEVICE device,
				       PWDF_DEVICE_POWER_POLICY_WAKE_SETTINGS settings)
{
	pnpn_wdf_object_of(device, PNPN_WDF_DEVICE);
	return settings->Size == sizeof(*settings) ? STATUS_POWER_STATE_INVALID
						   : STATUS_INFO_LENGTH_MISMATCH;
}

NTSTATUS WdfDeviceStopIdle(WDFDEVICE device, BOOLEAN wait)
{
	pnpn_wdf_object_of(device, PNPN_WDF_DEVICE);
	return STATUS_SUCCESS;
}

VOID WdfDeviceResumeIdle(WDFDEVICE device)
{
	pnpn_wdf_object_of(device, PNPN_WDF_DEVICE);
}

VOID WdfDeviceInitSetPowerPolicyEventCallbacks(PWDFDEVICE_INIT init,
					       PWDF_POWER_POLICY_EVENT_CALLBACKS callbacks)
{
}

/* --- the framework itself --- */

NTSTATUS WdfDriverRetrieveVersionString(WDFDRIVER driver, WDFSTRING string)
{
	UNICODE_STRING text;

	pnpn_wdf_object_of(driver, PNPN_WDF_DRIVER);
	RtlInitUnicodeString(&text, L"Kernel Mode Driver Framework version 1.33 (pnpnotify)");
	return pnpn_wdf_string_set(string, &text);
}
