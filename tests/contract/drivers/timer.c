/* SPDX-License-Identifier: MIT */
/*
 * A WDM driver of the usual shape: a function driver with a lower device, a remove lock, an interface, a
 * \\.\ name, and a timer whose DPC reports an event every few milliseconds.
 */
#include <initguid.h>
#include <ntddk.h>
#include <ntstrsafe.h>
#include <wdmguid.h>
#include "protocol.h"

#define POOL_TAG 0x74736554u /* "Test" */

typedef struct _DEVICE_EXTENSION {
	PDEVICE_OBJECT Self;
	PDEVICE_OBJECT PhysicalDeviceObject;
	PDEVICE_OBJECT LowerDeviceObject;
	UNICODE_STRING InterfaceName;
	IO_REMOVE_LOCK RemoveLock;
	KTIMER Timer;
	KDPC TimerDpc;
	KSPIN_LOCK Lock;
	ULONG Count;
	volatile LONG Completed;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE TimerAddDevice;
static DRIVER_UNLOAD TimerUnload;
_Dispatch_type_(IRP_MJ_PNP) static DRIVER_DISPATCH TimerPnp;
_Dispatch_type_(IRP_MJ_POWER) static DRIVER_DISPATCH TimerPower;
static DRIVER_DISPATCH TimerCreateClose;
static KDEFERRED_ROUTINE TimerDpc;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, TimerAddDevice)
#endif

static VOID TimerReported(_In_opt_ PVOID Context)
{
	PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)Context;

	InterlockedIncrement(&extension->Completed);
	IoReleaseRemoveLock(&extension->RemoveLock, (PVOID)TimerReported);
}

static VOID TimerDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
	PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)DeferredContext;
	UCHAR storage[FIELD_OFFSET(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer) +
		      sizeof(struct test_payload)] __attribute__((aligned(8)));
	PTARGET_DEVICE_CUSTOM_NOTIFICATION notification =
		(PTARGET_DEVICE_CUSTOM_NOTIFICATION)storage;
	struct test_payload payload;
	NTSTATUS status;
	KIRQL irql;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(SystemArgument1);
	UNREFERENCED_PARAMETER(SystemArgument2);
	RtlZeroMemory(&payload, sizeof(payload));
	KeAcquireSpinLock(&extension->Lock, &irql);
	payload.count = ++extension->Count;
	KeReleaseSpinLock(&extension->Lock, irql);
	RtlStringCbPrintfW((PWSTR)payload.text, sizeof(payload.text), L"tick %lu", payload.count);

	RtlZeroMemory(notification, sizeof(storage));
	notification->Version = 1;
	notification->Size = sizeof(storage);
	notification->Event = GUID_TEST_EVENT;
	notification->FileObject = NULL;
	notification->NameBufferOffset = FIELD_OFFSET(struct test_payload, text);
	RtlCopyMemory(notification->CustomDataBuffer, &payload, sizeof(payload));
	if (!NT_SUCCESS(IoAcquireRemoveLock(&extension->RemoveLock, (PVOID)TimerReported)))
		return;
	status = IoReportTargetDeviceChangeAsynchronous(extension->PhysicalDeviceObject,
							notification, TimerReported, extension);
	if (NT_SUCCESS(status))
		return;
	/* The timer may be there before the device has started. */
	IoReleaseRemoveLock(&extension->RemoveLock, (PVOID)TimerReported);
	KeAcquireSpinLock(&extension->Lock, &irql);
	extension->Count--;
	KeReleaseSpinLock(&extension->Lock, irql);
}

static NTSTATUS TimerAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
	DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\TestTimer");
	DECLARE_CONST_UNICODE_STRING(link, L"\\DosDevices\\TestTimer");
	PDEVICE_EXTENSION extension;
	PDEVICE_OBJECT device;
	NTSTATUS status;

	PAGED_CODE();
	status = IoCreateDevice(DriverObject, sizeof(DEVICE_EXTENSION), (PUNICODE_STRING)&name,
				FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	extension = (PDEVICE_EXTENSION)device->DeviceExtension;
	extension->Self = device;
	extension->PhysicalDeviceObject = PhysicalDeviceObject;
	IoInitializeRemoveLock(&extension->RemoveLock, POOL_TAG, 0, 0);
	KeInitializeSpinLock(&extension->Lock);
	KeInitializeTimerEx(&extension->Timer, NotificationTimer);
	KeInitializeDpc(&extension->TimerDpc, TimerDpc, extension);
	status = IoCreateSymbolicLink((PUNICODE_STRING)&link, (PUNICODE_STRING)&name);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}
	extension->LowerDeviceObject = IoAttachDeviceToDeviceStack(device, PhysicalDeviceObject);
	if (!extension->LowerDeviceObject) {
		IoDeleteSymbolicLink((PUNICODE_STRING)&link);
		IoDeleteDevice(device);
		return STATUS_NO_SUCH_DEVICE;
	}
	status = IoRegisterDeviceInterface(PhysicalDeviceObject, &GUID_TEST_INTERFACE, NULL,
					   &extension->InterfaceName);
	if (!NT_SUCCESS(status)) {
		IoDetachDevice(extension->LowerDeviceObject);
		IoDeleteSymbolicLink((PUNICODE_STRING)&link);
		IoDeleteDevice(device);
		return status;
	}
	device->Flags |= DO_BUFFERED_IO | DO_POWER_PAGABLE;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static NTSTATUS TimerStartCompleted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	if (Irp->PendingReturned)
		KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID TimerGo(PDEVICE_EXTENSION extension)
{
	LARGE_INTEGER due;

	due.QuadPart = -5 * 10000LL;
	KeSetTimerEx(&extension->Timer, due, 5, &extension->TimerDpc);
}

