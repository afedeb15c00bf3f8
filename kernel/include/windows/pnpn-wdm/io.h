/* SPDX-License-Identifier: MIT */
/*
 * What is done with drivers, devices, files and IRPs. Unless a comment says otherwise: PASSIVE_LEVEL,
 * where STATUS_INVALID_LEVEL is returned above it; calls that ask the PnP manager block for that round
 * trip and return STATUS_DEVICE_NOT_CONNECTED while there is none.
 */
#ifndef PNPN_WDM_IO_H
#define PNPN_WDM_IO_H

#include <pnpn-wdm/io-types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- devices ---------------------------------------------------------------------------------------- */

/** A device object, the driver's until IoDeleteDevice(). Its names are this process's own. */
NTSTATUS IoCreateDevice(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
			PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
			ULONG DeviceCharacteristics, BOOLEAN Exclusive,
			PDEVICE_OBJECT *DeviceObject);
/** Deletes it; the memory goes with the last reference. */
VOID IoDeleteDevice(PDEVICE_OBJECT DeviceObject);
/** Puts Source on top of the stack that Target is in; returns what is below it, or NULL. */
PDEVICE_OBJECT IoAttachDeviceToDeviceStack(PDEVICE_OBJECT SourceDevice,
					   PDEVICE_OBJECT TargetDevice);
/** Takes away what lies on top of TargetDevice. */
VOID IoDetachDevice(PDEVICE_OBJECT TargetDevice);
/** The top of its stack, with a reference that is the caller's. At most DISPATCH_LEVEL. */
PDEVICE_OBJECT IoGetAttachedDeviceReference(PDEVICE_OBJECT DeviceObject);
/** The same without a reference. */
PDEVICE_OBJECT IoGetAttachedDevice(PDEVICE_OBJECT DeviceObject);
/** The device below, with a reference that is the caller's, or NULL. */
PDEVICE_OBJECT IoGetLowerDeviceObject(PDEVICE_OBJECT DeviceObject);

/** The property of a PDO; STATUS_BUFFER_TOO_SMALL tells the size. */
typedef enum _DEVICE_REGISTRY_PROPERTY {
	DevicePropertyDeviceDescription,
	DevicePropertyHardwareID,
	DevicePropertyCompatibleIDs,
	DevicePropertyBootConfiguration,
	DevicePropertyBootConfigurationTranslated,
	DevicePropertyClassName,
	DevicePropertyClassGuid,
	DevicePropertyDriverKeyName,
	DevicePropertyManufacturer,
	DevicePropertyFriendlyName,
	DevicePropertyLocationInformation,
	DevicePropertyPhysicalDeviceObjectName,
	DevicePropertyBusTypeGuid,
	DevicePropertyLegacyBusType,
	DevicePropertyBusNumber,
	DevicePropertyEnumeratorName
} DEVICE_REGISTRY_PROPERTY;
NTSTATUS IoGetDeviceProperty(PDEVICE_OBJECT DeviceObject, DEVICE_REGISTRY_PROPERTY DeviceProperty,
			     ULONG BufferLength, PVOID PropertyBuffer, PULONG ResultLength);
/** Has the driver asked for its device's state: what says that it failed is removed (D7). At most
 *  DISPATCH_LEVEL. */
VOID IoInvalidateDeviceState(PDEVICE_OBJECT PhysicalDeviceObject);

/* --- IRPs: at most DISPATCH_LEVEL ----------------------------------------------------------------------- */

