/* SPDX-License-Identifier: MIT */
/* Handing requests out, and taking them back. */
#include "kmdf/callbacks.h"
#include "kmdf/queue.h"

static struct pnpn_wdf_request *request_at(PLIST_ENTRY entry)
{
	return CONTAINING_RECORD(entry, struct pnpn_wdf_request, link);
}

/* --- handing out ------------------------------------------------------------------------------------ */

static void queue_call_ioctl(struct pnpn_wdf_queue *queue, struct pnpn_wdf_request *request,
			     PFN_WDF_IO_QUEUE_IO_DEVICE_CONTROL routine)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(request->irp);

	routine((WDFQUEUE)queue, (WDFREQUEST)request,
		stack->Parameters.DeviceIoControl.OutputBufferLength,
		stack->Parameters.DeviceIoControl.InputBufferLength,
		stack->Parameters.DeviceIoControl.IoControlCode);
}

/* False: the driver has no callback for it. */
static bool queue_call(struct pnpn_wdf_queue *queue, struct pnpn_wdf_request *request)
{
	const WDF_IO_QUEUE_CONFIG *config = &queue->config;
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(request->irp);

	switch (stack->MajorFunction) {
	case IRP_MJ_READ:
		if (!config->EvtIoRead)
			break;
		config->EvtIoRead((WDFQUEUE)queue, (WDFREQUEST)request,
				  stack->Parameters.Read.Length);
		return true;
	case IRP_MJ_WRITE:
		if (!config->EvtIoWrite)
			break;
		config->EvtIoWrite((WDFQUEUE)queue, (WDFREQUEST)request,
				   stack->Parameters.Write.Length);
		return true;
	case IRP_MJ_DEVICE_CONTROL:
		if (!config->EvtIoDeviceControl)
			break;
		queue_call_ioctl(queue, request, config->EvtIoDeviceControl);
		return true;
	case IRP_MJ_INTERNAL_DEVICE_CONTROL:
		if (!config->EvtIoInternalDeviceControl)
			break;
		queue_call_ioctl(queue, request, config->EvtIoInternalDeviceControl);
		return true;
	}
	if (!config->EvtIoDefault)
		return false;
	config->EvtIoDefault((WDFQUEUE)queue, (WDFREQUEST)request);
	return true;
}

static void queue_present(struct pnpn_wdf_queue *queue, struct pnpn_wdf_request *request)
{
	struct pnpn_wdf_lock *lock = pnpn_wdf_lock_of(&queue->object);

	pnpn_wdf_lock_acquire(lock);
	bool called = queue_call(queue, request);
	pnpn_wdf_lock_release(lock);
	if (!called)
		pnpn_wdf_request_complete(request, STATUS_INVALID_DEVICE_REQUEST, IO_NO_INCREMENT);
}

static bool queue_may_present(const struct pnpn_wdf_queue *queue)
{
	const WDF_IO_QUEUE_CONFIG *config = &queue->config;

	if (!queue->dispatches || queue->held || IsListEmpty(&queue->queued))
		return false;
	if (config->DispatchType == WdfIoQueueDispatchSequential)
		return !queue->n_owned && !queue->running;
	return config->DispatchType == WdfIoQueueDispatchParallel &&
	       queue->n_owned < config->Settings.Parallel.NumberOfPresentedRequests;
}

/* Under the lock. */
static void queue_move_to_owned(struct pnpn_wdf_queue *queue, struct pnpn_wdf_request *request)
{
	RemoveEntryList(&request->link);
	request->queued = false;
	queue->n_queued--;
	InsertTailList(&queue->owned, &request->link);
	queue->n_owned++;
}

struct pnpn_wdf_request *pnpn_wdf_queue_own(struct pnpn_wdf_queue *queue,
					    struct pnpn_wdf_request *request)
{
	queue_move_to_owned(queue, request);
	return IoSetCancelRoutine(request->irp, NULL) ? request : NULL;
}

static void queue_run(struct pnpn_wdf_queue *queue)
{
	bool sequential = queue->config.DispatchType == WdfIoQueueDispatchSequential;
	KIRQL irql;

	WdfObjectReference(queue);
	KeAcquireSpinLock(&queue->lock, &irql);
	while (queue_may_present(queue)) {
		struct pnpn_wdf_request *request =
			pnpn_wdf_queue_own(queue, request_at(queue->queued.Flink));
		if (!request)
			continue;
		queue->running = sequential;
		KeReleaseSpinLock(&queue->lock, irql);
		queue_present(queue, request);
		KeAcquireSpinLock(&queue->lock, &irql);
		if (sequential)
			queue->running = false;
	}
	KeReleaseSpinLock(&queue->lock, irql);
	WdfObjectDereference(queue);
}

