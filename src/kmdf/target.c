/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <wdf.h>
#include <wdmguid.h>
#include "kmdf/target.h"

static struct pnpn_wdf_target *target_of(WDFIOTARGET handle)
{
	return PNPN_WDF_CAST(pnpn_wdf_target, handle, PNPN_WDF_TARGET);
}

static void target_delete(struct pnpn_wdf_object *object)
{
	if (!((struct pnpn_wdf_target *)object)->local)
		WdfIoTargetClose((WDFIOTARGET)object);
}

static void target_free(struct pnpn_wdf_object *object)
{
	free(((struct pnpn_wdf_target *)object)->open.TargetDeviceName.Buffer);
}

static NTSTATUS target_new(struct pnpn_wdf_device *device, PWDF_OBJECT_ATTRIBUTES attributes,
			   struct pnpn_wdf_target **ret)
{
	struct pnpn_wdf_target *target;
	NTSTATUS status = pnpn_wdf_object_new(sizeof(*target), PNPN_WDF_TARGET, attributes,
					      &device->object, &target);

	if (!NT_SUCCESS(status))
		return status;
	target->device = device;
	target->state = WdfIoTargetClosed;
	KeInitializeSpinLock(&target->lock);
	KeInitializeEvent(&target->idle, NotificationEvent, TRUE);
	InitializeListHead(&target->sent);
	target->object.on_delete = target_delete;
	target->object.on_free = target_free;
	*ret = target;
	return STATUS_SUCCESS;
}

NTSTATUS pnpn_wdf_target_new_local(struct pnpn_wdf_device *device, struct pnpn_wdf_target **ret)
{
	NTSTATUS status = target_new(device, NULL, ret);

	if (!NT_SUCCESS(status))
		return status;
	(*ret)->local = true;
	(*ret)->wdm = device->below;
	(*ret)->state = WdfIoTargetStarted;
	return STATUS_SUCCESS;
}

NTSTATUS WdfIoTargetCreate(WDFDEVICE device, PWDF_OBJECT_ATTRIBUTES attributes, WDFIOTARGET *ret)
{
	return target_new(PNPN_WDF_CAST(pnpn_wdf_device, device, PNPN_WDF_DEVICE), attributes,
			  (struct pnpn_wdf_target **)ret);
}

/* --- what is there --------------------------------------------------------------------------------------- */

bool pnpn_wdf_target_enter(struct pnpn_wdf_target *target, struct pnpn_wdf_request *request,
			   bool whatever_state)
{
	KIRQL irql;

	KeAcquireSpinLock(&target->lock, &irql);
	bool enters = target->wdm && (whatever_state || target->state == WdfIoTargetStarted);
	if (enters) {
		WdfObjectReference(target);
		InsertTailList(&target->sent, &request->sent);
		KeClearEvent(&target->idle);
	} else {
		request->status = STATUS_INVALID_DEVICE_STATE;
	}
	KeReleaseSpinLock(&target->lock, irql);
	return enters;
}

void pnpn_wdf_target_leave(struct pnpn_wdf_target *target, struct pnpn_wdf_request *request)
{
	KIRQL irql;

	KeAcquireSpinLock(&target->lock, &irql);
	RemoveEntryList(&request->sent);
	if (IsListEmpty(&target->sent))
		KeSetEvent(&target->idle, IO_NO_INCREMENT, FALSE);
	KeReleaseSpinLock(&target->lock, irql);
	WdfObjectDereference(target);
}

/* A request that is there keeps its IRP as long as this lock is held. */
static void target_cancel_sent(struct pnpn_wdf_target *target)
{
	struct pnpn_wdf_request *request;
	KIRQL irql;

	do {
		request = NULL;
		KeAcquireSpinLock(&target->lock, &irql);
		for (PLIST_ENTRY entry = target->sent.Flink; entry != &target->sent && !request;
		     entry = entry->Flink) {
			struct pnpn_wdf_request *here =
				CONTAINING_RECORD(entry, struct pnpn_wdf_request, sent);
			if (!here->sent_cancelled)
				request = here;
		}
		if (request) {
			request->sent_cancelled = true;
			WdfObjectReference(request);
		}
		KeReleaseSpinLock(&target->lock, irql);
		if (!request)
			break;
		WdfRequestCancelSentRequest((WDFREQUEST)request);
		WdfObjectDereference(request);
	} while (true);
}