/** An IRP with room for so many drivers, the caller's: IoFreeIrp(); NULL without memory. */
PIRP IoAllocateIrp(CCHAR StackSize, BOOLEAN ChargeQuota);
/** Frees an IRP that nobody works on. */
VOID IoFreeIrp(PIRP Irp);
/** Makes an IRP like new. */
VOID IoReuseIrp(PIRP Irp, NTSTATUS Status);
/** Hands it to the driver below. */
NTSTATUS IofCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp);
#define IoCallDriver(device, irp) IofCallDriver((device), (irp))
/** Ends it here: completion routines run from this stack location upwards. */
VOID IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost);
#define IoCompleteRequest(irp, boost) IofCompleteRequest((irp), (boost))
/** Asks for its end; TRUE if it had a cancel routine. */
BOOLEAN IoCancelIrp(PIRP Irp);
/** The one lock of cancel routines. */
VOID IoAcquireCancelSpinLock(PKIRQL Irql);
VOID IoReleaseCancelSpinLock(KIRQL Irql);
/** Sends it down and waits; the IRP is the caller's again. STATUS_UNSUCCESSFUL without a device. */
BOOLEAN IoForwardIrpSynchronously(PDEVICE_OBJECT DeviceObject, PIRP Irp);
/** Power IRPs. */
NTSTATUS PoCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp);
VOID PoStartNextPowerIrp(PIRP Irp);
/** Remembers the device's power state; returns what it was. */
POWER_STATE PoSetPowerState(PDEVICE_OBJECT DeviceObject, POWER_STATE_TYPE Type, POWER_STATE State);

FORCEINLINE PIO_STACK_LOCATION IoGetCurrentIrpStackLocation(PIRP irp)
{
	return irp->Tail.Overlay.CurrentStackLocation;
}

FORCEINLINE PIO_STACK_LOCATION IoGetNextIrpStackLocation(PIRP irp)
{
	return irp->Tail.Overlay.CurrentStackLocation - 1;
}

FORCEINLINE VOID IoSetNextIrpStackLocation(PIRP irp)
{
	irp->CurrentLocation--;
	irp->Tail.Overlay.CurrentStackLocation--;
}

FORCEINLINE VOID IoSkipCurrentIrpStackLocation(PIRP irp)
{
	irp->CurrentLocation++;
	irp->Tail.Overlay.CurrentStackLocation++;
}

FORCEINLINE VOID IoCopyCurrentIrpStackLocationToNext(PIRP irp)
{
	memcpy(IoGetNextIrpStackLocation(irp), IoGetCurrentIrpStackLocation(irp),
	       offsetof(IO_STACK_LOCATION, CompletionRoutine));
	IoGetNextIrpStackLocation(irp)->Control = 0;
}

FORCEINLINE VOID IoMarkIrpPending(PIRP irp)
{
	IoGetCurrentIrpStackLocation(irp)->Control |= SL_PENDING_RETURNED;
}

FORCEINLINE VOID IoSetCompletionRoutine(PIRP irp, PIO_COMPLETION_ROUTINE routine, PVOID context,
					BOOLEAN on_success, BOOLEAN on_error, BOOLEAN on_cancel)
{
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

	next->CompletionRoutine = routine;
	next->Context = context;
	next->Control = (UCHAR)((on_success ? SL_INVOKE_ON_SUCCESS : 0) |
				(on_error ? SL_INVOKE_ON_ERROR : 0) |
				(on_cancel ? SL_INVOKE_ON_CANCEL : 0));
}

FORCEINLINE PDRIVER_CANCEL IoSetCancelRoutine(PIRP irp, PDRIVER_CANCEL routine)
{
	return __atomic_exchange_n(&irp->CancelRoutine, routine, __ATOMIC_SEQ_CST);
}

#define IoSizeOfIrp(stack_size) ((USHORT)(sizeof(IRP) + (stack_size) * sizeof(IO_STACK_LOCATION)))

/* --- remove locks: at most DISPATCH_LEVEL but for the last ----------------------------------------------- */

/** Prepares the lock; tag, minutes and high water mark say nothing here. */
VOID IoInitializeRemoveLockEx(PIO_REMOVE_LOCK Lock, ULONG AllocateTag, ULONG MaxLockedMinutes,
			      ULONG HighWatermark, ULONG RemlockSize);
/** Takes it; STATUS_DELETE_PENDING once its device goes. */
NTSTATUS IoAcquireRemoveLockEx(PIO_REMOVE_LOCK Lock, PVOID Tag, PCSTR File, ULONG Line,
			       ULONG RemlockSize);
