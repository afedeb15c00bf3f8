/* SPDX-License-Identifier: MIT */
/* A request while the driver has it: completing, cancelling, going on to another queue. */
#include "kmdf/callbacks.h"
#include "kmdf/queue.h"
#include "kmdf/request.h"

static struct pnpn_wdf_request *request_of(WDFREQUEST handle)
{
	return PNPN_WDF_CAST(pnpn_wdf_request, handle, PNPN_WDF_REQUEST);
}

struct pnpn_wdf_request *pnpn_wdf_request_new(struct pnpn_wdf_device *device, PIRP irp)
{
	struct pnpn_wdf_request *request;
	NTSTATUS status = pnpn_wdf_object_new(
		sizeof(*request), PNPN_WDF_REQUEST,
		device->init.has_request_attributes ? &device->init.request_attributes : NULL,
		&device->object, &request);

	if (!NT_SUCCESS(status)) {
		pnpn_wdf_complete(irp, status);
		return NULL;
	}
	request->irp = irp;
	request->device = device;
	InitializeListHead(&request->link);
	return request;
}

/* --- its end ---------------------------------------------------------------------------------------- */

/* The driver's no longer: what the queue held back may go on once the IRP is back. */
static void request_finish(struct pnpn_wdf_request *request)
{
	if (request->completed)
		pnpn_wdf_violation("a request is completed twice");
	request->completed = true;
	if (!request->queue)
		return;
	WdfObjectReference(request->queue);
	pnpn_wdf_queue_unlink(request->queue, request);
}

static void request_leave(struct pnpn_wdf_queue *queue, struct pnpn_wdf_request *request)
{
	if (!queue)
		return;
	pnpn_wdf_queue_release(queue, request);
	pnpn_wdf_queue_look(queue);
	WdfObjectDereference(queue);
}

void pnpn_wdf_request_complete(struct pnpn_wdf_request *request, NTSTATUS status, CCHAR boost)
{
	PIRP irp = request->irp;
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

	if (request->own)
		pnpn_wdf_violation("a request of the driver's own is completed by it");
	request_finish(request);
	if (stack->MajorFunction == IRP_MJ_CREATE && !NT_SUCCESS(status))
		pnpn_wdf_file_forget(request->device, stack->FileObject);
	WdfObjectReference(request);
	WdfObjectDelete(request);
	irp->IoStatus.Status = status;
	IoCompleteRequest(irp, boost);
	request_leave(request->queue, request);
	WdfObjectDereference(request);
}

void pnpn_wdf_request_forget(struct pnpn_wdf_request *request)
{
	request_finish(request);
	WdfObjectReference(request);
	WdfObjectDelete(request);
	request_leave(request->queue, request);
	WdfObjectDereference(request);
}

VOID WdfRequestComplete(WDFREQUEST request, NTSTATUS status)
{
	pnpn_wdf_request_complete(request_of(request), status, IO_NO_INCREMENT);
}

VOID WdfRequestCompleteWithInformation(WDFREQUEST request, NTSTATUS status, ULONG_PTR information)
{
	WdfRequestSetInformation(request, information);
	WdfRequestComplete(request, status);
}

VOID WdfRequestCompleteWithPriorityBoost(WDFREQUEST request, NTSTATUS status, CCHAR boost)
{
	pnpn_wdf_request_complete(request_of(request), status, boost);
}

/* --- cancelling ------------------------------------------------------------------------------------- */

void pnpn_wdf_request_call_cancel(struct pnpn_wdf_request *request, PFN_WDF_REQUEST_CANCEL routine)
{
	struct pnpn_wdf_lock *lock = request->queue ? pnpn_wdf_lock_of(&request->queue->object)
						    : NULL;

	WdfObjectReference(request);
	pnpn_wdf_lock_acquire(lock);
	routine((WDFREQUEST)request);
	pnpn_wdf_lock_release(lock);
	WdfObjectDereference(request);
}

