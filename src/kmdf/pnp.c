/* SPDX-License-Identifier: MIT */
/* A device's life, as Plug and Play tells it and the driver hears it: beginning, removal in order and by surprise. */
#include "kmdf/device.h"
#include "kmdf/queue.h"

/* --- its beginning -------------------------------------------------------------------------------- */

static NTSTATUS pnp_prepare(struct pnpn_wdf_device *device)
{
	const WDF_PNPPOWER_EVENT_CALLBACKS *calls = &device->init.pnp;

	/* A device that has no hardware has no resources, and a list that is empty. */
	device->prepared = true;
	return calls->EvtDevicePrepareHardware
		       ? calls->EvtDevicePrepareHardware((WDFDEVICE)device,
							 (WDFCMRESLIST)device->resources,
							 (WDFCMRESLIST)device->resources)
		       : STATUS_SUCCESS;
}

static NTSTATUS pnp_power_up(struct pnpn_wdf_device *device)
{
	const WDF_PNPPOWER_EVENT_CALLBACKS *calls = &device->init.pnp;
	NTSTATUS status = STATUS_SUCCESS;

	if (calls->EvtDeviceD0Entry)
		status = calls->EvtDeviceD0Entry((WDFDEVICE)device, WdfPowerDeviceD3Final);
	if (!NT_SUCCESS(status))
		return status;
	device->powered = true;
	if (calls->EvtDeviceD0EntryPostInterruptsEnabled)
		status = calls->EvtDeviceD0EntryPostInterruptsEnabled((WDFDEVICE)device,
								      WdfPowerDeviceD3Final);
	if (!NT_SUCCESS(status))
		return status;
	pnpn_wdf_queues_set_power(device, true);
	device->managed = true;
	return calls->EvtDeviceSelfManagedIoInit
		       ? calls->EvtDeviceSelfManagedIoInit((WDFDEVICE)device)
		       : STATUS_SUCCESS;
}

/* --- its end: each callback once, whoever comes first ------------------------------------------------- */

static void pnp_power_down(struct pnpn_wdf_device *device)
{
	const WDF_PNPPOWER_EVENT_CALLBACKS *calls = &device->init.pnp;

	if (device->managed && calls->EvtDeviceSelfManagedIoSuspend)
		calls->EvtDeviceSelfManagedIoSuspend((WDFDEVICE)device);
	pnpn_wdf_queues_set_power(device, false);
	if (device->powered && calls->EvtDeviceD0ExitPreInterruptsDisabled)
		calls->EvtDeviceD0ExitPreInterruptsDisabled((WDFDEVICE)device,
							    WdfPowerDeviceD3Final);
	if (device->powered && calls->EvtDeviceD0Exit)
		calls->EvtDeviceD0Exit((WDFDEVICE)device, WdfPowerDeviceD3Final);
	device->powered = false;
	if (device->prepared && calls->EvtDeviceReleaseHardware)
		calls->EvtDeviceReleaseHardware((WDFDEVICE)device, (WDFCMRESLIST)device->resources);
	device->prepared = false;
	if (device->managed && calls->EvtDeviceSelfManagedIoFlush)
		calls->EvtDeviceSelfManagedIoFlush((WDFDEVICE)device);
}

static void pnp_finish(struct pnpn_wdf_device *device)
{
	const WDF_PNPPOWER_EVENT_CALLBACKS *calls = &device->init.pnp;

	pnpn_wdf_device_set_interfaces(device, FALSE);
	if (device->powered || device->prepared)
		pnp_power_down(device);
	pnpn_wdf_queues_purge(device);
	if (device->managed && calls->EvtDeviceSelfManagedIoCleanup)
		calls->EvtDeviceSelfManagedIoCleanup((WDFDEVICE)device);
	device->managed = false;
}

