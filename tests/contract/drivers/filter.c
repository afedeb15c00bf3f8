/* SPDX-License-Identifier: MIT */
/* A filter of the usual shape: it lets everything through, says what it sees, and answers one code by itself. */
#include <ntddk.h>

#define FILTER_CONTROL CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _DEVICE_EXTENSION {
	PDEVICE_OBJECT LowerDeviceObject;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE FilterAddDevice;
static DRIVER_UNLOAD FilterUnload;
static DRIVER_DISPATCH FilterPass, FilterCreate, FilterControl, FilterPnp;

static NTSTATUS FilterAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
	PDEVICE_OBJECT device;
	PDEVICE_EXTENSION extension;
	NTSTATUS status = IoCreateDevice(DriverObject, sizeof(DEVICE_EXTENSION), NULL,
					 FILE_DEVICE_UNKNOWN, 0, FALSE, &device);

	if (!NT_SUCCESS(status))
		return status;
	extension = (PDEVICE_EXTENSION)device->DeviceExtension;
	extension->LowerDeviceObject = IoAttachDeviceToDeviceStack(device, PhysicalDeviceObject);
	device->Flags |= extension->LowerDeviceObject->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO);
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static NTSTATUS FilterPass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)DeviceObject->DeviceExtension;

	IoSkipCurrentIrpStackLocation(Irp);
	return IoCallDriver(extension->LowerDeviceObject, Irp);
}

static NTSTATUS FilterCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	DbgPrint("filter: opened\n");
	return FilterPass(DeviceObject, Irp);
}

static NTSTATUS FilterControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

	if (stack->Parameters.DeviceIoControl.IoControlCode != FILTER_CONTROL ||
	    stack->Parameters.DeviceIoControl.OutputBufferLength < 6)
		return FilterPass(DeviceObject, Irp);
	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, "filter", 6);
	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 6;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static NTSTATUS FilterPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)DeviceObject->DeviceExtension;
	UCHAR minor = IoGetCurrentIrpStackLocation(Irp)->MinorFunction;
	NTSTATUS status;

	if (minor == IRP_MN_START_DEVICE)
		DbgPrint("filter: starts\n");
	if (minor == IRP_MN_QUERY_REMOVE_DEVICE)
		DbgPrint("filter: may go\n");
	status = FilterPass(DeviceObject, Irp);
	if (minor != IRP_MN_REMOVE_DEVICE)
		return status;
	/* The one below has deleted its device by now. */
	IoDetachDevice(extension->LowerDeviceObject);
	IoDeleteDevice(DeviceObject);
	DbgPrint("filter: detached\n");
	return status;
}

static VOID FilterUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
	DbgPrint("filter: unloaded\n");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	ULONG i;

	UNREFERENCED_PARAMETER(RegistryPath);
	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		DriverObject->MajorFunction[i] = FilterPass;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = FilterCreate;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = FilterControl;
	DriverObject->MajorFunction[IRP_MJ_PNP] = FilterPnp;
	DriverObject->DriverExtension->AddDevice = FilterAddDevice;
	DriverObject->DriverUnload = FilterUnload;
	return STATUS_SUCCESS;
}
