/* SPDX-License-Identifier: MIT */
/*
 * Queues. A request is queued, then the driver's (owned) until it completes it, forwards it or gives it back. What the
 * queue's lock guards is said; callbacks are called without it.
 */
#ifndef PNPN_KMDF_QUEUE_H
#define PNPN_KMDF_QUEUE_H

#include "kmdf/device.h"
#include "kmdf/request.h"

struct pnpn_wdf_queue {
	struct pnpn_wdf_object object;
	struct pnpn_wdf_device *device;
	WDF_IO_QUEUE_CONFIG config;
	bool power_managed;
	struct pnpn_wdf_lock callbacks;
	LIST_ENTRY link; /* in the device's queues */
	KSPIN_LOCK lock; /* guards the rest */
	LIST_ENTRY queued, owned; /* of requests */
	ULONG n_queued, n_owned,
		n_stopped; /* n_stopped: of those owned, what the driver holds until it has power again */
	bool accepts, dispatches, held; /* held: the device has no power */
	bool running; /* a thread hands out what a sequential queue has */
	PFN_WDF_IO_QUEUE_STATE on_ready, on_idle; /* called once, NULL: nobody wants to know */
	WDFCONTEXT ready_context, idle_context;
	bool idle_wants_empty; /* on_idle waits for those that are queued, too */
	KEVENT *waits; /* set with on_idle's condition */
	WORK_QUEUE_ITEM worker; /* hands out at PASSIVE_LEVEL */
	bool worker_queued;
};

/** Puts a request that belongs to nobody at the queue's end, and hands out what can be. Any IRQL. */
void pnpn_wdf_queue_add(struct pnpn_wdf_queue *queue, struct pnpn_wdf_request *request, bool first);

/** Whether it takes requests. */
bool pnpn_wdf_queue_accepts(struct pnpn_wdf_queue *queue);

/** Nobody finds an owned one any more: its IRP goes back. */
void pnpn_wdf_queue_unlink(struct pnpn_wdf_queue *queue, struct pnpn_wdf_request *request);

/** The driver has one of the queue's requests no longer; pnpn_wdf_queue_look() follows. */
void pnpn_wdf_queue_release(struct pnpn_wdf_queue *queue, struct pnpn_wdf_request *request);

/** Calls who waits for the queue to be idle, if it is, and hands out what can be. */
void pnpn_wdf_queue_look(struct pnpn_wdf_queue *queue);

/** Takes a queued one for the driver; NULL if it is cancelled this moment, which its routine sees to. Under the lock. */
struct pnpn_wdf_request *pnpn_wdf_queue_own(struct pnpn_wdf_queue *queue,
					    struct pnpn_wdf_request *request);

/** Waits until the driver has none, and none is queued if empty. PASSIVE_LEVEL. */
void pnpn_wdf_queue_wait(struct pnpn_wdf_queue *queue, bool empty);

/** Ends all that is queued, or what is one file's. */
void pnpn_wdf_queue_cancel_queued(struct pnpn_wdf_queue *queue, PFILE_OBJECT file);

/** Takes nothing more, ends what is queued, cancels what the driver has. */
void pnpn_wdf_queue_purge(struct pnpn_wdf_queue *queue);

/** Lets the queues whose power is managed go on, or asks the driver to stop and waits for it. PASSIVE_LEVEL. */
void pnpn_wdf_queues_set_power(struct pnpn_wdf_device *device, bool on);

/** Ends all that is queued, and waits for what the driver has. PASSIVE_LEVEL. */
void pnpn_wdf_queues_purge(struct pnpn_wdf_device *device);

/** Ends what is queued of one file. */
void pnpn_wdf_queues_purge_file(struct pnpn_wdf_device *device, PFILE_OBJECT file);

#endif
