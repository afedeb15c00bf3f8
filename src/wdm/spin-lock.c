/* SPDX-License-Identifier: MIT */
/*
 * Spin locks. A process can lose the processor while it holds one, so who waits sleeps after a short
 * spin: the first 32 bits are a futex, 0 free, 1 taken, 2 taken and somebody may sleep.
 */
#include <stdbool.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <wdm.h>
#include "wdm/verifier.h"

enum { FREE, TAKEN, CONTENDED, SPINS = 100 };

static uint32_t *spin_lock_word(PKSPIN_LOCK lock)
{
	return (uint32_t *)lock;
}

static bool spin_lock_try(uint32_t *word)
{
	uint32_t expected = FREE;

	return __atomic_compare_exchange_n(word, &expected, TAKEN, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

static void spin_lock_take(uint32_t *word)
{
	for (int i = 0; i < SPINS; i++) {
		if (spin_lock_try(word))
			return;
		YieldProcessor();
	}
	/* Pairs with the release in spin_lock_give(). */
	while (__atomic_exchange_n(word, CONTENDED, __ATOMIC_ACQUIRE) != FREE)
		syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, CONTENDED, NULL, NULL, 0);
}

static void spin_lock_give(uint32_t *word)
{
	/* Nothing may be read behind this: the lock's memory may be gone. A wake on a foreign
	 * address harms nobody. */
	if (__atomic_exchange_n(word, FREE, __ATOMIC_RELEASE) == CONTENDED)
		syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void KeInitializeSpinLock(PKSPIN_LOCK lock)
{
	*lock = FREE;
}

KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK lock)
{
	KIRQL old = KeRaiseIrqlToDpcLevel();

	spin_lock_take(spin_lock_word(lock));
	return old;
}

void KeReleaseSpinLock(PKSPIN_LOCK lock, KIRQL new_irql)
{
	spin_lock_give(spin_lock_word(lock));
	KeLowerIrql(new_irql);
}

void KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK lock)
{
	if (KeGetCurrentIrql() < DISPATCH_LEVEL)
		pnpn_verifier_broken(__func__, "called at IRQL %d; it wants DISPATCH_LEVEL",
				     KeGetCurrentIrql());
	spin_lock_take(spin_lock_word(lock));
}

void KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK lock)
{
	spin_lock_give(spin_lock_word(lock));
}

BOOLEAN KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK lock)
{
	return spin_lock_try(spin_lock_word(lock));
}

PLIST_ENTRY ExInterlockedInsertHeadList(PLIST_ENTRY head, PLIST_ENTRY entry, PKSPIN_LOCK lock)
{
	KIRQL old = KeAcquireSpinLockRaiseToDpc(lock);
	PLIST_ENTRY first = IsListEmpty(head) ? NULL : head->Flink;

	InsertHeadList(head, entry);
	KeReleaseSpinLock(lock, old);
	return first;
}

PLIST_ENTRY ExInterlockedInsertTailList(PLIST_ENTRY head, PLIST_ENTRY entry, PKSPIN_LOCK lock)
{
	KIRQL old = KeAcquireSpinLockRaiseToDpc(lock);
	PLIST_ENTRY last = IsListEmpty(head) ? NULL : head->Blink;

	InsertTailList(head, entry);
	KeReleaseSpinLock(lock, old);
	return last;
}

PLIST_ENTRY ExInterlockedRemoveHeadList(PLIST_ENTRY head, PKSPIN_LOCK lock)
{
	KIRQL old = KeAcquireSpinLockRaiseToDpc(lock);
	PLIST_ENTRY first = IsListEmpty(head) ? NULL : RemoveHeadList(head);

	KeReleaseSpinLock(lock, old);
	return first;
}
