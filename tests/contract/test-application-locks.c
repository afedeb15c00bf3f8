/* SPDX-License-Identifier: MIT */
/* Windows' locks, condition variables and INIT_ONCE, from many threads (U18). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <windows.h>
#include <cmocka.h>

#include "../support/patience.h"
#include "in-thread.h"

#define THREADS	    4
#define ROUNDS	    2000
#define SLIM_ROUNDS 200

static void run_all(LPTHREAD_START_ROUTINE routine, void *argument)
{
	HANDLE threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		assert_non_null(threads[i] = CreateThread(NULL, 0, routine, argument, 0, NULL));
	assert_int_equal(WaitForMultipleObjects(THREADS, threads, TRUE, INFINITE), WAIT_OBJECT_0);
	for (int i = 0; i < THREADS; i++)
		CloseHandle(threads[i]);
}

/* --- critical sections ---------------------------------------------------------------------------- */

static CRITICAL_SECTION section;
static int sum;

static DWORD WINAPI add_in_section(LPVOID unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		EnterCriticalSection(&section);
		EnterCriticalSection(&section);
		sum++;
		LeaveCriticalSection(&section);
		if (i % 64 == 0)
			Sleep(0);
		LeaveCriticalSection(&section);
	}
	return 0;
}

static DWORD WINAPI try_section(LPVOID unused)
{
	(void)unused;
	if (!TryEnterCriticalSection(&section))
		return FALSE;
	LeaveCriticalSection(&section);
	return TRUE;
}

static void test_u18_critical_section(void **state)
{
	(void)state;
	sum = 0;
	InitializeCriticalSection(&section);
	run_all(add_in_section, NULL);
	assert_int_equal(sum, THREADS * ROUNDS);
	assert_int_equal(section.LockCount, -1);
	DeleteCriticalSection(&section);
}

