/* SPDX-License-Identifier: MIT */
/* The locks that a driver makes itself. */
#include "kmdf/driver.h"

struct spin_lock {
	struct pnpn_wdf_object object;
	KSPIN_LOCK lock;
	KIRQL irql; /* the owner's */
};

struct wait_lock {
	struct pnpn_wdf_object object;
	KEVENT free; /* a synchronization event: one takes it */
};

NTSTATUS WdfSpinLockCreate(PWDF_OBJECT_ATTRIBUTES attributes, WDFSPINLOCK *ret)
{
	struct spin_lock *lock;
	NTSTATUS status = pnpn_wdf_object_new(sizeof(*lock), PNPN_WDF_SPIN_LOCK, attributes,
					      PNPN_WDF_CALLER(), &lock);

	if (!NT_SUCCESS(status))
		return status;
	KeInitializeSpinLock(&lock->lock);
	*ret = (WDFSPINLOCK)lock;
	return STATUS_SUCCESS;
}

VOID WdfSpinLockAcquire(WDFSPINLOCK handle)
{
	struct spin_lock *lock = PNPN_WDF_CAST(spin_lock, handle, PNPN_WDF_SPIN_LOCK);
	KIRQL irql;

	KeAcquireSpinLock(&lock->lock, &irql);
	lock->irql = irql;
}

VOID WdfSpinLockRelease(WDFSPINLOCK handle)
{
	struct spin_lock *lock = PNPN_WDF_CAST(spin_lock, handle, PNPN_WDF_SPIN_LOCK);

	KeReleaseSpinLock(&lock->lock, lock->irql);
}

NTSTATUS WdfWaitLockCreate(PWDF_OBJECT_ATTRIBUTES attributes, WDFWAITLOCK *ret)
{
	struct wait_lock *lock;
	NTSTATUS status = pnpn_wdf_object_new(sizeof(*lock), PNPN_WDF_WAIT_LOCK, attributes,
					      PNPN_WDF_CALLER(), &lock);

	if (!NT_SUCCESS(status))
		return status;
	KeInitializeEvent(&lock->free, SynchronizationEvent, TRUE);
	*ret = (WDFWAITLOCK)lock;
	return STATUS_SUCCESS;
}

NTSTATUS WdfWaitLockAcquire(WDFWAITLOCK handle, PLONGLONG timeout)
{
	struct wait_lock *lock = PNPN_WDF_CAST(wait_lock, handle, PNPN_WDF_WAIT_LOCK);
	LARGE_INTEGER due = {.QuadPart = timeout ? *timeout : 0};

	KeEnterCriticalRegion();
	NTSTATUS status = KeWaitForSingleObject(&lock->free, Executive, KernelMode, FALSE,
						timeout ? &due : NULL);
	if (status == STATUS_TIMEOUT)
		KeLeaveCriticalRegion();
	return status;
}

VOID WdfWaitLockRelease(WDFWAITLOCK handle)
{
	struct wait_lock *lock = PNPN_WDF_CAST(wait_lock, handle, PNPN_WDF_WAIT_LOCK);

	KeSetEvent(&lock->free, IO_NO_INCREMENT, FALSE);
	KeLeaveCriticalRegion();
}