/** Gives it back. */
VOID IoReleaseRemoveLockEx(PIO_REMOVE_LOCK Lock, PVOID Tag, ULONG RemlockSize);
/** Gives it back for good and waits until everybody has. Blocks; PASSIVE_LEVEL. */
VOID IoReleaseRemoveLockAndWaitEx(PIO_REMOVE_LOCK Lock, PVOID Tag, ULONG RemlockSize);
#define IoInitializeRemoveLock(lock, tag, minutes, high) \
	IoInitializeRemoveLockEx((lock), (tag), (minutes), (high), sizeof(IO_REMOVE_LOCK))
#define IoAcquireRemoveLock(lock, tag) \
	IoAcquireRemoveLockEx((lock), (tag), __FILE__, __LINE__, sizeof(IO_REMOVE_LOCK))
#define IoReleaseRemoveLock(lock, tag) IoReleaseRemoveLockEx((lock), (tag), sizeof(IO_REMOVE_LOCK))
#define IoReleaseRemoveLockAndWait(lock, tag) \
	IoReleaseRemoveLockAndWaitEx((lock), (tag), sizeof(IO_REMOVE_LOCK))

/* --- work items: at most DISPATCH_LEVEL ----------------------------------------------------------------- */

typedef VOID IO_WORKITEM_ROUTINE(PDEVICE_OBJECT DeviceObject, PVOID Context);
typedef IO_WORKITEM_ROUTINE *PIO_WORKITEM_ROUTINE;
typedef VOID IO_WORKITEM_ROUTINE_EX(PVOID IoObject, PVOID Context, PIO_WORKITEM IoWorkItem);
typedef IO_WORKITEM_ROUTINE_EX *PIO_WORKITEM_ROUTINE_EX;

/** A work item of a device, the caller's: IoFreeWorkItem(); NULL without memory. */
PIO_WORKITEM IoAllocateWorkItem(PDEVICE_OBJECT DeviceObject);
/** Frees one that is not queued; its routine may do it. */
VOID IoFreeWorkItem(PIO_WORKITEM IoWorkItem);
/** Has the routine called at PASSIVE_LEVEL; holds the device until it returned. */
VOID IoQueueWorkItem(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE WorkerRoutine,
		     WORK_QUEUE_TYPE QueueType, PVOID Context);
/** The same with the item as an argument. */
VOID IoQueueWorkItemEx(PIO_WORKITEM IoWorkItem, PIO_WORKITEM_ROUTINE_EX WorkerRoutine,
		       WORK_QUEUE_TYPE QueueType, PVOID Context);

/* --- names, files, interfaces --------------------------------------------------------------------------- */

/** Gives the device of that \Device\ name a \\.\ name (\DosDevices\X or \??\X). Asks the manager. */
NTSTATUS IoCreateSymbolicLink(PUNICODE_STRING SymbolicLinkName, PUNICODE_STRING DeviceName);
/** Takes it away. Asks the manager. */
NTSTATUS IoDeleteSymbolicLink(PUNICODE_STRING SymbolicLinkName);
/** Opens a device by \Device\, \??\ or \DosDevices\ name, in this host or another. The file is the
 *  caller's: ObDereferenceObject(); the device lives as long. Asks the manager. */
NTSTATUS IoGetDeviceObjectPointer(PUNICODE_STRING ObjectName, ACCESS_MASK DesiredAccess,
				  PFILE_OBJECT *FileObject, PDEVICE_OBJECT *DeviceObject);
/** The top of the stack that the file is of. */
PDEVICE_OBJECT IoGetRelatedDeviceObject(PFILE_OBJECT FileObject);

/** Registers an interface, disabled (D1, D2); the name is the caller's: RtlFreeUnicodeString().
 *  STATUS_OBJECT_NAME_EXISTS if it was there. Asks the manager. */
NTSTATUS IoRegisterDeviceInterface(PDEVICE_OBJECT PhysicalDeviceObject,
				   const GUID *InterfaceClassGuid, PUNICODE_STRING ReferenceString,
				   PUNICODE_STRING SymbolicLinkName);
/** Enables or disables it (D3). Asks the manager. */
NTSTATUS IoSetDeviceInterfaceState(PUNICODE_STRING SymbolicLinkName, BOOLEAN Enable);

/* --- notification ------------------------------------------------------------------------------------------ */

#define PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES 0x00000001u