static VOID request_cancel(PDEVICE_OBJECT device, PIRP irp)
{
	struct pnpn_wdf_request *request = irp->Tail.Overlay.DriverContext[0];
	PFN_WDF_REQUEST_CANCEL routine = request->cancel;

	request->cancel = NULL;
	IoReleaseCancelSpinLock(irp->CancelIrql);
	pnpn_wdf_request_call_cancel(request, routine);
}

NTSTATUS WdfRequestMarkCancelableEx(WDFREQUEST handle, PFN_WDF_REQUEST_CANCEL routine)
{
	struct pnpn_wdf_request *request = request_of(handle);

	request->cancel = routine;
	request->irp->Tail.Overlay.DriverContext[0] = request;
	IoSetCancelRoutine(request->irp, request_cancel);
	if (!request->irp->Cancel || !IoSetCancelRoutine(request->irp, NULL))
		return STATUS_SUCCESS;
	request->cancel = NULL;
	return STATUS_CANCELLED;
}

VOID WdfRequestMarkCancelable(WDFREQUEST handle, PFN_WDF_REQUEST_CANCEL routine)
{
	if (WdfRequestMarkCancelableEx(handle, routine) == STATUS_CANCELLED)
		pnpn_wdf_request_call_cancel(request_of(handle), routine);
}

NTSTATUS WdfRequestUnmarkCancelable(WDFREQUEST handle)
{
	struct pnpn_wdf_request *request = request_of(handle);

	if (!IoSetCancelRoutine(request->irp, NULL))
		return request->irp->Cancel ? STATUS_CANCELLED : STATUS_INVALID_PARAMETER;
	request->cancel = NULL;
	return STATUS_SUCCESS;
}

BOOLEAN WdfRequestIsCanceled(WDFREQUEST request)
{
	return request_of(request)->irp->Cancel;
}

/* --- its queue --------------------------------------------------------------------------------------- */

VOID WdfRequestStopAcknowledge(WDFREQUEST handle, BOOLEAN requeue)
{
	struct pnpn_wdf_request *request = request_of(handle);
	struct pnpn_wdf_queue *queue = request->queue;
	KIRQL irql;

	if (requeue) {
		pnpn_wdf_queue_release(queue, request);
		pnpn_wdf_queue_add(queue, request, true);
		pnpn_wdf_queue_look(queue);
		return;
	}
	KeAcquireSpinLock(&queue->lock, &irql);
	queue->n_stopped += !request->stopped;
	request->stopped = true;
	KeReleaseSpinLock(&queue->lock, irql);
	pnpn_wdf_queue_look(queue);
}

NTSTATUS WdfRequestForwardToIoQueue(WDFREQUEST handle, WDFQUEUE destination)
{
	struct pnpn_wdf_request *request = request_of(handle);
	struct pnpn_wdf_queue *from = request->queue,
			      *to = PNPN_WDF_CAST(pnpn_wdf_queue, destination, PNPN_WDF_QUEUE);

	if (request->own || from == to || (from && from->device != to->device))
		return STATUS_INVALID_DEVICE_REQUEST;
	if (!pnpn_wdf_queue_accepts(to))
		return STATUS_WDF_BUSY;
	if (!from) {
		pnpn_wdf_queue_add(to, request, false);
		return STATUS_SUCCESS;
	}
	WdfObjectReference(from);
	pnpn_wdf_queue_release(from, request);
	pnpn_wdf_queue_add(to, request, false);
	pnpn_wdf_queue_look(from);
	WdfObjectDereference(from);
	return STATUS_SUCCESS;
}

NTSTATUS WdfRequestRequeue(WDFREQUEST handle)
{
	struct pnpn_wdf_request *request = request_of(handle);
	struct pnpn_wdf_queue *queue = request->queue;

	if (!queue || queue->config.DispatchType != WdfIoQueueDispatchManual)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (!pnpn_wdf_queue_accepts(queue))
		return STATUS_WDF_BUSY;
	pnpn_wdf_queue_release(queue, request);
	pnpn_wdf_queue_add(queue, request, true);
	return STATUS_SUCCESS;
}

