/* SPDX-License-Identifier: MIT */
/* Remove locks: IoCount is 1 for the lock itself and one more for each holder. */
#include <wdm.h>

void IoInitializeRemoveLockEx(PIO_REMOVE_LOCK lock, ULONG tag, ULONG minutes, ULONG high,
			      ULONG bytes)
{
	*lock = (IO_REMOVE_LOCK){.Common.IoCount = 1};
	KeInitializeEvent(&lock->Common.RemoveEvent, SynchronizationEvent, FALSE);
}

NTSTATUS IoAcquireRemoveLockEx(PIO_REMOVE_LOCK lock, PVOID tag, PCSTR file, ULONG line, ULONG bytes)
{
	InterlockedIncrement(&lock->Common.IoCount);
	/* Pairs with the store in IoReleaseRemoveLockAndWaitEx(): either this sees Removed, or
	 * the remover sees the count. */
	if (!__atomic_load_n(&lock->Common.Removed, __ATOMIC_SEQ_CST))
		return STATUS_SUCCESS;
	IoReleaseRemoveLockEx(lock, tag, bytes);
	return STATUS_DELETE_PENDING;
}

void IoReleaseRemoveLockEx(PIO_REMOVE_LOCK lock, PVOID tag, ULONG bytes)
{
	if (InterlockedDecrement(&lock->Common.IoCount) == 0)
		KeSetEvent(&lock->Common.RemoveEvent, IO_NO_INCREMENT, FALSE);
}

void IoReleaseRemoveLockAndWaitEx(PIO_REMOVE_LOCK lock, PVOID tag, ULONG bytes)
{
	__atomic_store_n(&lock->Common.Removed, TRUE, __ATOMIC_SEQ_CST);
	InterlockedDecrement(&lock->Common.IoCount);
	if (InterlockedDecrement(&lock->Common.IoCount) > 0)
		KeWaitForSingleObject(&lock->Common.RemoveEvent, Executive, KernelMode, FALSE,
				      NULL);
}
