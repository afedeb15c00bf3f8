/* SPDX-License-Identifier: MIT */
/*
 * The lock that a driver asks for around its callbacks (SynchronizationScope): a spin lock for those at DISPATCH_LEVEL, a
 * mutex for those at PASSIVE_LEVEL (ExecutionLevel). One thread may take it again and again.
 */
#ifndef PNPN_KMDF_LOCK_H
#define PNPN_KMDF_LOCK_H

#include "kmdf/object.h"

struct pnpn_wdf_lock {
	bool passive;
	KSPIN_LOCK spin;
	FAST_MUTEX mutex;
	PKTHREAD owner; /* NULL while nobody has it */
	LONG depth; /* the owner's */
	KIRQL irql; /* the owner's */
};

void pnpn_wdf_lock_init(struct pnpn_wdf_lock *lock, bool passive);

/** NULL is allowed, and does nothing. */
void pnpn_wdf_lock_acquire(struct pnpn_wdf_lock *lock);
void pnpn_wdf_lock_release(struct pnpn_wdf_lock *lock);

#endif
