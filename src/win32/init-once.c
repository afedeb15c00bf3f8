/* SPDX-License-Identifier: MIT */
/* INIT_ONCE: what is to be done once. Its pointer is a state in two bits and, when it is done, the context in the others. */
#include <windows.h>

#include "win32/export.h"
#include "win32/futex.h"
#include "win32/last-error.h"

enum {
	NOT_YET = 0,
	UNDER_WAY = 1, /* by one, the others wait */
	DONE = 2,
	OPEN = 3, /* by whoever wants; the first to complete wins */
	STATE = 3,
};

static uintptr_t load(PINIT_ONCE once)
{
	/* Acquires what was made before replace() said so. */
	return (uintptr_t)__atomic_load_n(&once->Ptr, __ATOMIC_ACQUIRE);
}

static bool replace(PINIT_ONCE once, uintptr_t old, uintptr_t new)
{
	PVOID expected = (PVOID)old;

	return __atomic_compare_exchange_n(&once->Ptr, &expected, (PVOID) new, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

static void give_context(uintptr_t value, LPVOID *ret_context)
{
	if (ret_context)
		*ret_context = (LPVOID)(value & ~(uintptr_t)STATE);
}

PNPN_EXPORT void WINAPI InitOnceInitialize(PINIT_ONCE once)
{
	*once = (INIT_ONCE)INIT_ONCE_STATIC_INIT;
}

/* Whether it is done, or the caller's to do. */
static BOOL begin(PINIT_ONCE once, uintptr_t way, PBOOL pending, LPVOID *ret_context)
{
	for (;;) {
		uintptr_t value = load(once);

		if ((value & STATE) == DONE) {
			give_context(value, ret_context);
			*pending = FALSE;
			return TRUE;
		}
		if (value != NOT_YET && (value == OPEN) != (way == OPEN))
			return pnpn_fail(ERROR_INVALID_PARAMETER);
		if (value == OPEN || (value == NOT_YET && replace(once, NOT_YET, way))) {
			*pending = TRUE;
			return TRUE;
		}
		if (value == UNDER_WAY)
			(void)pnpn_futex_wait((uint32_t *)(void *)once, UNDER_WAY, NULL);
	}
}

PNPN_EXPORT BOOL WINAPI InitOnceBeginInitialize(LPINIT_ONCE once, DWORD flags, PBOOL pending,
						LPVOID *ret_context)
{
	if (flags == 0 || flags == INIT_ONCE_ASYNC)
		return begin(once, flags ? OPEN : UNDER_WAY, pending, ret_context);
	if (flags != INIT_ONCE_CHECK_ONLY)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	uintptr_t value = load(once);
	*pending = (value & STATE) != DONE;
	if (*pending)
		return pnpn_fail(ERROR_GEN_FAILURE);
	give_context(value, ret_context);
	return TRUE;
}

PNPN_EXPORT BOOL WINAPI InitOnceComplete(LPINIT_ONCE once, DWORD flags, LPVOID context)
{
	bool failed = flags == INIT_ONCE_INIT_FAILED;
	uintptr_t way = flags == INIT_ONCE_ASYNC ? OPEN : UNDER_WAY;

	if ((flags && flags != INIT_ONCE_ASYNC && !failed) || (uintptr_t)context & STATE ||
	    (failed && context))
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	if (!replace(once, way, failed ? NOT_YET : (uintptr_t)context | DONE))
		return pnpn_fail((load(once) & STATE) == DONE ? ERROR_ALREADY_EXISTS
							      : ERROR_INVALID_PARAMETER);
	pnpn_futex_wake((uint32_t *)(void *)once, INT_MAX);
	return TRUE;
}

PNPN_EXPORT BOOL WINAPI InitOnceExecuteOnce(PINIT_ONCE once, PINIT_ONCE_FN routine, PVOID parameter,
					    LPVOID *ret_context)
{
	LPVOID context = NULL;
	BOOL pending;

	if (!begin(once, UNDER_WAY, &pending, ret_context))
		return FALSE;
	if (!pending)
		return TRUE;
	if (!routine(once, parameter, &context)) {
		DWORD error = GetLastError();

		(void)InitOnceComplete(once, INIT_ONCE_INIT_FAILED, NULL);
		return pnpn_fail(error);
	}
	if (!InitOnceComplete(once, 0, context))
		return FALSE;
	if (ret_context)
		*ret_context = context;
	return TRUE;
}
