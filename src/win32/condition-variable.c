/* SPDX-License-Identifier: MIT */
/* CONDITION_VARIABLE: 32 bits of it count the wake-ups. Who sleeps read the count while it held the lock: a wake-up that
 * comes before it sleeps has changed it. */
#include <errno.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/futex.h"
#include "win32/last-error.h"

static uint32_t *word_of(PCONDITION_VARIABLE variable)
{
	return (uint32_t *)(void *)variable;
}

static uint32_t count(PCONDITION_VARIABLE variable)
{
	return __atomic_load_n(word_of(variable), __ATOMIC_RELAXED);
}

/* Returns whether time was left; early for no reason, as Windows may. */
static bool sleep_on(PCONDITION_VARIABLE variable, uint32_t seen, DWORD milliseconds)
{
	struct timespec rest = {.tv_sec = milliseconds / 1000,
				.tv_nsec = milliseconds % 1000 * 1000000L};

	return pnpn_futex_wait(word_of(variable), seen, milliseconds == INFINITE ? NULL : &rest) ||
	       errno != ETIMEDOUT;
}

PNPN_EXPORT void WINAPI InitializeConditionVariable(PCONDITION_VARIABLE variable)
{
	*variable = (CONDITION_VARIABLE)CONDITION_VARIABLE_INIT;
}

PNPN_EXPORT BOOL WINAPI SleepConditionVariableCS(PCONDITION_VARIABLE variable,
						 PCRITICAL_SECTION section, DWORD milliseconds)
{
	uint32_t seen = count(variable);

	LeaveCriticalSection(section);
	bool woken = sleep_on(variable, seen, milliseconds);
	EnterCriticalSection(section);
	return woken ? TRUE : pnpn_fail(ERROR_TIMEOUT);
}

PNPN_EXPORT BOOL WINAPI SleepConditionVariableSRW(PCONDITION_VARIABLE variable, PSRWLOCK lock,
						  DWORD milliseconds, ULONG flags)
{
	bool shared = flags & CONDITION_VARIABLE_LOCKMODE_SHARED;
	uint32_t seen = count(variable);

	if (flags & ~(ULONG)CONDITION_VARIABLE_LOCKMODE_SHARED)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	(shared ? ReleaseSRWLockShared : ReleaseSRWLockExclusive)(lock);
	bool woken = sleep_on(variable, seen, milliseconds);
	(shared ? AcquireSRWLockShared : AcquireSRWLockExclusive)(lock);
	return woken ? TRUE : pnpn_fail(ERROR_TIMEOUT);
}

PNPN_EXPORT void WINAPI WakeConditionVariable(PCONDITION_VARIABLE variable)
{
	__atomic_add_fetch(word_of(variable), 1, __ATOMIC_RELAXED);
	pnpn_futex_wake(word_of(variable), 1);
}

PNPN_EXPORT void WINAPI WakeAllConditionVariable(PCONDITION_VARIABLE variable)
{
	__atomic_add_fetch(word_of(variable), 1, __ATOMIC_RELAXED);
	pnpn_futex_wake(word_of(variable), INT_MAX);
}