static void queue_worker(PVOID parameter)
{
	struct pnpn_wdf_queue *queue = parameter;
	KIRQL irql;

	KeAcquireSpinLock(&queue->lock, &irql);
	queue->worker_queued = false;
	KeReleaseSpinLock(&queue->lock, irql);
	queue_run(queue);
	WdfObjectDereference(queue);
}

/* Callbacks that want PASSIVE_LEVEL are called by a worker where it is not this one. */
static void queue_go_on(struct pnpn_wdf_queue *queue)
{
	KIRQL irql;

	if (queue->object.level != WdfExecutionLevelPassive ||
	    KeGetCurrentIrql() == PASSIVE_LEVEL) {
		queue_run(queue);
		return;
	}
	KeAcquireSpinLock(&queue->lock, &irql);
	bool queues = !queue->worker_queued;
	queue->worker_queued = true;
	KeReleaseSpinLock(&queue->lock, irql);
	if (!queues)
		return;
	WdfObjectReference(queue);
	ExInitializeWorkItem(&queue->worker, queue_worker, queue);
	ExQueueWorkItem(&queue->worker, DelayedWorkQueue);
}

/* --- taking in -------------------------------------------------------------------------------------- */

static void queue_end_cancelled(struct pnpn_wdf_queue *queue, struct pnpn_wdf_request *request)
{
	if (!queue->config.EvtIoCanceledOnQueue) {
		pnpn_wdf_request_complete(request, STATUS_CANCELLED, IO_NO_INCREMENT);
		return;
	}
	struct pnpn_wdf_lock *lock = pnpn_wdf_lock_of(&queue->object);
	pnpn_wdf_lock_acquire(lock);
	queue->config.EvtIoCanceledOnQueue((WDFQUEUE)queue, (WDFREQUEST)request);
	pnpn_wdf_lock_release(lock);
}

/* Of an IRP on a queue. */
static VOID queue_cancel(PDEVICE_OBJECT device, PIRP irp)
{
	struct pnpn_wdf_request *request = irp->Tail.Overlay.DriverContext[0];
	struct pnpn_wdf_queue *queue = request->queue;
	KIRQL irql;

	IoReleaseCancelSpinLock(irp->CancelIrql);
	KeAcquireSpinLock(&queue->lock, &irql);
	if (request->queued)
		queue_move_to_owned(queue, request);
	KeReleaseSpinLock(&queue->lock, irql);
	queue_end_cancelled(queue, request);
}

/* True: it is on the queue. False: it is cancelled already, and on no list. Under the lock. */
static bool queue_insert(struct pnpn_wdf_queue *queue, struct pnpn_wdf_request *request, bool first)
{
	request->queue = queue;
	request->irp->Tail.Overlay.DriverContext[0] = request;
	IoSetCancelRoutine(request->irp, queue_cancel);
	if (request->irp->Cancel && IoSetCancelRoutine(request->irp, NULL)) {
		InsertTailList(&queue->owned, &request->link);
		queue->n_owned++;
		return false;
	}
	request->queued = true;
	if (first)
		InsertHeadList(&queue->queued, &request->link);
	else
		InsertTailList(&queue->queued, &request->link);
	queue->n_queued++;
	return true;
}

void pnpn_wdf_queue_add(struct pnpn_wdf_queue *queue, struct pnpn_wdf_request *request, bool first)
{
	PFN_WDF_IO_QUEUE_STATE ready = NULL;
	KIRQL irql;

	KeAcquireSpinLock(&queue->lock, &irql);
	if (!queue->accepts) {
		KeReleaseSpinLock(&queue->lock, irql);
		pnpn_wdf_request_complete(request, STATUS_INVALID_DEVICE_STATE, IO_NO_INCREMENT);
		return;
	}
	bool was_empty = IsListEmpty(&queue->queued);
	bool waits = queue_insert(queue, request, first);
	WDFCONTEXT context = queue->ready_context;
	if (waits && was_empty && queue->config.DispatchType == WdfIoQueueDispatchManual)
		ready = queue->on_ready;
	KeReleaseSpinLock(&queue->lock, irql);
	if (!waits)
		queue_end_cancelled(queue, request);
	if (ready)
		ready((WDFQUEUE)queue, context);
	queue_go_on(queue);
}