/* --- what it is --------------------------------------------------------------------------------------- */

WDFQUEUE WdfRequestGetIoQueue(WDFREQUEST request)
{
	return (WDFQUEUE)request_of(request)->queue;
}

WDFFILEOBJECT WdfRequestGetFileObject(WDFREQUEST handle)
{
	struct pnpn_wdf_request *request = request_of(handle);

	if (request->own)
		return NULL;
	return pnpn_wdf_file_of(request->device,
				IoGetCurrentIrpStackLocation(request->irp)->FileObject);
}

PIRP WdfRequestWdmGetIrp(WDFREQUEST request)
{
	return request_of(request)->irp;
}

VOID WdfRequestSetInformation(WDFREQUEST request, ULONG_PTR information)
{
	request_of(request)->irp->IoStatus.Information = information;
}

ULONG_PTR WdfRequestGetInformation(WDFREQUEST request)
{
	return request_of(request)->irp->IoStatus.Information;
}

KPROCESSOR_MODE WdfRequestGetRequestorMode(WDFREQUEST request)
{
	return request_of(request)->irp->RequestorMode;
}

/* Applications have this process's word size. */
BOOLEAN WdfRequestIsFrom32BitProcess(WDFREQUEST request)
{
	request_of(request);
	return FALSE;
}

static void request_get_create(PIO_STACK_LOCATION stack, PWDF_REQUEST_PARAMETERS parameters)
{
	parameters->Parameters.Create.SecurityContext = stack->Parameters.Create.SecurityContext;
	parameters->Parameters.Create.Options = stack->Parameters.Create.Options;
	parameters->Parameters.Create.FileAttributes = stack->Parameters.Create.FileAttributes;
	parameters->Parameters.Create.ShareAccess = stack->Parameters.Create.ShareAccess;
	parameters->Parameters.Create.EaLength = stack->Parameters.Create.EaLength;
}

static void request_get_ioctl(PIO_STACK_LOCATION stack, PWDF_REQUEST_PARAMETERS parameters)
{
	parameters->Parameters.DeviceIoControl.OutputBufferLength =
		stack->Parameters.DeviceIoControl.OutputBufferLength;
	parameters->Parameters.DeviceIoControl.InputBufferLength =
		stack->Parameters.DeviceIoControl.InputBufferLength;
	parameters->Parameters.DeviceIoControl.IoControlCode =
		stack->Parameters.DeviceIoControl.IoControlCode;
	parameters->Parameters.DeviceIoControl.Type3InputBuffer =
		stack->Parameters.DeviceIoControl.Type3InputBuffer;
}

VOID WdfRequestGetParameters(WDFREQUEST request, PWDF_REQUEST_PARAMETERS parameters)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(request_of(request)->irp);

	parameters->Type = (WDF_REQUEST_TYPE)stack->MajorFunction;
	parameters->MinorFunction = stack->MinorFunction;
	switch (stack->MajorFunction) {
	case IRP_MJ_CREATE:
		request_get_create(stack, parameters);
		break;
	case IRP_MJ_READ:
		parameters->Parameters.Read.Length = stack->Parameters.Read.Length;
		parameters->Parameters.Read.Key = stack->Parameters.Read.Key;
		parameters->Parameters.Read.DeviceOffset =
			stack->Parameters.Read.ByteOffset.QuadPart;
		break;
	case IRP_MJ_WRITE:
		parameters->Parameters.Write.Length = stack->Parameters.Write.Length;
		parameters->Parameters.Write.Key = stack->Parameters.Write.Key;
		parameters->Parameters.Write.DeviceOffset =
			stack->Parameters.Write.ByteOffset.QuadPart;
		break;
	case IRP_MJ_DEVICE_CONTROL:
	case IRP_MJ_INTERNAL_DEVICE_CONTROL:
		request_get_ioctl(stack, parameters);
		break;
	}
}
