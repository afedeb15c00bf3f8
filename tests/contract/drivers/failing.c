/* SPDX-License-Identifier: MIT */
/* A driver whose device fails: it says so when it has reported once, and is taken away (D7). */
#include <initguid.h>
#include <ntddk.h>
#include "protocol.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE FailingAddDevice;
static DRIVER_DISPATCH FailingPnp;

static PDEVICE_OBJECT LowerDevice, PhysicalDevice;
static PIO_WORKITEM WorkItem;
static IO_WORKITEM_ROUTINE FailingWork;

static VOID FailingWork(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Context);
	IoInvalidateDeviceState(PhysicalDevice);
}

static NTSTATUS FailingAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
	PDEVICE_OBJECT device;
	NTSTATUS status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
					 &device);

	if (!NT_SUCCESS(status))
		return status;
	PhysicalDevice = PhysicalDeviceObject;
	LowerDevice = IoAttachDeviceToDeviceStack(device, PhysicalDeviceObject);
	WorkItem = IoAllocateWorkItem(device);
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static NTSTATUS FailingPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	UCHAR minor = stack->MinorFunction;
	NTSTATUS status;

	if (minor == IRP_MN_QUERY_PNP_DEVICE_STATE)
		Irp->IoStatus.Information |= PNP_DEVICE_FAILED;
	if (minor == IRP_MN_SURPRISE_REMOVAL || minor == IRP_MN_REMOVE_DEVICE)
		DbgPrint("failing: %s\n", minor == IRP_MN_REMOVE_DEVICE ? "remove" : "surprise");
	Irp->IoStatus.Status = STATUS_SUCCESS;
	IoSkipCurrentIrpStackLocation(Irp);
	status = IoCallDriver(LowerDevice, Irp);
	if (minor == IRP_MN_START_DEVICE)
		IoQueueWorkItem(WorkItem, FailingWork, DelayedWorkQueue, NULL);
	if (minor == IRP_MN_REMOVE_DEVICE) {
		IoFreeWorkItem(WorkItem);
		IoDetachDevice(LowerDevice);
		IoDeleteDevice(DeviceObject);
	}
	return status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverExtension->AddDevice = FailingAddDevice;
	DriverObject->MajorFunction[IRP_MJ_PNP] = FailingPnp;
	return STATUS_SUCCESS;
}