/* What is reported while a removal is handled is called back after it, and so can't be waited for in there. */
static VOID TimerStop(PDEVICE_EXTENSION extension)
{
	KeCancelTimer(&extension->Timer);
	KeFlushQueuedDpcs();
}

static NTSTATUS TimerStart(PDEVICE_EXTENSION extension, PIRP Irp)
{
	NTSTATUS status;
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	IoCopyCurrentIrpStackLocationToNext(Irp);
	IoSetCompletionRoutine(Irp, TimerStartCompleted, &event, TRUE, TRUE, TRUE);
	status = IoCallDriver(extension->LowerDeviceObject, Irp);
	if (status == STATUS_PENDING) {
		KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
		status = Irp->IoStatus.Status;
	}
	if (NT_SUCCESS(status)) {
		IoSetDeviceInterfaceState(&extension->InterfaceName, TRUE);
		TimerGo(extension);
	}
	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS TimerRemove(PDEVICE_EXTENSION extension, PIRP Irp)
{
	DECLARE_CONST_UNICODE_STRING(link, L"\\DosDevices\\TestTimer");
	NTSTATUS status;

	TimerStop(extension);
	Irp->IoStatus.Status = STATUS_SUCCESS;
	IoSkipCurrentIrpStackLocation(Irp);
	status = IoCallDriver(extension->LowerDeviceObject, Irp);
	IoReleaseRemoveLockAndWait(&extension->RemoveLock, Irp);
	DbgPrint("timer: %wZ removed after %lu reports, %ld completed\n", &extension->InterfaceName,
		 extension->Count, extension->Completed);
	IoSetDeviceInterfaceState(&extension->InterfaceName, FALSE);
	RtlFreeUnicodeString(&extension->InterfaceName);
	IoDeleteSymbolicLink((PUNICODE_STRING)&link);
	IoDetachDevice(extension->LowerDeviceObject);
	IoDeleteDevice(extension->Self);
	return status;
}

static NTSTATUS TimerPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)DeviceObject->DeviceExtension;
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status;

	status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
	if (!NT_SUCCESS(status)) {
		Irp->IoStatus.Status = status;
		IoCompleteRequest(Irp, IO_NO_INCREMENT);
		return status;
	}
	switch (stack->MinorFunction) {
	case IRP_MN_START_DEVICE:
		status = TimerStart(extension, Irp);
		break;
	case IRP_MN_REMOVE_DEVICE:
		return TimerRemove(extension, Irp);
	case IRP_MN_QUERY_REMOVE_DEVICE:
	case IRP_MN_SURPRISE_REMOVAL:
		TimerStop(extension);
		Irp->IoStatus.Status = STATUS_SUCCESS;
		IoSkipCurrentIrpStackLocation(Irp);
		status = IoCallDriver(extension->LowerDeviceObject, Irp);
		break;
	case IRP_MN_CANCEL_REMOVE_DEVICE:
		TimerGo(extension);
		Irp->IoStatus.Status = STATUS_SUCCESS;
		/* fall through */
	default:
		IoSkipCurrentIrpStackLocation(Irp);
		status = IoCallDriver(extension->LowerDeviceObject, Irp);
		break;
	}
	IoReleaseRemoveLock(&extension->RemoveLock, Irp);
	return status;
}

static NTSTATUS TimerPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)DeviceObject->DeviceExtension;

	PoStartNextPowerIrp(Irp);
	IoSkipCurrentIrpStackLocation(Irp);
	return PoCallDriver(extension->LowerDeviceObject, Irp);
}

static NTSTATUS TimerCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID TimerUnload(PDRIVER_OBJECT DriverObject)
{
	DbgPrint("timer: %wZ unloaded\n", &DriverObject->DriverName);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	KdPrint(("timer: %wZ\n", RegistryPath));
	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverExtension->AddDevice = TimerAddDevice;
	DriverObject->DriverUnload = TimerUnload;
	DriverObject->MajorFunction[IRP_MJ_PNP] = TimerPnp;
	DriverObject->MajorFunction[IRP_MJ_POWER] = TimerPower;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = TimerCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = TimerCreateClose;
	return STATUS_SUCCESS;
}
