/* SPDX-License-Identifier: MIT */
/* A driver in NT's style: one named device, which it makes itself and deletes when it is unloaded. */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD AncientUnload;
static DRIVER_DISPATCH AncientOpenClose;

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\AncientFile");
static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\AncientFile");

static NTSTATUS AncientOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID AncientUnload(PDRIVER_OBJECT DriverObject)
{
	DbgPrint("ancient: unloaded\n");
	IoDeleteSymbolicLink(&LinkName);
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverUnload = AncientUnload;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = AncientOpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = AncientOpenClose;
	status = IoCreateDevice(DriverObject, 0, &DeviceName, FILE_DEVICE_UNKNOWN, 0, FALSE,
				&device);
	if (NT_SUCCESS(status))
		status = IoCreateSymbolicLink(&LinkName, &DeviceName);
	return status;
}