typedef enum _IO_NOTIFICATION_EVENT_CATEGORY {
	EventCategoryReserved,
	EventCategoryHardwareProfileChange,
	EventCategoryDeviceInterfaceChange,
	EventCategoryTargetDeviceChange,
	EventCategoryKernelSoftRestart
} IO_NOTIFICATION_EVENT_CATEGORY;

typedef struct _PLUGPLAY_NOTIFICATION_HEADER {
	USHORT Version;
	USHORT Size;
	GUID Event;
} PLUGPLAY_NOTIFICATION_HEADER, *PPLUGPLAY_NOTIFICATION_HEADER;

typedef struct _HWPROFILE_CHANGE_NOTIFICATION {
	USHORT Version;
	USHORT Size;
	GUID Event;
} HWPROFILE_CHANGE_NOTIFICATION, *PHWPROFILE_CHANGE_NOTIFICATION;

typedef struct _DEVICE_INTERFACE_CHANGE_NOTIFICATION {
	USHORT Version;
	USHORT Size;
	GUID Event;
	GUID InterfaceClassGuid;
	PUNICODE_STRING SymbolicLinkName;
} DEVICE_INTERFACE_CHANGE_NOTIFICATION, *PDEVICE_INTERFACE_CHANGE_NOTIFICATION;

typedef struct _TARGET_DEVICE_REMOVAL_NOTIFICATION {
	USHORT Version;
	USHORT Size;
	GUID Event;
	PFILE_OBJECT FileObject;
} TARGET_DEVICE_REMOVAL_NOTIFICATION, *PTARGET_DEVICE_REMOVAL_NOTIFICATION;

typedef struct _TARGET_DEVICE_CUSTOM_NOTIFICATION {
	USHORT Version;
	USHORT Size;
	GUID Event;
	PFILE_OBJECT FileObject;
	LONG NameBufferOffset;
	UCHAR CustomDataBuffer[1];
} TARGET_DEVICE_CUSTOM_NOTIFICATION, *PTARGET_DEVICE_CUSTOM_NOTIFICATION;

typedef VOID DEVICE_CHANGE_COMPLETE_CALLBACK(PVOID Context);
typedef DEVICE_CHANGE_COMPLETE_CALLBACK *PDEVICE_CHANGE_COMPLETE_CALLBACK;
typedef NTSTATUS DRIVER_NOTIFICATION_CALLBACK_ROUTINE(PVOID NotificationStructure, PVOID Context);
typedef DRIVER_NOTIFICATION_CALLBACK_ROUTINE *PDRIVER_NOTIFICATION_CALLBACK_ROUTINE;

/** Tells every registrant and waits for those in kernel mode (R2). Inside a notification callback
 *  STATUS_POSSIBLE_DEADLOCK (K7). */
NTSTATUS IoReportTargetDeviceChange(PDEVICE_OBJECT PhysicalDeviceObject,
				    PVOID NotificationStructure);
/** Tells every registrant and returns at once (R1, R7: at most DISPATCH_LEVEL); Callback, if not NULL,
 *  runs later (R9). */
NTSTATUS IoReportTargetDeviceChangeAsynchronous(PDEVICE_OBJECT PhysicalDeviceObject,
						PVOID NotificationStructure,
						PDEVICE_CHANGE_COMPLETE_CALLBACK Callback,
						PVOID Context);
/** Registers for events (K1 to K4); the entry is the caller's. Asks the manager. */
NTSTATUS IoRegisterPlugPlayNotification(IO_NOTIFICATION_EVENT_CATEGORY EventCategory,
					ULONG EventCategoryFlags, PVOID EventCategoryData,
					PDRIVER_OBJECT DriverObject,
					PDRIVER_NOTIFICATION_CALLBACK_ROUTINE CallbackRoutine,
					PVOID Context, PVOID *NotificationEntry);
/** Ends it at once; a callback under way may still finish (K5). Asks the manager. */
NTSTATUS IoUnregisterPlugPlayNotification(PVOID NotificationEntry);
/** Ends it; no callback runs any more (K5). Asks the manager. */
NTSTATUS IoUnregisterPlugPlayNotificationEx(PVOID NotificationEntry);

#ifdef __cplusplus
}
#endif

#endif