static void target_set_state(struct pnpn_wdf_target *target, WDF_IO_TARGET_STATE state)
{
	KIRQL irql;

	KeAcquireSpinLock(&target->lock, &irql);
	target->state = state;
	KeReleaseSpinLock(&target->lock, irql);
}

static void target_wait(struct pnpn_wdf_target *target)
{
	KeWaitForSingleObject(&target->idle, Executive, KernelMode, FALSE, NULL);
}

NTSTATUS WdfIoTargetStart(WDFIOTARGET handle)
{
	struct pnpn_wdf_target *target = target_of(handle);

	if (!target->wdm)
		return STATUS_INVALID_DEVICE_STATE;
	target_set_state(target, WdfIoTargetStarted);
	return STATUS_SUCCESS;
}

VOID WdfIoTargetStop(WDFIOTARGET handle, WDF_IO_TARGET_SENT_IO_ACTION action)
{
	struct pnpn_wdf_target *target = target_of(handle);

	target_set_state(target, WdfIoTargetStopped);
	if (action == WdfIoTargetCancelSentIo)
		target_cancel_sent(target);
	if (action != WdfIoTargetLeaveSentIoPending)
		target_wait(target);
}

VOID WdfIoTargetPurge(WDFIOTARGET handle, WDF_IO_TARGET_PURGE_IO_ACTION action)
{
	struct pnpn_wdf_target *target = target_of(handle);

	target_set_state(target, WdfIoTargetPurged);
	target_cancel_sent(target);
	if (action == WdfIoTargetPurgeIoAndWait)
		target_wait(target);
}

/* --- opening, and the end of what is open -------------------------------------------------------------------- */

static void target_close(struct pnpn_wdf_target *target, WDF_IO_TARGET_STATE state)
{
	target_set_state(target, state);
	target_cancel_sent(target);
	target_wait(target);
	if (target->file)
		ObDereferenceObject(target->file);
	target->file = NULL;
	target->wdm = NULL;
}

VOID WdfIoTargetCloseForQueryRemove(WDFIOTARGET handle)
{
	target_close(target_of(handle), WdfIoTargetClosedForQueryRemove);
}

VOID WdfIoTargetClose(WDFIOTARGET handle)
{
	struct pnpn_wdf_target *target = target_of(handle);
	PVOID registration = target->registration;

	target_close(target, WdfIoTargetClosed);
	target->registration = NULL;
	if (registration)
		IoUnregisterPlugPlayNotificationEx(registration);
}

static NTSTATUS target_query_remove(struct pnpn_wdf_target *target)
{
	if (target->open.EvtIoTargetQueryRemove)
		return target->open.EvtIoTargetQueryRemove((WDFIOTARGET)target);
	WdfIoTargetCloseForQueryRemove((WDFIOTARGET)target);
	return STATUS_SUCCESS;
}

static void target_remove_cancelled(struct pnpn_wdf_target *target)
{
	WDF_IO_TARGET_OPEN_PARAMS again;

	if (target->open.EvtIoTargetRemoveCanceled) {
		target->open.EvtIoTargetRemoveCanceled((WDFIOTARGET)target);
		return;
	}
	WDF_IO_TARGET_OPEN_PARAMS_INIT_REOPEN(&again);
	WdfIoTargetOpen((WDFIOTARGET)target, &again);
}

static NTSTATUS target_notified(PVOID structure, PVOID context)
{
	const TARGET_DEVICE_REMOVAL_NOTIFICATION *notification = structure;
	struct pnpn_wdf_target *target = context;

	if (IsEqualGUID(&notification->Event, &GUID_TARGET_DEVICE_QUERY_REMOVE))
		return target_query_remove(target);
	if (IsEqualGUID(&notification->Event, &GUID_TARGET_DEVICE_REMOVE_CANCELLED))
		target_remove_cancelled(target);
	else if (!IsEqualGUID(&notification->Event, &GUID_TARGET_DEVICE_REMOVE_COMPLETE))
		return STATUS_SUCCESS;
	else if (target->open.EvtIoTargetRemoveComplete)
		target->open.EvtIoTargetRemoveComplete((WDFIOTARGET)target);
	else
		target_close(target, WdfIoTargetClosed);
	return STATUS_SUCCESS;
}