static void test_u18_critical_section_is_its_owners(void **state)
{
	(void)state;
	assert_true(InitializeCriticalSectionAndSpinCount(&section, 4000));
	assert_true(TryEnterCriticalSection(&section));
	assert_true(TryEnterCriticalSection(&section));
	assert_false(in_thread(try_section, NULL));
	LeaveCriticalSection(&section);
	assert_false(in_thread(try_section, NULL));
	LeaveCriticalSection(&section);
	assert_true(in_thread(try_section, NULL));
	assert_int_equal(SetCriticalSectionSpinCount(&section, 1), 4000);
	DeleteCriticalSection(&section);
	assert_false(InitializeCriticalSectionEx(&section, 0, 1));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

/* --- slim locks ----------------------------------------------------------------------------------- */

static SRWLOCK slim = SRWLOCK_INIT;
static int one, other;

static DWORD WINAPI read_and_write(LPVOID unused)
{
	DWORD differences = 0;

	(void)unused;
	for (int i = 0; i < SLIM_ROUNDS; i++) {
		if (i % 4 == 0) {
			AcquireSRWLockExclusive(&slim);
			one++;
			Sleep(0); /* let others come, and sleep */
			other++;
			ReleaseSRWLockExclusive(&slim);
		} else {
			AcquireSRWLockShared(&slim);
			differences += one != other;
			Sleep(0);
			ReleaseSRWLockShared(&slim);
		}
	}
	return differences;
}

static DWORD WINAPI read_and_write_well(LPVOID unused)
{
	/* A failure is the process's end: cmocka's own is not for other threads. */
	if (read_and_write(unused))
		abort();
	return 0;
}

static DWORD WINAPI try_shared(LPVOID unused)
{
	(void)unused;
	if (!TryAcquireSRWLockShared(&slim))
		return FALSE;
	ReleaseSRWLockShared(&slim);
	return TRUE;
}

static DWORD WINAPI try_exclusive(LPVOID unused)
{
	(void)unused;
	if (!TryAcquireSRWLockExclusive(&slim))
		return FALSE;
	ReleaseSRWLockExclusive(&slim);
	return TRUE;
}

static void test_u18_slim_lock(void **state)
{
	(void)state;
	InitializeSRWLock(&slim);
	one = other = 0;
	run_all(read_and_write_well, NULL);
	assert_int_equal(one, THREADS * SLIM_ROUNDS / 4);
	assert_null(slim.Ptr);
}

static void test_u18_slim_lock_readers_and_writer(void **state)
{
	(void)state;
	AcquireSRWLockShared(&slim);
	assert_true(in_thread(try_shared, NULL));
	assert_false(in_thread(try_exclusive, NULL));
	ReleaseSRWLockShared(&slim);
	AcquireSRWLockExclusive(&slim);
	assert_false(in_thread(try_shared, NULL));
	assert_false(in_thread(try_exclusive, NULL));
	ReleaseSRWLockExclusive(&slim);
	assert_true(in_thread(try_exclusive, NULL));
}

static DWORD WINAPI write_once(LPVOID unused)
{
	(void)unused;
	AcquireSRWLockExclusive(&slim);
	one++;
	ReleaseSRWLockExclusive(&slim);
	return 0;
}

/* Readers that come one after the other would keep him out for ever. */
static void test_u18_slim_lock_a_writer_who_waits_is_next(void **state)
{
	ULONGLONG patience = GetTickCount64() + PATIENCE_MS;

	(void)state;
	one = 0;
	AcquireSRWLockShared(&slim);
	HANDLE writer = CreateThread(NULL, 0, write_once, NULL, 0, NULL);
	assert_non_null(writer);
	while (TryAcquireSRWLockShared(&slim)) {
		ReleaseSRWLockShared(&slim);
		assert_true(GetTickCount64() < patience);
	}
	assert_int_equal(one, 0);
	ReleaseSRWLockShared(&slim);
	assert_int_equal(WaitForSingleObject(writer, INFINITE), WAIT_OBJECT_0);
	assert_int_equal(one, 1);
	CloseHandle(writer);
}

/* --- condition variables -------------------------------------------------------------------------- */

/* A place for one number, that one half of the threads fill and the other half empty. */
static CONDITION_VARIABLE changed = CONDITION_VARIABLE_INIT;
static int place, taken, turns;

static bool sleep_until_changed(bool slim_one)
{
	return slim_one ? SleepConditionVariableSRW(&changed, &slim, INFINITE, 0)
			: SleepConditionVariableCS(&changed, &section, INFINITE);
}

static DWORD WINAPI fill_or_empty(LPVOID argument)
{
	bool slim_one = argument, fills = __atomic_fetch_add(&turns, 1, __ATOMIC_RELAXED) % 2;

	for (int i = 0; i < ROUNDS / 4; i++) {
		slim_one ? AcquireSRWLockExclusive(&slim) : EnterCriticalSection(&section);
		while (fills == (place != 0))
			if (!sleep_until_changed(slim_one))
				abort();
		taken += place;
		place = fills;
		slim_one ? ReleaseSRWLockExclusive(&slim) : LeaveCriticalSection(&section);
		WakeAllConditionVariable(&changed);
	}
	return 0;
}

static void test_u18_condition_variable(void **state)
{
	(void)state;
	InitializeCriticalSection(&section);
	for (int slim_one = 0; slim_one < 2; slim_one++) {
		InitializeConditionVariable(&changed);
		place = taken = 0;
		run_all(fill_or_empty, slim_one ? &slim : NULL);
		assert_int_equal(taken, THREADS / 2 * ROUNDS / 4);
		assert_int_equal(place, 0);
	}
	DeleteCriticalSection(&section);
}

static int sleepers, woken;

static DWORD WINAPI sleep_for_one(LPVOID unused)
{
	(void)unused;
	AcquireSRWLockShared(&slim);
	__atomic_add_fetch(&sleepers, 1, __ATOMIC_RELAXED);
	while (!__atomic_load_n(&woken, __ATOMIC_RELAXED))
		if (!SleepConditionVariableSRW(&changed, &slim, INFINITE,
					       CONDITION_VARIABLE_LOCKMODE_SHARED))
			abort();
	ReleaseSRWLockShared(&slim);
	return 0;
}

/* Whoever is counted has the lock until it sleeps: behind it, one wake-up is enough for one. */
static void test_u18_condition_variable_wakes_one(void **state)
{
	(void)state;
	sleepers = woken = 0;
	HANDLE thread = CreateThread(NULL, 0, sleep_for_one, NULL, 0, NULL);
	assert_non_null(thread);
	while (!__atomic_load_n(&sleepers, __ATOMIC_RELAXED))
		Sleep(1);
	AcquireSRWLockExclusive(&slim);
	__atomic_store_n(&woken, 1, __ATOMIC_RELAXED);
	ReleaseSRWLockExclusive(&slim);
	Sleep(1); /* it may sleep by now, or not */
	WakeConditionVariable(&changed);
	assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
	CloseHandle(thread);
}

static void test_u18_condition_variable_times_out(void **state)
{
	BOOL woken_early;

	(void)state;
	AcquireSRWLockExclusive(&slim);
	do
		woken_early = SleepConditionVariableSRW(&changed, &slim, 1, 0);
	while (woken_early);
	assert_int_equal(GetLastError(), ERROR_TIMEOUT);
	assert_false(in_thread(try_shared, NULL)); /* has the lock again */
	assert_false(SleepConditionVariableSRW(&changed, &slim, 1, 2));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_false(in_thread(try_shared, NULL));
	ReleaseSRWLockExclusive(&slim);
}

/* --- once ----------------------------------------------------------------------------------------- */

static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
static int made;

static BOOL WINAPI make(PINIT_ONCE self, PVOID fails, PVOID *ret_context)
{
	(void)self;
	Sleep(1);
	made++;
	if (fails)
		SetLastError(ERROR_GEN_FAILURE);
	else
		*ret_context = &made;
	return !fails;
}

static DWORD WINAPI use(LPVOID unused)
{
	LPVOID context = NULL;

	(void)unused;
	if (!InitOnceExecuteOnce(&once, make, NULL, &context) || context != &made || made != 2)
		abort();
	return 0;
}

static void test_u18_init_once(void **state)
{
	BOOL pending;

	(void)state;
	made = 0;
	assert_false(InitOnceExecuteOnce(&once, make, &once, NULL));
	assert_int_equal(GetLastError(), ERROR_GEN_FAILURE);
	assert_false(InitOnceBeginInitialize(&once, INIT_ONCE_CHECK_ONLY, &pending, NULL));
	run_all(use, NULL); /* the second attempt, and no third */
	assert_int_equal(made, 2);
	assert_true(InitOnceBeginInitialize(&once, INIT_ONCE_CHECK_ONLY, &pending, NULL));
	assert_false(pending);
}

static void test_u18_init_once_first_of_many(void **state)
{
	INIT_ONCE open;
	LPVOID context;
	BOOL pending;
	int first __attribute__((aligned(8))), second __attribute__((aligned(8)));

	(void)state;
	InitOnceInitialize(&open);
	for (int i = 0; i < 2; i++) {
		assert_true(InitOnceBeginInitialize(&open, INIT_ONCE_ASYNC, &pending, NULL));
		assert_true(pending);
	}
	assert_false(InitOnceBeginInitialize(&open, 0, &pending, NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_false(InitOnceComplete(&open, INIT_ONCE_ASYNC, (char *)&first + 1));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_true(InitOnceComplete(&open, INIT_ONCE_ASYNC, &first));
	assert_false(InitOnceComplete(&open, INIT_ONCE_ASYNC, &second));
	assert_int_equal(GetLastError(), ERROR_ALREADY_EXISTS);
	assert_true(InitOnceBeginInitialize(&open, INIT_ONCE_ASYNC, &pending, &context));
	assert_false(pending);
	assert_ptr_equal(context, &first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u18_critical_section),
		cmocka_unit_test(test_u18_critical_section_is_its_owners),
		cmocka_unit_test(test_u18_slim_lock),
		cmocka_unit_test(test_u18_slim_lock_readers_and_writer),
		cmocka_unit_test(test_u18_slim_lock_a_writer_who_waits_is_next),
		cmocka_unit_test(test_u18_condition_variable),
		cmocka_unit_test(test_u18_condition_variable_wakes_one),
		cmocka_unit_test(test_u18_condition_variable_times_out),
		cmocka_unit_test(test_u18_init_once),
		cmocka_unit_test(test_u18_init_once_first_of_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
