/* SPDX-License-Identifier: MIT */
/* A driver that refuses to have its device removed when it is asked the first time, and says what it hears of that
 * (D5, D7). */
#include <initguid.h>
#include <ntddk.h>
#include "protocol.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE StubbornAddDevice;
static DRIVER_DISPATCH StubbornPnp;

static PDEVICE_OBJECT LowerDevice;
static ULONG Asked;

static NTSTATUS StubbornAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
	PDEVICE_OBJECT device;
	NTSTATUS status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
					 &device);

	if (!NT_SUCCESS(status))
		return status;
	LowerDevice = IoAttachDeviceToDeviceStack(device, PhysicalDeviceObject);
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static NTSTATUS StubbornPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UCHAR minor = IoGetCurrentIrpStackLocation(Irp)->MinorFunction;
	NTSTATUS status;

	if (minor == IRP_MN_QUERY_REMOVE_DEVICE)
		DbgPrint("stubborn: asked\n");
	if (minor == IRP_MN_CANCEL_REMOVE_DEVICE)
		DbgPrint("stubborn: stays\n");
	if (minor == IRP_MN_SURPRISE_REMOVAL)
		DbgPrint("stubborn: surprise\n");
	if (minor == IRP_MN_QUERY_REMOVE_DEVICE && !Asked++) {
		Irp->IoStatus.Status = STATUS_UNSUCCESSFUL;
		IoCompleteRequest(Irp, IO_NO_INCREMENT);
		return STATUS_UNSUCCESSFUL;
	}
	Irp->IoStatus.Status = STATUS_SUCCESS;
	IoSkipCurrentIrpStackLocation(Irp);
	status = IoCallDriver(LowerDevice, Irp);
	if (minor == IRP_MN_REMOVE_DEVICE) {
		DbgPrint("stubborn: removed\n");
		IoDetachDevice(LowerDevice);
		IoDeleteDevice(DeviceObject);
	}
	return status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverExtension->AddDevice = StubbornAddDevice;
	DriverObject->MajorFunction[IRP_MJ_PNP] = StubbornPnp;
	return STATUS_SUCCESS;
}
