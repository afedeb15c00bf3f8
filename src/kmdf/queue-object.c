/* SPDX-License-Identifier: MIT */
/* Making queues, asking manual ones, and all those of a device. */
#include "kmdf/queue.h"

static struct pnpn_wdf_queue *queue_at(PLIST_ENTRY entry)
{
	return CONTAINING_RECORD(entry, struct pnpn_wdf_queue, link);
}

/* --- making ----------------------------------------------------------------------------------------- */

static void queue_delete(struct pnpn_wdf_object *object)
{
	struct pnpn_wdf_queue *queue = (struct pnpn_wdf_queue *)object;
	struct pnpn_wdf_device *device = queue->device;
	KIRQL irql;

	KeAcquireSpinLock(&device->lock, &irql);
	RemoveEntryList(&queue->link);
	KeReleaseSpinLock(&device->lock, irql);
	pnpn_wdf_queue_purge(queue);
}

static NTSTATUS queue_check(struct pnpn_wdf_device *device, const WDF_IO_QUEUE_CONFIG *config)
{
	bool calls = config->EvtIoDefault || config->EvtIoRead || config->EvtIoWrite ||
		     config->EvtIoDeviceControl || config->EvtIoInternalDeviceControl;

	if (config->Size != sizeof(*config))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (config->DispatchType <= WdfIoQueueDispatchInvalid ||
	    config->DispatchType >= WdfIoQueueDispatchMax)
		return STATUS_INVALID_PARAMETER;
	if (config->DispatchType != WdfIoQueueDispatchManual && !calls)
		return STATUS_INVALID_PARAMETER;
	return config->DefaultQueue && device->default_queue ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
}

static void queue_init(struct pnpn_wdf_queue *queue, struct pnpn_wdf_device *device,
		       const WDF_IO_QUEUE_CONFIG *config)
{
	KIRQL irql;

	queue->device = device;
	queue->config = *config;
	queue->power_managed = config->PowerManaged == WdfUseDefault
				       ? device->init.pdo && !device->init.filter
				       : config->PowerManaged == WdfTrue;
	pnpn_wdf_lock_init(&queue->callbacks, queue->object.level == WdfExecutionLevelPassive);
	KeInitializeSpinLock(&queue->lock);
	InitializeListHead(&queue->queued);
	InitializeListHead(&queue->owned);
	queue->accepts = queue->dispatches = true;
	queue->held = queue->power_managed && !device->powered;
	queue->object.on_delete = queue_delete;
	KeAcquireSpinLock(&device->lock, &irql);
	InsertTailList(&device->all_queues, &queue->link);
	KeReleaseSpinLock(&device->lock, irql);
}

NTSTATUS WdfIoQueueCreate(WDFDEVICE handle, PWDF_IO_QUEUE_CONFIG config,
			  PWDF_OBJECT_ATTRIBUTES attributes, WDFQUEUE *ret)
{
	struct pnpn_wdf_device *device = PNPN_WDF_CAST(pnpn_wdf_device, handle, PNPN_WDF_DEVICE);
	struct pnpn_wdf_queue *queue;
	NTSTATUS status = queue_check(device, config);

	if (NT_SUCCESS(status))
		status = pnpn_wdf_object_new(sizeof(*queue), PNPN_WDF_QUEUE, attributes,
					     &device->object, &queue);
	if (!NT_SUCCESS(status))
		return status;
	queue_init(queue, device, config);
	if (config->DefaultQueue)
		device->default_queue = queue;
	if (ret)
		*ret = (WDFQUEUE)queue;
	return STATUS_SUCCESS;
}

NTSTATUS WdfDeviceConfigureRequestDispatching(WDFDEVICE handle, WDFQUEUE queue,
					      WDF_REQUEST_TYPE type)
{
	struct pnpn_wdf_device *device = PNPN_WDF_CAST(pnpn_wdf_device, handle, PNPN_WDF_DEVICE);

	switch (type) {
	case WdfRequestTypeCreate:
	case WdfRequestTypeRead:
	case WdfRequestTypeWrite:
	case WdfRequestTypeDeviceControl:
	case WdfRequestTypeDeviceControlInternal:
		break;
	default:
		return STATUS_INVALID_PARAMETER;
	}
	/* The types have the numbers of the major functions. */
	if (device->queues[type])
		return STATUS_WDF_BUSY;
	device->queues[type] = PNPN_WDF_CAST(pnpn_wdf_queue, queue, PNPN_WDF_QUEUE);
	return STATUS_SUCCESS;
}

/* --- what applications ask ------------------------------------------------------------------------------ */

