/* SPDX-License-Identifier: MIT */
/* A driver without devices: follows those of a class, and says what they report. */
#include <initguid.h>
#include <wdm.h>
#include <wdmguid.h>
#include "protocol.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD WatcherUnload;
static DRIVER_NOTIFICATION_CALLBACK_ROUTINE WatcherInterface, WatcherTarget;

static PDRIVER_OBJECT WatcherDriver;
static PVOID ClassEntry, TargetEntry;
static PFILE_OBJECT TargetFile;
static ULONG Asked;

/* The first time it refuses, the second time it keeps its file, the third time it lets go of the device. */
static NTSTATUS WatcherAsked(PFILE_OBJECT FileObject)
{
	DbgPrint("watcher: asked, file %d\n", FileObject == TargetFile);
	if (!Asked++)
		return STATUS_UNSUCCESSFUL;
	if (Asked == 2)
		return STATUS_SUCCESS;
	ObDereferenceObject(TargetFile);
	TargetFile = NULL;
	return STATUS_SUCCESS;
}

static NTSTATUS WatcherTarget(PVOID NotificationStructure, PVOID Context)
{
	PTARGET_DEVICE_CUSTOM_NOTIFICATION notification =
		(PTARGET_DEVICE_CUSTOM_NOTIFICATION)NotificationStructure;
	struct test_payload *payload = (struct test_payload *)notification->CustomDataBuffer;

	UNREFERENCED_PARAMETER(Context);
	if (IsEqualGUID(&notification->Event, &GUID_TARGET_DEVICE_REMOVE_COMPLETE))
		DbgPrint("watcher: removed, file %d\n",
			 notification->FileObject && notification->FileObject == TargetFile);
	else if (IsEqualGUID(&notification->Event, &GUID_TARGET_DEVICE_QUERY_REMOVE))
		return WatcherAsked(notification->FileObject);
	else if (IsEqualGUID(&notification->Event, &GUID_TARGET_DEVICE_REMOVE_CANCELLED))
		DbgPrint("watcher: stays, file %d\n", notification->FileObject == TargetFile);
	else if (IsEqualGUID(&notification->Event, &GUID_TEST_EVENT))
		DbgPrint("watcher: %lu '%ws' irql %d file %d\n", payload->count,
			 (PWSTR)payload->text, KeGetCurrentIrql(),
			 notification->FileObject == TargetFile);
	return STATUS_SUCCESS;
}

static NTSTATUS WatcherInterface(PVOID NotificationStructure, PVOID Context)
{
	PDEVICE_INTERFACE_CHANGE_NOTIFICATION notification =
		(PDEVICE_INTERFACE_CHANGE_NOTIFICATION)NotificationStructure;
	PDEVICE_OBJECT device;
	PFILE_OBJECT file;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(Context);
	if (!IsEqualGUID(&notification->Event, &GUID_DEVICE_INTERFACE_ARRIVAL) || TargetFile)
		return STATUS_SUCCESS;
	status = IoGetDeviceObjectPointer(notification->SymbolicLinkName, FILE_READ_DATA, &file,
					  &device);
	if (!NT_SUCCESS(status)) {
		DbgPrint("watcher: %wZ: 0x%08x\n", notification->SymbolicLinkName, status);
		return STATUS_SUCCESS;
	}
	TargetFile = file;
	status = IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange, 0, file,
						WatcherDriver, WatcherTarget, NULL, &TargetEntry);
	DbgPrint("watcher: follows %wZ: 0x%08x\n", notification->SymbolicLinkName, status);
	return STATUS_SUCCESS;
}

static VOID WatcherUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
	IoUnregisterPlugPlayNotificationEx(ClassEntry);
	if (TargetEntry)
		IoUnregisterPlugPlayNotificationEx(TargetEntry);
	if (TargetFile)
		ObDereferenceObject(TargetFile);
	DbgPrint("watcher: unloaded\n");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNREFERENCED_PARAMETER(RegistryPath);
	WatcherDriver = DriverObject;
	DriverObject->DriverUnload = WatcherUnload;
	return IoRegisterPlugPlayNotification(
		EventCategoryDeviceInterfaceChange,
		PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES, (PVOID)&GUID_TEST_INTERFACE,
		DriverObject, WatcherInterface, NULL, &ClassEntry);
}