static NTSTATUS pnp_start(struct pnpn_wdf_device *device, PIRP irp)
{
	NTSTATUS status = IoForwardIrpSynchronously(device->below, irp) ? irp->IoStatus.Status
									: STATUS_UNSUCCESSFUL;

	if (NT_SUCCESS(status))
		status = pnp_prepare(device);
	if (NT_SUCCESS(status))
		status = pnp_power_up(device);
	if (NT_SUCCESS(status))
		pnpn_wdf_device_set_interfaces(device, TRUE);
	else if (device->prepared)
		pnp_power_down(device);
	return pnpn_wdf_complete(irp, status);
}

/* --- its requests ----------------------------------------------------------------------------------- */

static NTSTATUS pnp_query(struct pnpn_wdf_device *device, PIRP irp,
			  NTSTATUS (*asks)(WDFDEVICE device))
{
	NTSTATUS status = asks ? asks((WDFDEVICE)device) : STATUS_SUCCESS;

	if (!NT_SUCCESS(status))
		return pnpn_wdf_complete(irp, status);
	irp->IoStatus.Status = STATUS_SUCCESS;
	return pnpn_wdf_pass(device, irp);
}

static NTSTATUS pnp_remove(struct pnpn_wdf_device *device, PIRP irp)
{
	pnp_finish(device);
	irp->IoStatus.Status = STATUS_SUCCESS;
	NTSTATUS status = pnpn_wdf_pass(device, irp);
	WdfObjectDelete(device);
	return status;
}

static NTSTATUS pnp_query_state(struct pnpn_wdf_device *device, PIRP irp)
{
	const WDF_DEVICE_STATE *state = &device->state;

	irp->IoStatus.Information |=
		(state->Failed == WdfTrue ? PNP_DEVICE_FAILED : 0) |
		(state->Removed == WdfTrue ? PNP_DEVICE_REMOVED : 0) |
		(state->Disabled == WdfTrue ? PNP_DEVICE_DISABLED : 0) |
		(state->NotDisableable == WdfTrue ? PNP_DEVICE_NOT_DISABLEABLE : 0) |
		(state->DontDisplayInUI == WdfTrue ? PNP_DEVICE_DONT_DISPLAY_IN_UI : 0) |
		(state->ResourcesChanged == WdfTrue ? PNP_DEVICE_RESOURCE_REQUIREMENTS_CHANGED : 0);
	irp->IoStatus.Status = STATUS_SUCCESS;
	return pnpn_wdf_pass(device, irp);
}

NTSTATUS pnpn_wdf_pnp(struct pnpn_wdf_device *device, PIRP irp)
{
	const WDF_PNPPOWER_EVENT_CALLBACKS *calls = &device->init.pnp;

	switch (IoGetCurrentIrpStackLocation(irp)->MinorFunction) {
	case IRP_MN_START_DEVICE:
		return pnp_start(device, irp);
	case IRP_MN_QUERY_REMOVE_DEVICE:
		return pnp_query(device, irp, calls->EvtDeviceQueryRemove);
	case IRP_MN_QUERY_STOP_DEVICE:
		return pnp_query(device, irp, calls->EvtDeviceQueryStop);
	case IRP_MN_SURPRISE_REMOVAL:
		if (calls->EvtDeviceSurpriseRemoval)
			calls->EvtDeviceSurpriseRemoval((WDFDEVICE)device);
		pnp_power_down(device);
		irp->IoStatus.Status = STATUS_SUCCESS;
		return pnpn_wdf_pass(device, irp);
	case IRP_MN_REMOVE_DEVICE:
		return pnp_remove(device, irp);
	case IRP_MN_QUERY_PNP_DEVICE_STATE:
		return pnp_query_state(device, irp);
	case IRP_MN_CANCEL_REMOVE_DEVICE:
	case IRP_MN_CANCEL_STOP_DEVICE:
		irp->IoStatus.Status = STATUS_SUCCESS;
		return pnpn_wdf_pass(device, irp);
	default:
		return pnpn_wdf_pass(device, irp);
	}
}
