/* SPDX-License-Identifier: MIT */
/*
 * A driver that is asked to count, tells everybody of each number, and sets the asking program's event when it is done:
 * a request and a shared event are how a driver talks with one program, notifications how it tells all of them.
 *
 *	cc -shared -fPIC $(pkg-config --cflags pnpnotify-wdm) two-way-driver.c -o two-way-driver.so \
 *		$(pkg-config --libs pnpnotify-wdm)
 *	pnpnotify host ./two-way-driver.so --device 'ROOT\TWO-WAY\0000'
 */
#include <ntddk.h>
#include <initguid.h>
#include "two_way.h"

#define PERIOD_MS 100

typedef struct _DEVICE_EXTENSION {
	PDEVICE_OBJECT Pdo;
	PDEVICE_OBJECT LowerDevice;
	KTIMER Timer;
	KDPC Dpc;
	KSPIN_LOCK Lock; /* guards the rest */
	PKEVENT Done; /* the program's; NULL while nobody asked */
	ULONG Count, Last;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static const UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\TwoWay");
static const UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\TwoWay");

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE TwoWayAddDevice;
static DRIVER_DISPATCH TwoWayPnp, TwoWayOpenClose, TwoWayControl;
static DRIVER_UNLOAD TwoWayUnload;
static KDEFERRED_ROUTINE TwoWayDpc;

static NTSTATUS TwoWayComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

/* At DISPATCH_LEVEL. */
static VOID TwoWayReport(PDEVICE_EXTENSION Extension, ULONG Count)
{
	union {
		TARGET_DEVICE_CUSTOM_NOTIFICATION Notification;
		UCHAR Space[sizeof(TARGET_DEVICE_CUSTOM_NOTIFICATION) + sizeof(ULONG)];
	} buffer;

	RtlZeroMemory(&buffer, sizeof(buffer));
	buffer.Notification.Version = 1;
	buffer.Notification.Size =
		FIELD_OFFSET(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer) + sizeof(Count);
	buffer.Notification.Event = GUID_TWO_WAY_COUNTED;
	buffer.Notification.NameBufferOffset = -1;
	RtlCopyMemory(buffer.Notification.CustomDataBuffer, &Count, sizeof(Count));
	IoReportTargetDeviceChangeAsynchronous(Extension->Pdo, &buffer.Notification, NULL, NULL);
}

static VOID TwoWayDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
	PDEVICE_EXTENSION extension = Context;
	PKEVENT done = NULL;
	ULONG count;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(Argument1);
	UNREFERENCED_PARAMETER(Argument2);
	KeAcquireSpinLockAtDpcLevel(&extension->Lock);
	/* The timer may have been due once more while the last number was told. */
	if (extension->Done == NULL) {
		KeReleaseSpinLockFromDpcLevel(&extension->Lock);
		return;
	}
	count = ++extension->Count;
	if (count == extension->Last) {
		done = extension->Done;
		extension->Done = NULL;
		KeCancelTimer(&extension->Timer);
	}
	KeReleaseSpinLockFromDpcLevel(&extension->Lock);
	TwoWayReport(extension, count);
	if (done) {
		KeSetEvent(done, IO_NO_INCREMENT, FALSE);
		ObDereferenceObject(done);
	}
}

/* One program at a time; its event is taken in its own context, so before anything waits. */
static NTSTATUS TwoWayStart(PDEVICE_EXTENSION Extension, const TWO_WAY_START *Start,
			    KPROCESSOR_MODE Mode, ULONG *Counted)
{
	LARGE_INTEGER due;
	BOOLEAN busy;
	PKEVENT done;
	KIRQL irql;
	NTSTATUS status = ObReferenceObjectByHandle(Start->Done, EVENT_MODIFY_STATE,
						    *ExEventObjectType, Mode, (PVOID *)&done, NULL);

	if (!NT_SUCCESS(status))
		return status;
	KeAcquireSpinLock(&Extension->Lock, &irql);
	busy = Extension->Done != NULL;
	*Counted = Extension->Count;
	if (!busy) {
		Extension->Done = done;
		Extension->Last = Extension->Count + Start->Count;
		due.QuadPart = -10000LL * PERIOD_MS;
		KeSetTimerEx(&Extension->Timer, due, PERIOD_MS, &Extension->Dpc);
	}
	KeReleaseSpinLock(&Extension->Lock, irql);
	if (busy)
		ObDereferenceObject(done);
	return busy ? STATUS_DEVICE_BUSY : STATUS_SUCCESS;
}

