/* SPDX-License-Identifier: MIT */
/* What timers, DPCs and work items share: a callback of an object below a device, later, with the lock of its parent. */
#ifndef PNPN_KMDF_DEFERRED_H
#define PNPN_KMDF_DEFERRED_H

#include "kmdf/object.h"

struct pnpn_wdf_deferred {
	struct pnpn_wdf_object object;
	void (*call)(WDFOBJECT object); /* the driver's */
	bool serialized;
	WORK_QUEUE_ITEM item;
	KSPIN_LOCK lock; /* guards the rest */
	bool queued, running, stopping;
	KEVENT idle; /* set while it is neither */
};

/**
 * pnpn_wdf_deferred_new() - make one
 * @size: of the structure whose first member it is
 *
 * Returns STATUS_SUCCESS; STATUS_WDF_PARENT_NOT_SPECIFIED without a parent; STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL where the
 * parent's lock is of the other kind; as pnpn_wdf_object_new().
 */
NTSTATUS pnpn_wdf_deferred_new(size_t size, enum pnpn_wdf_kind kind,
			       PWDF_OBJECT_ATTRIBUTES attributes, bool serialized, bool passive,
			       void *ret);

/** Calls the driver, here. */
void pnpn_wdf_deferred_call(struct pnpn_wdf_deferred *deferred);

/** Has a worker call the driver at PASSIVE_LEVEL, once, however often it is asked before that. Any IRQL up to DISPATCH_LEVEL. */
void pnpn_wdf_deferred_queue(struct pnpn_wdf_deferred *deferred);

/** Waits for the worker. PASSIVE_LEVEL; not inside the callback. */
void pnpn_wdf_deferred_wait(struct pnpn_wdf_deferred *deferred);

#endif