static bool io_is_empty(PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

	return (stack->MajorFunction == IRP_MJ_READ && !stack->Parameters.Read.Length) ||
	       (stack->MajorFunction == IRP_MJ_WRITE && !stack->Parameters.Write.Length);
}

static void io_enqueue(struct pnpn_wdf_device *device, struct pnpn_wdf_request *request)
{
	UCHAR major = IoGetCurrentIrpStackLocation(request->irp)->MajorFunction;
	struct pnpn_wdf_queue *queue = device->queues[major] ? device->queues[major]
							     : device->default_queue;

	if (!queue)
		pnpn_wdf_request_complete(request, STATUS_INVALID_DEVICE_REQUEST, IO_NO_INCREMENT);
	else if (io_is_empty(request->irp) && !queue->config.AllowZeroLengthRequests)
		WdfRequestCompleteWithInformation((WDFREQUEST)request, STATUS_SUCCESS, 0);
	else
		pnpn_wdf_queue_add(queue, request, false);
}

NTSTATUS WdfDeviceEnqueueRequest(WDFDEVICE handle, WDFREQUEST request)
{
	io_enqueue(PNPN_WDF_CAST(pnpn_wdf_device, handle, PNPN_WDF_DEVICE),
		   PNPN_WDF_CAST(pnpn_wdf_request, request, PNPN_WDF_REQUEST));
	return STATUS_SUCCESS;
}

NTSTATUS pnpn_wdf_io_dispatch(struct pnpn_wdf_device *device, PIRP irp)
{
	UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;

	if (device->init.filter && !device->queues[major] && !device->default_queue)
		return pnpn_wdf_pass(device, irp);
	IoMarkIrpPending(irp);
	struct pnpn_wdf_request *request = pnpn_wdf_request_new(device, irp);
	if (!request)
		return STATUS_PENDING;
	if (device->init.in_caller_context)
		device->init.in_caller_context((WDFDEVICE)device, (WDFREQUEST)request);
	else
		io_enqueue(device, request);
	return STATUS_PENDING;
}

/* --- asking ---------------------------------------------------------------------------------------------- */

WDFDEVICE WdfIoQueueGetDevice(WDFQUEUE queue)
{
	return (WDFDEVICE)PNPN_WDF_CAST(pnpn_wdf_queue, queue, PNPN_WDF_QUEUE)->device;
}

WDF_IO_QUEUE_STATE WdfIoQueueGetState(WDFQUEUE handle, PULONG n_queued, PULONG n_owned)
{
	struct pnpn_wdf_queue *queue = PNPN_WDF_CAST(pnpn_wdf_queue, handle, PNPN_WDF_QUEUE);
	KIRQL irql;

	KeAcquireSpinLock(&queue->lock, &irql);
	int state = (queue->accepts ? WdfIoQueueAcceptRequests : 0) |
		    (queue->dispatches ? WdfIoQueueDispatchRequests : 0) |
		    (queue->n_queued ? 0 : WdfIoQueueNoRequests) |
		    (queue->n_owned ? 0 : WdfIoQueueDriverNoRequests) |
		    (queue->held ? WdfIoQueuePnpHeld : 0);
	if (n_queued)
		*n_queued = queue->n_queued;
	if (n_owned)
		*n_owned = queue->n_owned;
	KeReleaseSpinLock(&queue->lock, irql);
	return (WDF_IO_QUEUE_STATE)state;
}

static NTSTATUS queue_retrieve(WDFQUEUE handle, PFILE_OBJECT file, WDFREQUEST *ret)
{
	struct pnpn_wdf_queue *queue = PNPN_WDF_CAST(pnpn_wdf_queue, handle, PNPN_WDF_QUEUE);
	struct pnpn_wdf_request *request = NULL;
	KIRQL irql;

	*ret = NULL;
	if (queue->config.DispatchType == WdfIoQueueDispatchParallel)
		return STATUS_INVALID_DEVICE_STATE;
	KeAcquireSpinLock(&queue->lock, &irql);
	bool paused = !queue->dispatches || queue->held;
	for (PLIST_ENTRY entry = queue->queued.Flink;
	     !paused && !request && entry != &queue->queued;) {
		struct pnpn_wdf_request *here = CONTAINING_RECORD(entry, struct pnpn_wdf_request,
								  link);
		entry = entry->Flink;
		if (!file || IoGetCurrentIrpStackLocation(here->irp)->FileObject == file)
			request = pnpn_wdf_queue_own(queue, here);
	}
	KeReleaseSpinLock(&queue->lock, irql);
	if (paused)
		return STATUS_WDF_PAUSED;
	*ret = (WDFREQUEST)request;
	return request ? STATUS_SUCCESS : STATUS_NO_MORE_ENTRIES;
}