/* Whether what somebody waits for has come: the driver has none, and for some none is queued. Under the lock. */
static bool queue_take_idle(struct pnpn_wdf_queue *queue, PFN_WDF_IO_QUEUE_STATE *ret_call,
			    WDFCONTEXT *ret_context)
{
	*ret_call = NULL;
	if (queue->n_owned > queue->n_stopped || (queue->idle_wants_empty && queue->n_queued))
		return false;
	*ret_call = queue->on_idle;
	*ret_context = queue->idle_context;
	queue->on_idle = NULL;
	if (queue->waits)
		KeSetEvent(queue->waits, IO_NO_INCREMENT, FALSE);
	queue->waits = NULL;
	return true;
}

void pnpn_wdf_queue_look(struct pnpn_wdf_queue *queue)
{
	PFN_WDF_IO_QUEUE_STATE idle;
	WDFCONTEXT context;
	KIRQL irql;

	KeAcquireSpinLock(&queue->lock, &irql);
	queue_take_idle(queue, &idle, &context);
	KeReleaseSpinLock(&queue->lock, irql);
	if (idle)
		idle((WDFQUEUE)queue, context);
	queue_go_on(queue);
}

void pnpn_wdf_queue_unlink(struct pnpn_wdf_queue *queue, struct pnpn_wdf_request *request)
{
	KIRQL irql;

	KeAcquireSpinLock(&queue->lock, &irql);
	RemoveEntryList(&request->link);
	InitializeListHead(&request->link);
	KeReleaseSpinLock(&queue->lock, irql);
}

void pnpn_wdf_queue_release(struct pnpn_wdf_queue *queue, struct pnpn_wdf_request *request)
{
	KIRQL irql;

	KeAcquireSpinLock(&queue->lock, &irql);
	RemoveEntryList(&request->link);
	InitializeListHead(&request->link);
	queue->n_owned--;
	queue->n_stopped -= request->stopped;
	request->stopped = false;
	KeReleaseSpinLock(&queue->lock, irql);
}

/* --- stopping ---------------------------------------------------------------------------------------- */

/* Ends all that is queued, or what is one file's; those that the driver can be told of, too. */
void pnpn_wdf_queue_cancel_queued(struct pnpn_wdf_queue *queue, PFILE_OBJECT file)
{
	struct pnpn_wdf_request *request;
	KIRQL irql;

	do {
		request = NULL;
		KeAcquireSpinLock(&queue->lock, &irql);
		for (PLIST_ENTRY entry = queue->queued.Flink;
		     !request && entry != &queue->queued;) {
			struct pnpn_wdf_request *here = request_at(entry);
			entry = entry->Flink;
			if (!file || IoGetCurrentIrpStackLocation(here->irp)->FileObject == file)
				request = pnpn_wdf_queue_own(queue, here);
		}
		KeReleaseSpinLock(&queue->lock, irql);
		if (request)
			queue_end_cancelled(queue, request);
	} while (request);
}

/* One of the driver's that can be cancelled, with a reference; its routine is nobody else's to call then. */
static struct pnpn_wdf_request *queue_take_cancelable(struct pnpn_wdf_queue *queue,
						      PFN_WDF_REQUEST_CANCEL *ret_routine)
{
	struct pnpn_wdf_request *request = NULL;
	KIRQL irql;

	KeAcquireSpinLock(&queue->lock, &irql);
	for (PLIST_ENTRY entry = queue->owned.Flink; entry != &queue->owned && !request;
	     entry = entry->Flink) {
		struct pnpn_wdf_request *here = request_at(entry);
		*ret_routine = here->cancel;
		if (!here->cancel || !IoSetCancelRoutine(here->irp, NULL))
			continue;
		here->irp->Cancel = TRUE;
		here->cancel = NULL;
		WdfObjectReference(here);
		request = here;
	}
	KeReleaseSpinLock(&queue->lock, irql);
	return request;
}

static void queue_cancel_owned(struct pnpn_wdf_queue *queue)
{
	struct pnpn_wdf_request *request;
	PFN_WDF_REQUEST_CANCEL routine;

	while ((request = queue_take_cancelable(queue, &routine))) {
		pnpn_wdf_request_call_cancel(request, routine);
		WdfObjectDereference(request);
	}
}

static void queue_set_accepts(struct pnpn_wdf_queue *queue, bool accepts)
{
	KIRQL irql;

	KeAcquireSpinLock(&queue->lock, &irql);
	queue->accepts = accepts;
	KeReleaseSpinLock(&queue->lock, irql);
}

