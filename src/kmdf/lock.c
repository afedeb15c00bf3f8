/* SPDX-License-Identifier: MIT */
#include "kmdf/lock.h"

void pnpn_wdf_lock_init(struct pnpn_wdf_lock *lock, bool passive)
{
	lock->passive = passive;
	KeInitializeSpinLock(&lock->spin);
	ExInitializeFastMutex(&lock->mutex);
}

void pnpn_wdf_lock_acquire(struct pnpn_wdf_lock *lock)
{
	KIRQL irql = PASSIVE_LEVEL;

	if (!lock)
		return;
	if (__atomic_load_n(&lock->owner, __ATOMIC_RELAXED) != KeGetCurrentThread()) {
		if (lock->passive)
			ExAcquireFastMutex(&lock->mutex);
		else
			KeAcquireSpinLock(&lock->spin, &irql);
		lock->irql = irql;
		__atomic_store_n(&lock->owner, KeGetCurrentThread(), __ATOMIC_RELAXED);
	}
	lock->depth++;
}

void pnpn_wdf_lock_release(struct pnpn_wdf_lock *lock)
{
	if (!lock || --lock->depth)
		return;
	KIRQL irql = lock->irql;
	__atomic_store_n(&lock->owner, NULL, __ATOMIC_RELAXED);
	if (lock->passive)
		ExReleaseFastMutex(&lock->mutex);
	else
		KeReleaseSpinLock(&lock->spin, irql);
}
