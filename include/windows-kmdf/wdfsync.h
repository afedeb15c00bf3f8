/* SPDX-License-Identifier: MIT */
#ifndef PNPN_WDFSYNC_H
#define PNPN_WDFSYNC_H

WDF_EXTERN_C_START
/* The lock of a device's or a queue's callbacks, where these have one (SynchronizationScope). */
VOID WdfObjectAcquireLock(WDFOBJECT Object);
VOID WdfObjectReleaseLock(WDFOBJECT Object);

NTSTATUS WdfSpinLockCreate(PWDF_OBJECT_ATTRIBUTES SpinLockAttributes, WDFSPINLOCK *SpinLock);
VOID WdfSpinLockAcquire(WDFSPINLOCK SpinLock);
VOID WdfSpinLockRelease(WDFSPINLOCK SpinLock);

NTSTATUS WdfWaitLockCreate(PWDF_OBJECT_ATTRIBUTES LockAttributes, WDFWAITLOCK *Lock);
/* STATUS_TIMEOUT when the time is over; NULL waits without end. */
NTSTATUS WdfWaitLockAcquire(WDFWAITLOCK Lock, PLONGLONG Timeout);
VOID WdfWaitLockRelease(WDFWAITLOCK Lock);
WDF_EXTERN_C_END

#endif
