/* SPDX-License-Identifier: MIT */
/*
 * A driver that says "Hello!" five times, from a timer's DPC. The same source is a Linux driver and a
 * Windows one:
 *
 *	cc -shared -fPIC $(pkg-config --cflags pnpnotify-wdm) hello-driver.c -o hello-driver.so \
 *		$(pkg-config --libs pnpnotify-wdm)
 *	pnpnotify host ./hello-driver.so --device 'ROOT\HELLO\0000'
 */
#include <ntddk.h>
#include <ntstrsafe.h>
#include <initguid.h>
#include "hello_event.h"

#define GREETINGS 5
#define PERIOD_MS 300

typedef struct _DEVICE_EXTENSION {
	PDEVICE_OBJECT Pdo;
	PDEVICE_OBJECT LowerDevice;
	UNICODE_STRING InterfaceName;
	KTIMER Timer;
	KDPC Dpc;
	ULONG Count;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE HelloAddDevice;
static DRIVER_DISPATCH HelloPnp;
static DRIVER_DISPATCH HelloPower;
static DRIVER_DISPATCH HelloCreateClose;
static DRIVER_UNLOAD HelloUnload;
static KDEFERRED_ROUTINE HelloDpc;

/* At DISPATCH_LEVEL. The PnP manager copies the structure, so it may live on the stack. */
static VOID HelloDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
	PDEVICE_EXTENSION extension = Context;
	union {
		TARGET_DEVICE_CUSTOM_NOTIFICATION Notification;
		UCHAR Space[sizeof(TARGET_DEVICE_CUSTOM_NOTIFICATION) + sizeof(HELLO_EVENT)];
	} buffer;
	HELLO_EVENT event;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(Argument1);
	UNREFERENCED_PARAMETER(Argument2);
	/* The timer may have been due once more while the last greeting was told. */
	if (extension->Count == GREETINGS)
		return;
	RtlZeroMemory(&buffer, sizeof(buffer));
	RtlZeroMemory(&event, sizeof(event));
	event.Count = ++extension->Count;
	RtlStringCchCopyW(event.Message, sizeof(event.Message) / sizeof(event.Message[0]),
			  L"Hello!");

	buffer.Notification.Version = 1;
	buffer.Notification.Size =
		FIELD_OFFSET(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer) + sizeof(event);
	buffer.Notification.Event = GUID_HELLO_EVENT;
	buffer.Notification.NameBufferOffset = FIELD_OFFSET(HELLO_EVENT, Message);
	RtlCopyMemory(buffer.Notification.CustomDataBuffer, &event, sizeof(event));
	IoReportTargetDeviceChangeAsynchronous(extension->Pdo, &buffer.Notification, NULL, NULL);
	if (extension->Count == GREETINGS)
		KeCancelTimer(&extension->Timer);
}

static NTSTATUS HelloAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
	PDEVICE_OBJECT device;
	PDEVICE_EXTENSION extension;
	NTSTATUS status = IoCreateDevice(DriverObject, sizeof(DEVICE_EXTENSION), NULL,
					 FILE_DEVICE_UNKNOWN, 0, FALSE, &device);

	if (!NT_SUCCESS(status))
		return status;
	extension = device->DeviceExtension;
	RtlZeroMemory(extension, sizeof(*extension));
	extension->Pdo = Pdo;
	status = IoRegisterDeviceInterface(Pdo, &GUID_DEVINTERFACE_HELLO, NULL,
					   &extension->InterfaceName);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}
	KeInitializeTimer(&extension->Timer);
	KeInitializeDpc(&extension->Dpc, HelloDpc, extension);
	extension->LowerDevice = IoAttachDeviceToDeviceStack(device, Pdo);
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static VOID HelloStart(PDEVICE_EXTENSION Extension)
{
	LARGE_INTEGER due;

	IoSetDeviceInterfaceState(&Extension->InterfaceName, TRUE);
	due.QuadPart = -10000LL * PERIOD_MS;
	KeSetTimerEx(&Extension->Timer, due, PERIOD_MS, &Extension->Dpc);
}

static VOID HelloStop(PDEVICE_EXTENSION Extension)
{
	KeCancelTimer(&Extension->Timer);
	KeFlushQueuedDpcs();
	IoSetDeviceInterfaceState(&Extension->InterfaceName, FALSE);
}

static NTSTATUS HelloPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE_EXTENSION extension = DeviceObject->DeviceExtension;
	PDEVICE_OBJECT lower = extension->LowerDevice;
	UCHAR minor = IoGetCurrentIrpStackLocation(Irp)->MinorFunction;
	NTSTATUS status;

	if (minor == IRP_MN_START_DEVICE)
		HelloStart(extension);
	if (minor == IRP_MN_SURPRISE_REMOVAL || minor == IRP_MN_REMOVE_DEVICE)
		HelloStop(extension);
	if (minor == IRP_MN_START_DEVICE || minor == IRP_MN_SURPRISE_REMOVAL ||
	    minor == IRP_MN_REMOVE_DEVICE)
		Irp->IoStatus.Status = STATUS_SUCCESS;
	IoSkipCurrentIrpStackLocation(Irp);
	status = IoCallDriver(lower, Irp);
	if (minor == IRP_MN_REMOVE_DEVICE) {
		IoDetachDevice(lower);
		RtlFreeUnicodeString(&extension->InterfaceName);
		IoDeleteDevice(DeviceObject);
	}
	return status;
}

static NTSTATUS HelloPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE_EXTENSION extension = DeviceObject->DeviceExtension;

	PoStartNextPowerIrp(Irp);
	IoSkipCurrentIrpStackLocation(Irp);
	return PoCallDriver(extension->LowerDevice, Irp);
}

static NTSTATUS HelloCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID HelloUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverExtension->AddDevice = HelloAddDevice;
	DriverObject->DriverUnload = HelloUnload;
	DriverObject->MajorFunction[IRP_MJ_PNP] = HelloPnp;
	DriverObject->MajorFunction[IRP_MJ_POWER] = HelloPower;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = HelloCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = HelloCreateClose;
	return STATUS_SUCCESS;
}
