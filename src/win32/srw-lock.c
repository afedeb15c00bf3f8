/* SPDX-License-Identifier: MIT */
/* SRWLOCK: many readers or one writer, in 32 bits of it; zero is free. Nobody is let in before those who sleep but who
 * wakes first, so that readers do not keep a writer out. */
#include <windows.h>

#include "win32/export.h"
#include "win32/futex.h"

#define EXCLUSIVE 0x80000000u
#define AWAITED	  0x40000000u /* the others count readers */

static uint32_t *word_of(PSRWLOCK lock)
{
	return (uint32_t *)(void *)lock;
}

/* What the lock becomes when somebody comes in; 0 if nobody may. */
static uint32_t entered(uint32_t old, bool exclusive)
{
	if (exclusive)
		return old ? 0 : EXCLUSIVE;
	return old & (EXCLUSIVE | AWAITED) ? 0 : old + 1;
}

/* Acquires what a release left; *old is what stands in the way. */
static bool try_acquire(uint32_t *word, bool exclusive, uint32_t *old)
{
	*old = __atomic_load_n(word, __ATOMIC_RELAXED);
	for (uint32_t new; (new = entered(*old, exclusive));)
		if (__atomic_compare_exchange_n(word, old, new, false, __ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED))
			return true;
	return false;
}

static void acquire(PSRWLOCK lock, bool exclusive)
{
	uint32_t *word = word_of(lock), old;

	while (!try_acquire(word, exclusive, &old))
		if (old & AWAITED ||
		    __atomic_compare_exchange_n(word, &old, old | AWAITED, false, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			(void)pnpn_futex_wait(word, old | AWAITED, NULL);
}

/* The last one out wakes all that sleep; who of them comes late says again that it sleeps. */
static void release(PSRWLOCK lock, uint32_t part)
{
	uint32_t *word = word_of(lock), old = __atomic_load_n(word, __ATOMIC_RELAXED), new;

	do {
		new = old - part;
		if (new == AWAITED)
			new = 0;
	} while (!__atomic_compare_exchange_n(word, &old, new, false, __ATOMIC_RELEASE,
					      __ATOMIC_RELAXED));
	if (!new && old & AWAITED)
		pnpn_futex_wake(word, INT_MAX);
}

PNPN_EXPORT void WINAPI InitializeSRWLock(PSRWLOCK lock)
{
	*lock = (SRWLOCK)SRWLOCK_INIT;
}

PNPN_EXPORT void WINAPI AcquireSRWLockExclusive(PSRWLOCK lock)
{
	acquire(lock, true);
}

PNPN_EXPORT void WINAPI AcquireSRWLockShared(PSRWLOCK lock)
{
	acquire(lock, false);
}

PNPN_EXPORT BOOLEAN WINAPI TryAcquireSRWLockExclusive(PSRWLOCK lock)
{
	uint32_t old;

	return try_acquire(word_of(lock), true, &old);
}

PNPN_EXPORT BOOLEAN WINAPI TryAcquireSRWLockShared(PSRWLOCK lock)
{
	uint32_t old;

	return try_acquire(word_of(lock), false, &old);
}

PNPN_EXPORT void WINAPI ReleaseSRWLockExclusive(PSRWLOCK lock)
{
	release(lock, EXCLUSIVE);
}

PNPN_EXPORT void WINAPI ReleaseSRWLockShared(PSRWLOCK lock)
{
	release(lock, 1);
}
