/* SPDX-License-Identifier: MIT */
/* A request: somebody's IRP while the driver has it, or the driver's own. */
#ifndef PNPN_KMDF_REQUEST_H
#define PNPN_KMDF_REQUEST_H

#include "kmdf/device.h"
#include "kmdf/memory.h"

struct pnpn_wdf_queue;
struct pnpn_wdf_target;

struct pnpn_wdf_request {
	struct pnpn_wdf_object object;
	PIRP irp;
	struct pnpn_wdf_device *device; /* NULL for the driver's own */
	struct pnpn_wdf_queue *queue; /* that it came from; NULL if none */
	LIST_ENTRY link; /* in the queue's lists, under its lock */
	bool queued, stopped,
		told_to_stop; /* under the queue's lock; stopped: the driver acknowledged EvtIoStop */
	bool completed, own; /* own: made by WdfRequestCreate() */
	PFN_WDF_REQUEST_CANCEL cancel; /* while it is cancelable */
	struct pnpn_wdf_memory *input, *output; /* once they were asked for; children */
	/* What was sent. */
	struct pnpn_wdf_target *target; /* while it is there */
	LIST_ENTRY sent; /* in the target's, under its lock */
	NTSTATUS status; /* of the last one */
	PFN_WDF_REQUEST_COMPLETION_ROUTINE completion;
	WDFCONTEXT completion_context;
	WDF_REQUEST_COMPLETION_PARAMS params;
	struct pnpn_wdf_memory *sent_output; /* where a buffered one's answer goes; a reference */
	size_t sent_output_offset;
	PVOID sent_buffer; /* a buffered one's system buffer */
	PMDL sent_mdl;
	PMDL saved_mdl; /* what the IRP had before that */
	PVOID saved_system_buffer, saved_user_buffer;
	bool has_saved;
	KEVENT answered;
	bool formatted, waits, sent_cancelled; /* the latter under the target's lock */
};

/** A request for an IRP that is pending; completes the IRP if there is no memory. NULL then. */
struct pnpn_wdf_request *pnpn_wdf_request_new(struct pnpn_wdf_device *device, PIRP irp);

/** Completes it: the object is deleted, the IRP back, the queue goes on. */
void pnpn_wdf_request_complete(struct pnpn_wdf_request *request, NTSTATUS status, CCHAR boost);

/** The driver has it no longer, and nobody completes it here: it was sent on, for good. */
void pnpn_wdf_request_forget(struct pnpn_wdf_request *request);

/** The driver's routine is called for a request that was cancelled, with the lock of its callbacks. */
void pnpn_wdf_request_call_cancel(struct pnpn_wdf_request *request, PFN_WDF_REQUEST_CANCEL routine);

#endif
