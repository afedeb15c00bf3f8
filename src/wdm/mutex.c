/* SPDX-License-Identifier: MIT */
/* Mutexes: the kind that a thread may take twice, and the fast one. */
#include "wdm/dispatcher.h"
#include "wdm/irql.h"

#define KMODE_EXCEPTION_NOT_HANDLED 0x0000001eu

void KeInitializeMutex(PRKMUTEX mutex, ULONG level)
{
	*mutex = (KMUTANT){.ApcDisable = 1};
	pnpn_dispatcher_init(&mutex->Header, PNPN_DISPATCHER_MUTANT, 1);
}

LONG KeReleaseMutex(PRKMUTEX mutex, BOOLEAN wait)
{
	pnpn_dispatcher_lock();
	if (mutex->OwnerThread != KeGetCurrentThread()) {
		pnpn_dispatcher_unlock();
		KeBugCheckEx(KMODE_EXCEPTION_NOT_HANDLED, (ULONG)STATUS_MUTANT_NOT_OWNED,
			     (ULONG_PTR)mutex, 0, 0);
	}
	LONG before = mutex->Header.SignalState++;
	if (mutex->Header.SignalState == 1) {
		mutex->OwnerThread = NULL;
		pnpn_dispatcher_release(&mutex->Header);
	}
	pnpn_dispatcher_unlock();
	return before;
}

void ExInitializeFastMutex(PFAST_MUTEX mutex)
{
	*mutex = (FAST_MUTEX){.Count = 1};
	KeInitializeEvent(&mutex->Event, SynchronizationEvent, FALSE);
}

void ExAcquireFastMutex(PFAST_MUTEX mutex)
{
	KIRQL old;

	(void)pnpn_irql_is_at_most(APC_LEVEL, __func__);
	KeRaiseIrql(APC_LEVEL, &old);
	/* Below zero: so many wait, and each release sets the event for one of them. */
	if (InterlockedDecrement(&mutex->Count) < 0)
		KeWaitForSingleObject(&mutex->Event, Executive, KernelMode, FALSE, NULL);
	mutex->Owner = KeGetCurrentThread();
	mutex->OldIrql = old;
}

void ExReleaseFastMutex(PFAST_MUTEX mutex)
{
	KIRQL old = (KIRQL)mutex->OldIrql;

	mutex->Owner = NULL;
	if (InterlockedIncrement(&mutex->Count) <= 0)
		KeSetEvent(&mutex->Event, EVENT_INCREMENT, FALSE);
	KeLowerIrql(old);
}

BOOLEAN ExTryToAcquireFastMutex(PFAST_MUTEX mutex)
{
	if (InterlockedCompareExchange(&mutex->Count, 0, 1) != 1)
		return FALSE;
	KIRQL old;
	KeRaiseIrql(APC_LEVEL, &old);
	mutex->Owner = KeGetCurrentThread();
	mutex->OldIrql = old;
	return TRUE;
}