static NTSTATUS target_open_name(struct pnpn_wdf_target *target)
{
	NTSTATUS status = IoGetDeviceObjectPointer(&target->open.TargetDeviceName,
						   target->open.DesiredAccess, &target->file,
						   &target->wdm);

	if (!NT_SUCCESS(status))
		return status;
	/* The device is on top of a stack, and stays it as long as the file is open. */
	if (!target->registration)
		status = IoRegisterPlugPlayNotification(
			EventCategoryTargetDeviceChange, 0, target->file,
			target->device->init.driver->wdm, target_notified, target,
			&target->registration);
	if (status == STATUS_NOT_IMPLEMENTED || status == STATUS_NOT_SUPPORTED ||
	    status == STATUS_INVALID_DEVICE_REQUEST)
		status = STATUS_SUCCESS; /* a device without Plug and Play is never removed by it */
	return status;
}

static NTSTATUS target_keep_name(struct pnpn_wdf_target *target,
				 const WDF_IO_TARGET_OPEN_PARAMS *params)
{
	USHORT size = params->TargetDeviceName.Length;
	PWCHAR letters = calloc(1, size + sizeof(WCHAR));

	if (!letters)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (size)
		memcpy(letters, params->TargetDeviceName.Buffer, size);
	free(target->open.TargetDeviceName.Buffer);
	target->open = *params;
	target->open.TargetDeviceName =
		(UNICODE_STRING){.Length = size, .MaximumLength = size, .Buffer = letters};
	return STATUS_SUCCESS;
}

static NTSTATUS target_open_kept(struct pnpn_wdf_target *target)
{
	if (target->open.Type == WdfIoTargetOpenByName)
		return target_open_name(target);
	if (target->open.Type != WdfIoTargetOpenUseExistingDevice ||
	    !target->open.TargetDeviceObject)
		return STATUS_INVALID_PARAMETER;
	target->wdm = target->open.TargetDeviceObject;
	target->file = target->open.TargetFileObject;
	if (target->file)
		ObReferenceObject(target->file);
	return STATUS_SUCCESS;
}

NTSTATUS WdfIoTargetOpen(WDFIOTARGET handle, PWDF_IO_TARGET_OPEN_PARAMS params)
{
	struct pnpn_wdf_target *target = target_of(handle);

	if (params->Size != sizeof(*params))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (target->local || target->wdm)
		return STATUS_INVALID_DEVICE_STATE;
	NTSTATUS status = params->Type == WdfIoTargetOpenReopen ? STATUS_SUCCESS
								: target_keep_name(target, params);
	if (NT_SUCCESS(status))
		status = target_open_kept(target);
	if (NT_SUCCESS(status))
		target_set_state(target, WdfIoTargetStarted);
	else
		WdfIoTargetClose(handle);
	return status;
}

/* --- what it is ---------------------------------------------------------------------------------------------- */

WDF_IO_TARGET_STATE WdfIoTargetGetState(WDFIOTARGET handle)
{
	struct pnpn_wdf_target *target = target_of(handle);
	KIRQL irql;

	KeAcquireSpinLock(&target->lock, &irql);
	WDF_IO_TARGET_STATE state = target->state;
	KeReleaseSpinLock(&target->lock, irql);
	return state;
}

WDFDEVICE WdfIoTargetGetDevice(WDFIOTARGET target)
{
	return (WDFDEVICE)target_of(target)->device;
}

PDEVICE_OBJECT WdfIoTargetWdmGetTargetDeviceObject(WDFIOTARGET target)
{
	return target_of(target)->wdm;
}

PFILE_OBJECT WdfIoTargetWdmGetTargetFileObject(WDFIOTARGET target)
{
	return target_of(target)->file;
}

/* Of a local target; of another it is known where the other driver is in this host. */
PDEVICE_OBJECT WdfIoTargetWdmGetTargetPhysicalDevice(WDFIOTARGET handle)
{
	struct pnpn_wdf_target *target = target_of(handle);
	PDEVICE_OBJECT device, lower;

	if (target->local)
		return target->device->init.pdo;
	if (!target->wdm)
		return NULL;
	device = target->wdm;
	ObReferenceObject(device);
	while ((lower = IoGetLowerDeviceObject(device))) {
		ObDereferenceObject(device);
		device = lower;
	}
	ObDereferenceObject(device);
	return device;
}