static NTSTATUS TwoWayControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE_EXTENSION extension = DeviceObject->DeviceExtension;
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	const TWO_WAY_START *start = Irp->AssociatedIrp.SystemBuffer;
	ULONG counted = 0;
	NTSTATUS status;

	if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_TWO_WAY_START)
		return TwoWayComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
	if (stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(*start) ||
	    stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG))
		return TwoWayComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
	if (start->Count == 0)
		return TwoWayComplete(Irp, STATUS_INVALID_PARAMETER, 0);
	status = TwoWayStart(extension, start, Irp->RequestorMode, &counted);
	*(PULONG)Irp->AssociatedIrp.SystemBuffer = counted;
	return TwoWayComplete(Irp, status, NT_SUCCESS(status) ? sizeof(ULONG) : 0);
}

static NTSTATUS TwoWayOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	return TwoWayComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS TwoWayAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
	PDEVICE_OBJECT device;
	PDEVICE_EXTENSION extension;
	NTSTATUS status = IoCreateDevice(DriverObject, sizeof(DEVICE_EXTENSION),
					 (PUNICODE_STRING)&DeviceName, FILE_DEVICE_UNKNOWN, 0,
					 FALSE, &device);

	if (!NT_SUCCESS(status))
		return status;
	status = IoCreateSymbolicLink((PUNICODE_STRING)&LinkName, (PUNICODE_STRING)&DeviceName);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}
	extension = device->DeviceExtension;
	RtlZeroMemory(extension, sizeof(*extension));
	extension->Pdo = Pdo;
	KeInitializeSpinLock(&extension->Lock);
	KeInitializeTimer(&extension->Timer);
	KeInitializeDpc(&extension->Dpc, TwoWayDpc, extension);
	extension->LowerDevice = IoAttachDeviceToDeviceStack(device, Pdo);
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static VOID TwoWayStop(PDEVICE_EXTENSION Extension)
{
	KeCancelTimer(&Extension->Timer);
	KeFlushQueuedDpcs();
	if (Extension->Done)
		ObDereferenceObject(Extension->Done);
	Extension->Done = NULL;
}

static NTSTATUS TwoWayPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE_EXTENSION extension = DeviceObject->DeviceExtension;
	PDEVICE_OBJECT lower = extension->LowerDevice;
	UCHAR minor = IoGetCurrentIrpStackLocation(Irp)->MinorFunction;
	NTSTATUS status;

	if (minor == IRP_MN_SURPRISE_REMOVAL || minor == IRP_MN_REMOVE_DEVICE)
		TwoWayStop(extension);
	if (minor == IRP_MN_START_DEVICE || minor == IRP_MN_SURPRISE_REMOVAL ||
	    minor == IRP_MN_REMOVE_DEVICE || minor == IRP_MN_QUERY_REMOVE_DEVICE ||
	    minor == IRP_MN_CANCEL_REMOVE_DEVICE)
		Irp->IoStatus.Status = STATUS_SUCCESS;
	IoSkipCurrentIrpStackLocation(Irp);
	status = IoCallDriver(lower, Irp);
	if (minor == IRP_MN_REMOVE_DEVICE) {
		IoDeleteSymbolicLink((PUNICODE_STRING)&LinkName);
		IoDetachDevice(lower);
		IoDeleteDevice(DeviceObject);
	}
	return status;
}

static VOID TwoWayUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverExtension->AddDevice = TwoWayAddDevice;
	DriverObject->DriverUnload = TwoWayUnload;
	DriverObject->MajorFunction[IRP_MJ_PNP] = TwoWayPnp;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = TwoWayOpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = TwoWayOpenClose;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = TwoWayControl;
	return STATUS_SUCCESS;
}
