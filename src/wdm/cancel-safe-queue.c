/* SPDX-License-Identifier: MIT */
/* IoCsq*: the list and its lock are the driver's, the race with IoCancelIrp() is ours. */
#include "wdm/irp.h"

#define CSQ_TYPE	 1
#define CSQ_CONTEXT_TYPE 2
#define CSQ_TYPE_EX	 3

/* Where the cancel routine finds the queue, or the context that names it. */
#define CSQ_PLACE(irp) ((irp)->Tail.Overlay.DriverContext[3])

NTSTATUS IoCsqInitialize(PIO_CSQ csq, PIO_CSQ_INSERT_IRP insert, PIO_CSQ_REMOVE_IRP remove,
			 PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire,
			 PIO_CSQ_RELEASE_LOCK release, PIO_CSQ_COMPLETE_CANCELED_IRP complete)
{
	*csq = (IO_CSQ){.Type = CSQ_TYPE,
			.CsqInsertIrp = insert,
			.CsqRemoveIrp = remove,
			.CsqPeekNextIrp = peek,
			.CsqAcquireLock = acquire,
			.CsqReleaseLock = release,
			.CsqCompleteCanceledIrp = complete};
	return STATUS_SUCCESS;
}

NTSTATUS IoCsqInitializeEx(PIO_CSQ csq, PIO_CSQ_INSERT_IRP_EX insert, PIO_CSQ_REMOVE_IRP remove,
			   PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire,
			   PIO_CSQ_RELEASE_LOCK release, PIO_CSQ_COMPLETE_CANCELED_IRP complete)
{
	NTSTATUS status = IoCsqInitialize(csq, (PIO_CSQ_INSERT_IRP)(void (*)(void))insert, remove,
					  peek, acquire, release, complete);

	csq->Type = CSQ_TYPE_EX;
	return status;
}

static PIO_CSQ csq_of(PIRP irp)
{
	PIO_CSQ csq = CSQ_PLACE(irp);
	PIO_CSQ_IRP_CONTEXT context = CSQ_PLACE(irp);

	return csq->Type == CSQ_CONTEXT_TYPE ? context->Csq : csq;
}

/* With the queue's lock held: it is in there no more. */
static void csq_leave(PIRP irp)
{
	PIO_CSQ_IRP_CONTEXT context = CSQ_PLACE(irp);

	if (context->Type == CSQ_CONTEXT_TYPE)
		context->Irp = NULL;
	CSQ_PLACE(irp) = NULL;
}

static void csq_cancel(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_CSQ csq = csq_of(irp);
	KIRQL irql;

	IoReleaseCancelSpinLock(irp->CancelIrql);
	csq->CsqAcquireLock(csq, &irql);
	csq->CsqRemoveIrp(csq, irp);
	csq_leave(irp);
	csq->CsqReleaseLock(csq, irql);
	csq->CsqCompleteCanceledIrp(csq, irp);
}

static NTSTATUS csq_insert(PIO_CSQ csq, PIRP irp, PVOID insert_context)
{
	if (csq->Type == CSQ_TYPE_EX)
		return ((PIO_CSQ_INSERT_IRP_EX)(void (*)(void))csq->CsqInsertIrp)(csq, irp,
										  insert_context);
	csq->CsqInsertIrp(csq, irp);
	return STATUS_SUCCESS;
}

NTSTATUS IoCsqInsertIrpEx(PIO_CSQ csq, PIRP irp, PIO_CSQ_IRP_CONTEXT context, PVOID insert_context)
{
	BOOLEAN cancelled = FALSE;
	KIRQL irql;

	csq->CsqAcquireLock(csq, &irql);
	CSQ_PLACE(irp) = csq;
	if (context) {
		*context = (IO_CSQ_IRP_CONTEXT){CSQ_CONTEXT_TYPE, irp, csq};
		CSQ_PLACE(irp) = context;
	}
	NTSTATUS status = csq_insert(csq, irp, insert_context);
	if (!NT_SUCCESS(status)) {
		csq_leave(irp);
		csq->CsqReleaseLock(csq, irql);
		return status;
	}
	IoMarkIrpPending(irp);
	IoSetCancelRoutine(irp, csq_cancel);
	/* Cancelled before: whoever takes the routine away completes it. */
	if (irp->Cancel && IoSetCancelRoutine(irp, NULL)) {
		csq->CsqRemoveIrp(csq, irp);
		csq_leave(irp);
		cancelled = TRUE;
	}
	csq->CsqReleaseLock(csq, irql);
	if (cancelled)
		csq->CsqCompleteCanceledIrp(csq, irp);
	return status;
}

void IoCsqInsertIrp(PIO_CSQ csq, PIRP irp, PIO_CSQ_IRP_CONTEXT context)
{
	(void)IoCsqInsertIrpEx(csq, irp, context, NULL);
}

PIRP IoCsqRemoveIrp(PIO_CSQ csq, PIO_CSQ_IRP_CONTEXT context)
{
	KIRQL irql;

	csq->CsqAcquireLock(csq, &irql);
	PIRP irp = context->Irp;
	if (irp && IoSetCancelRoutine(irp, NULL)) {
		csq->CsqRemoveIrp(csq, irp);
		csq_leave(irp);
	} else {
		irp = NULL;
	}
	csq->CsqReleaseLock(csq, irql);
	return irp;
}

PIRP IoCsqRemoveNextIrp(PIO_CSQ csq, PVOID peek_context)
{
	KIRQL irql;

	csq->CsqAcquireLock(csq, &irql);
	PIRP irp = csq->CsqPeekNextIrp(csq, NULL, peek_context);
	/* One whose cancel routine is under way is that routine's. */
	while (irp && !IoSetCancelRoutine(irp, NULL))
		irp = csq->CsqPeekNextIrp(csq, irp, peek_context);
	if (irp) {
		csq->CsqRemoveIrp(csq, irp);
		csq_leave(irp);
	}
	csq->CsqReleaseLock(csq, irql);
	return irp;
}
