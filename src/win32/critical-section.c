/* SPDX-License-Identifier: MIT */
/* CRITICAL_SECTION: a lock that its owner may take again. LockCount is -1 free, 0 taken, 1 taken and somebody may sleep. */
#include <errno.h>
#include <string.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/futex.h"
#include "win32/last-error.h"

enum {
	FREE = -1,
	TAKEN = 0,
	AWAITED = 1,
};

/* Only the owner writes its own id here: whoever reads it owns the section, or does not. */
static bool is_own(CRITICAL_SECTION *section)
{
	return __atomic_load_n(&section->OwningThread, __ATOMIC_RELAXED) ==
	       ULongToHandle(GetCurrentThreadId());
}

static void own(CRITICAL_SECTION *section)
{
	__atomic_store_n(&section->OwningThread, ULongToHandle(GetCurrentThreadId()),
			 __ATOMIC_RELAXED);
	section->RecursionCount = 1;
}

PNPN_EXPORT void WINAPI InitializeCriticalSection(LPCRITICAL_SECTION section)
{
	memset(section, 0, sizeof(*section));
	section->LockCount = FREE;
}

/* On how long to spin the kernel knows better. */
PNPN_EXPORT BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section,
							      DWORD spins)
{
	InitializeCriticalSection(section);
	section->SpinCount = spins;
	return TRUE;
}

PNPN_EXPORT BOOL WINAPI InitializeCriticalSectionEx(LPCRITICAL_SECTION section, DWORD spins,
						    DWORD flags)
{
	const DWORD known = RTL_CRITICAL_SECTION_FLAG_NO_DEBUG_INFO |
			    RTL_CRITICAL_SECTION_FLAG_DYNAMIC_SPIN |
			    RTL_CRITICAL_SECTION_FLAG_STATIC_INIT;

	if (flags & ~known)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	return InitializeCriticalSectionAndSpinCount(section, spins);
}

PNPN_EXPORT DWORD WINAPI SetCriticalSectionSpinCount(LPCRITICAL_SECTION section, DWORD spins)
{
	return (DWORD)__atomic_exchange_n(&section->SpinCount, spins, __ATOMIC_RELAXED);
}

PNPN_EXPORT void WINAPI DeleteCriticalSection(LPCRITICAL_SECTION section)
{
	InitializeCriticalSection(section);
}

PNPN_EXPORT BOOL WINAPI TryEnterCriticalSection(LPCRITICAL_SECTION section)
{
	LONG expected = FREE;

	if (is_own(section)) {
		section->RecursionCount++;
		return TRUE;
	}
	/* Acquires what LeaveCriticalSection() released. */
	if (!__atomic_compare_exchange_n(&section->LockCount, &expected, TAKEN, false,
					 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return FALSE;
	own(section);
	return TRUE;
}

PNPN_EXPORT void WINAPI EnterCriticalSection(LPCRITICAL_SECTION section)
{
	if (TryEnterCriticalSection(section))
		return;
	/* Who slept can't know that nobody else does, and takes it as awaited. */
	while (__atomic_exchange_n(&section->LockCount, AWAITED, __ATOMIC_ACQUIRE) != FREE)
		(void)pnpn_futex_wait((uint32_t *)&section->LockCount, AWAITED, NULL);
	own(section);
}

PNPN_EXPORT void WINAPI LeaveCriticalSection(LPCRITICAL_SECTION section)
{
	if (!is_own(section) || --section->RecursionCount)
		return;
	__atomic_store_n(&section->OwningThread, NULL, __ATOMIC_RELAXED);
	/* Releases to who takes it next. */
	if (__atomic_exchange_n(&section->LockCount, FREE, __ATOMIC_RELEASE) == AWAITED)
		pnpn_futex_wake((uint32_t *)&section->LockCount, 1);
}