bool pnpn_wdf_queue_accepts(struct pnpn_wdf_queue *queue)
{
	KIRQL irql;

	KeAcquireSpinLock(&queue->lock, &irql);
	bool accepts = queue->accepts;
	KeReleaseSpinLock(&queue->lock, irql);
	return accepts;
}

static void queue_set_dispatches(struct pnpn_wdf_queue *queue, bool dispatches)
{
	KIRQL irql;

	KeAcquireSpinLock(&queue->lock, &irql);
	queue->dispatches = dispatches;
	KeReleaseSpinLock(&queue->lock, irql);
}

static void queue_when_idle(struct pnpn_wdf_queue *queue, bool empty,
			    PFN_WDF_IO_QUEUE_STATE routine, WDFCONTEXT context)
{
	KIRQL irql;

	KeAcquireSpinLock(&queue->lock, &irql);
	queue->idle_wants_empty = empty;
	queue->on_idle = routine;
	queue->idle_context = context;
	KeReleaseSpinLock(&queue->lock, irql);
	pnpn_wdf_queue_look(queue);
}

void pnpn_wdf_queue_wait(struct pnpn_wdf_queue *queue, bool empty)
{
	PFN_WDF_IO_QUEUE_STATE idle;
	WDFCONTEXT context;
	KEVENT event;
	KIRQL irql;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KeAcquireSpinLock(&queue->lock, &irql);
	queue->idle_wants_empty = empty;
	queue->waits = &event;
	queue_take_idle(queue, &idle, &context);
	KeReleaseSpinLock(&queue->lock, irql);
	KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
}

VOID WdfIoQueueStart(WDFQUEUE handle)
{
	struct pnpn_wdf_queue *queue = PNPN_WDF_CAST(pnpn_wdf_queue, handle, PNPN_WDF_QUEUE);

	queue_set_accepts(queue, true);
	queue_set_dispatches(queue, true);
	queue_go_on(queue);
}

VOID WdfIoQueueStop(WDFQUEUE handle, PFN_WDF_IO_QUEUE_STATE routine, WDFCONTEXT context)
{
	struct pnpn_wdf_queue *queue = PNPN_WDF_CAST(pnpn_wdf_queue, handle, PNPN_WDF_QUEUE);

	queue_set_dispatches(queue, false);
	queue_when_idle(queue, false, routine, context);
}

VOID WdfIoQueueStopSynchronously(WDFQUEUE handle)
{
	struct pnpn_wdf_queue *queue = PNPN_WDF_CAST(pnpn_wdf_queue, handle, PNPN_WDF_QUEUE);

	queue_set_dispatches(queue, false);
	pnpn_wdf_queue_wait(queue, false);
}

VOID WdfIoQueueDrain(WDFQUEUE handle, PFN_WDF_IO_QUEUE_STATE routine, WDFCONTEXT context)
{
	struct pnpn_wdf_queue *queue = PNPN_WDF_CAST(pnpn_wdf_queue, handle, PNPN_WDF_QUEUE);

	queue_set_accepts(queue, false);
	queue_when_idle(queue, true, routine, context);
}

VOID WdfIoQueueDrainSynchronously(WDFQUEUE handle)
{
	struct pnpn_wdf_queue *queue = PNPN_WDF_CAST(pnpn_wdf_queue, handle, PNPN_WDF_QUEUE);

	queue_set_accepts(queue, false);
	pnpn_wdf_queue_wait(queue, true);
}

void pnpn_wdf_queue_purge(struct pnpn_wdf_queue *queue)
{
	queue_set_accepts(queue, false);
	pnpn_wdf_queue_cancel_queued(queue, NULL);
	queue_cancel_owned(queue);
}

VOID WdfIoQueuePurge(WDFQUEUE handle, PFN_WDF_IO_QUEUE_STATE routine, WDFCONTEXT context)
{
	struct pnpn_wdf_queue *queue = PNPN_WDF_CAST(pnpn_wdf_queue, handle, PNPN_WDF_QUEUE);

	pnpn_wdf_queue_purge(queue);
	queue_when_idle(queue, true, routine, context);
}

VOID WdfIoQueuePurgeSynchronously(WDFQUEUE handle)
{
	struct pnpn_wdf_queue *queue = PNPN_WDF_CAST(pnpn_wdf_queue, handle, PNPN_WDF_QUEUE);

	pnpn_wdf_queue_purge(queue);
	pnpn_wdf_queue_wait(queue, true);
}