NTSTATUS WdfIoQueueRetrieveNextRequest(WDFQUEUE queue, WDFREQUEST *ret)
{
	return queue_retrieve(queue, NULL, ret);
}

NTSTATUS WdfIoQueueRetrieveRequestByFileObject(WDFQUEUE queue, WDFFILEOBJECT file, WDFREQUEST *ret)
{
	return queue_retrieve(queue, WdfFileObjectWdmGetFileObject(file), ret);
}

NTSTATUS WdfIoQueueReadyNotify(WDFQUEUE handle, PFN_WDF_IO_QUEUE_STATE routine, WDFCONTEXT context)
{
	struct pnpn_wdf_queue *queue = PNPN_WDF_CAST(pnpn_wdf_queue, handle, PNPN_WDF_QUEUE);
	KIRQL irql;

	if (queue->config.DispatchType != WdfIoQueueDispatchManual)
		return STATUS_INVALID_DEVICE_REQUEST;
	KeAcquireSpinLock(&queue->lock, &irql);
	bool taken = routine && queue->on_ready;
	if (!taken) {
		queue->on_ready = routine;
		queue->ready_context = context;
	}
	bool ready = !taken && routine && !IsListEmpty(&queue->queued);
	KeReleaseSpinLock(&queue->lock, irql);
	if (ready)
		routine(handle, context);
	return taken ? STATUS_INVALID_DEVICE_REQUEST : STATUS_SUCCESS;
}

/* --- all those of a device ------------------------------------------------------------------------------ */

/* The first that has not been told, and may: with a reference. */
static struct pnpn_wdf_request *queue_next_to_stop(struct pnpn_wdf_queue *queue)
{
	struct pnpn_wdf_request *request = NULL;
	KIRQL irql;

	KeAcquireSpinLock(&queue->lock, &irql);
	for (PLIST_ENTRY entry = queue->owned.Flink; entry != &queue->owned && !request;
	     entry = entry->Flink) {
		struct pnpn_wdf_request *here = CONTAINING_RECORD(entry, struct pnpn_wdf_request,
								  link);
		if (!here->told_to_stop)
			request = here;
	}
	if (request) {
		request->told_to_stop = true;
		WdfObjectReference(request);
	}
	KeReleaseSpinLock(&queue->lock, irql);
	return request;
}

/* Power only goes with the device here, so what the driver has is to end. */
static void queue_power_down(struct pnpn_wdf_queue *queue)
{
	struct pnpn_wdf_request *request;
	KIRQL irql;

	KeAcquireSpinLock(&queue->lock, &irql);
	queue->held = true;
	KeReleaseSpinLock(&queue->lock, irql);
	pnpn_wdf_queue_purge(queue);
	while (queue->config.EvtIoStop && (request = queue_next_to_stop(queue))) {
		queue->config.EvtIoStop(
			(WDFQUEUE)queue, (WDFREQUEST)request,
			WdfRequestStopActionPurge |
				(request->cancel ? WdfRequestStopRequestCancelable : 0));
		WdfObjectDereference(request);
	}
	pnpn_wdf_queue_wait(queue, false);
}

void pnpn_wdf_queues_set_power(struct pnpn_wdf_device *device, bool on)
{
	KIRQL irql;

	for (PLIST_ENTRY entry = device->all_queues.Flink; entry != &device->all_queues;
	     entry = entry->Flink) {
		struct pnpn_wdf_queue *queue = queue_at(entry);
		if (!queue->power_managed)
			continue;
		if (!on) {
			queue_power_down(queue);
			continue;
		}
		KeAcquireSpinLock(&queue->lock, &irql);
		queue->held = false;
		KeReleaseSpinLock(&queue->lock, irql);
		pnpn_wdf_queue_look(queue);
	}
}

void pnpn_wdf_queues_purge(struct pnpn_wdf_device *device)
{
	for (PLIST_ENTRY entry = device->all_queues.Flink; entry != &device->all_queues;
	     entry = entry->Flink)
		WdfIoQueuePurgeSynchronously((WDFQUEUE)queue_at(entry));
}

void pnpn_wdf_queues_purge_file(struct pnpn_wdf_device *device, PFILE_OBJECT file)
{
	for (PLIST_ENTRY entry = device->all_queues.Flink; entry != &device->all_queues;
	     entry = entry->Flink)
		pnpn_wdf_queue_cancel_queued(queue_at(entry), file);
}
