/* SPDX-License-Identifier: MIT */
/* The thread pool: work, timers, waits, and what programs had before it (U18). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <windows.h>
#include <cmocka.h>

/* What callbacks and the test share. */
struct shared {
	LONG calls, timed_out;
	HANDLE began, go_on;
	TP_WAIT_RESULT result;
};

static int setup(void **state)
{
	struct shared *shared = calloc(1, sizeof(*shared));

	shared->began = CreateEventA(NULL, FALSE, FALSE, NULL);
	shared->go_on = CreateEventA(NULL, TRUE, FALSE, NULL);
	*state = shared;
	return shared->began && shared->go_on ? 0 : -1;
}

static int teardown(void **state)
{
	struct shared *shared = *state;

	CloseHandle(shared->began);
	CloseHandle(shared->go_on);
	free(shared);
	return 0;
}

static LONG calls_of(struct shared *shared)
{
	return InterlockedCompareExchange(&shared->calls, 0, 0);
}

static void await(HANDLE object)
{
	assert_int_equal(WaitForSingleObject(object, INFINITE), WAIT_OBJECT_0);
}

static FILETIME in_milliseconds(LONGLONG milliseconds)
{
	ULONGLONG ticks = (ULONGLONG)(-milliseconds * 10000);

	return (FILETIME){.dwLowDateTime = (DWORD)ticks, .dwHighDateTime = (DWORD)(ticks >> 32)};
}

/* --- work ----------------------------------------------------------------------------------------- */

static void CALLBACK count(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
	struct shared *shared = context;

	(void)instance;
	(void)work;
	InterlockedIncrement(&shared->calls);
}

static void CALLBACK begin_and_wait(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
	struct shared *shared = context;

	(void)work;
	CallbackMayRunLong(instance);
	InterlockedIncrement(&shared->calls);
	SetEvent(shared->began);
	WaitForSingleObject(shared->go_on, INFINITE);
}

static void test_u18_work(void **state)
{
	struct shared *shared = *state;

	PTP_WORK work = CreateThreadpoolWork(count, shared, NULL);
	assert_non_null(work);
	for (int i = 0; i < 500; i++)
		SubmitThreadpoolWork(work);
	WaitForThreadpoolWorkCallbacks(work, FALSE);
	assert_int_equal(calls_of(shared), 500);
	CloseThreadpoolWork(work);
	assert_null(CreateThreadpoolWork(NULL, shared, NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

/* One that waits holds up no other, of the same work either. */
static void test_u18_work_side_by_side(void **state)
{
	struct shared *shared = *state;

	PTP_WORK work = CreateThreadpoolWork(begin_and_wait, shared, NULL);
	for (int i = 0; i < 8; i++) {
		SubmitThreadpoolWork(work);
		await(shared->began);
	}
	assert_int_equal(calls_of(shared), 8);
	SetEvent(shared->go_on);
	WaitForThreadpoolWorkCallbacks(work, FALSE);
	CloseThreadpoolWork(work);
}

/* Counts last: whoever has counted looks at nothing of the test's any more. */
static void CALLBACK wait_and_count(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
	struct shared *shared = context;

	(void)instance;
	(void)work;
	SetEvent(shared->began);
	WaitForSingleObject(shared->go_on, INFINITE);
	InterlockedIncrement(&shared->calls);
}

/* Closed while it is under way: the rest of the calls come, and then it goes. */
static void test_u18_work_closed_early(void **state)
{
	struct shared *shared = *state;

	PTP_WORK work = CreateThreadpoolWork(wait_and_count, shared, NULL);
	SubmitThreadpoolWork(work);
	SubmitThreadpoolWork(work);
	CloseThreadpoolWork(work);
	await(shared->began);
	SetEvent(shared->go_on);
	while (calls_of(shared) < 2)
		SwitchToThread();
}

static void CALLBACK returns_with_all(PTP_CALLBACK_INSTANCE instance, PVOID context)
{
	struct shared *shared = context;

	SetEventWhenCallbackReturns(instance, shared->began);
}

static DWORD WINAPI routine(LPVOID context)
{
	struct shared *shared = context;

	SetEvent(shared->began);
	return 0;
}

static void test_u18_single_callbacks(void **state)
{
	struct shared *shared = *state;

	assert_true(TrySubmitThreadpoolCallback(returns_with_all, shared, NULL));
	await(shared->began);
	assert_true(QueueUserWorkItem(routine, shared, WT_EXECUTELONGFUNCTION));
	await(shared->began);
	assert_false(QueueUserWorkItem(NULL, shared, 0));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

static void CALLBACK leaves(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
	struct shared *shared = context;

	(void)work;
	DisassociateCurrentThreadFromCallback(instance);
	WaitForSingleObject(shared->go_on, INFINITE);
	InterlockedIncrement(&shared->calls);
	SetEvent(shared->began);
}

/* Whoever waits for the callbacks does not wait for the rest of that one. */
static void test_u18_a_callback_that_leaves(void **state)
{
	struct shared *shared = *state;

	PTP_WORK work = CreateThreadpoolWork(leaves, shared, NULL);
	SubmitThreadpoolWork(work);
	WaitForThreadpoolWorkCallbacks(work, FALSE);
	assert_int_equal(calls_of(shared), 0);
	CloseThreadpoolWork(work);
	SetEvent(shared->go_on);
	await(shared->began);
}

/* --- timers --------------------------------------------------------------------------------------- */

static void CALLBACK on_timer(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_TIMER timer)
{
	struct shared *shared = context;

	(void)instance;
	(void)timer;
	InterlockedIncrement(&shared->calls);
	SetEvent(shared->began);
}

static void test_u18_timer(void **state)
{
	struct shared *shared = *state;
	FILETIME soon = in_milliseconds(5), late = in_milliseconds(3600000);

	PTP_TIMER timer = CreateThreadpoolTimer(on_timer, shared, NULL);
	assert_non_null(timer);
	assert_false(IsThreadpoolTimerSet(timer));
	ULONGLONG begin = GetTickCount64();
	SetThreadpoolTimer(timer, &soon, 0, 0);
	await(shared->began);
	assert_true(GetTickCount64() - begin >= 5);
	assert_false(IsThreadpoolTimerSet(timer));
	SetThreadpoolTimer(timer, &late, 0, 0);
	assert_true(IsThreadpoolTimerSet(timer));
	SetThreadpoolTimer(timer, NULL, 0, 0);
	assert_false(IsThreadpoolTimerSet(timer));
	WaitForThreadpoolTimerCallbacks(timer, TRUE);
	assert_int_equal(calls_of(shared), 1);
	GetSystemTimeAsFileTime(&soon); /* a time that is over when it is set */
	SetThreadpoolTimer(timer, &soon, 1, 0);
	while (calls_of(shared) < 5)
		await(shared->began);
	assert_true(SetThreadpoolTimerEx(timer, NULL, 0, 0));
	WaitForThreadpoolTimerCallbacks(timer, TRUE);
	LONG calls = calls_of(shared);
	CloseThreadpoolTimer(timer);
	assert_int_equal(calls_of(shared), calls);
}

/* --- waits ---------------------------------------------------------------------------------------- */

static void CALLBACK on_wait(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WAIT wait,
			     TP_WAIT_RESULT result)
{
	struct shared *shared = context;

	(void)instance;
	(void)wait;
	shared->result = result;
	SetEvent(shared->began);
}

static void test_u18_wait(void **state)
{
	struct shared *shared = *state;
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
	FILETIME soon = in_milliseconds(1);

	PTP_WAIT wait = CreateThreadpoolWait(on_wait, shared, NULL);
	SetThreadpoolWait(wait, event, NULL);
	SetEvent(event);
	await(shared->began);
	assert_int_equal(shared->result, WAIT_OBJECT_0);
	assert_int_equal(WaitForSingleObject(event, 0), WAIT_TIMEOUT); /* the wait took it */
	SetThreadpoolWait(wait, event, &soon);
	await(shared->began);
	assert_int_equal(shared->result, WAIT_TIMEOUT);
	SetThreadpoolWait(wait, event, NULL);
	SetThreadpoolWait(wait, NULL, NULL);
	WaitForThreadpoolWaitCallbacks(wait, TRUE);
	SetEvent(event);
	assert_int_equal(WaitForSingleObject(event, 0), WAIT_OBJECT_0); /* nobody took it */
	CloseThreadpoolWait(wait);
	CloseHandle(event);
}

static void CALLBACK on_registered(PVOID context, BOOLEAN timed_out)
{
	struct shared *shared = context;

	InterlockedExchange(&shared->timed_out, timed_out); /* calls of one timer may overlap */
	InterlockedIncrement(&shared->calls);
	SetEvent(shared->began);
}

static void test_u18_registered_wait(void **state)
{
	struct shared *shared = *state;
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), wait;

	assert_true(RegisterWaitForSingleObject(&wait, event, on_registered, shared, INFINITE,
						WT_EXECUTEDEFAULT));
	for (int i = 0; i < 3; i++) {
		SetEvent(event);
		await(shared->began);
		assert_false(shared->timed_out);
	}
	assert_true(UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
	SetEvent(event);
	assert_int_equal(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	assert_int_equal(calls_of(shared), 3);
	assert_true(RegisterWaitForSingleObject(&wait, event, on_registered, shared, 1,
						WT_EXECUTEONLYONCE));
	await(shared->began);
	assert_true(UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
	assert_true(shared->timed_out);
	assert_int_equal(calls_of(shared), 4);
	assert_false(UnregisterWait(NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
	CloseHandle(event);
}

static void CALLBACK wait_registered(PVOID context, BOOLEAN timed_out)
{
	struct shared *shared = context;

	(void)timed_out;
	SetEvent(shared->began);
	WaitForSingleObject(shared->go_on, INFINITE);
	InterlockedIncrement(&shared->calls);
}

/* The event is set when the last call is over, and not before. */
static void test_u18_unregistered_during_a_call(void **state)
{
	struct shared *shared = *state;
	HANDLE event = CreateEventA(NULL, TRUE, TRUE, NULL), over, wait;

	over = CreateEventA(NULL, TRUE, FALSE, NULL);
	assert_true(
		RegisterWaitForSingleObject(&wait, event, wait_registered, shared, INFINITE, 0));
	await(shared->began);
	assert_false(UnregisterWaitEx(wait, over));
	assert_int_equal(GetLastError(), ERROR_IO_PENDING);
	assert_int_equal(WaitForSingleObject(over, 0), WAIT_TIMEOUT);
	SetEvent(shared->go_on);
	await(over);
	assert_int_equal(calls_of(shared), 1);
	CloseHandle(over);
	CloseHandle(event);
}

/* --- timer queues --------------------------------------------------------------------------------- */

static void test_u18_timer_queue(void **state)
{
	struct shared *shared = *state;
	HANDLE queue = CreateTimerQueue(), timer, other;

	assert_non_null(queue);
	assert_true(CreateTimerQueueTimer(&timer, queue, on_registered, shared, 1, 0, 0));
	await(shared->began);
	assert_true(shared->timed_out);
	assert_true(ChangeTimerQueueTimer(queue, timer, 0, 1)); /* it is over, and stays over */
	assert_true(DeleteTimerQueueTimer(queue, timer, INVALID_HANDLE_VALUE));
	assert_int_equal(calls_of(shared), 1);
	assert_true(CreateTimerQueueTimer(&timer, NULL, on_registered, shared, 0, 1,
					  WT_EXECUTEINTIMERTHREAD));
	while (calls_of(shared) < 5)
		await(shared->began);
	assert_true(DeleteTimerQueueTimer(NULL, timer, INVALID_HANDLE_VALUE));
	LONG calls = calls_of(shared);
	assert_true(CreateTimerQueueTimer(&timer, queue, on_registered, shared, 3600000, 0, 0));
	assert_true(CreateTimerQueueTimer(&other, queue, on_registered, shared, 3600000, 0, 0));
	assert_true(ChangeTimerQueueTimer(queue, timer, 0, 0));
	while (calls_of(shared) == calls)
		SwitchToThread();
	assert_true(DeleteTimerQueueEx(queue, INVALID_HANDLE_VALUE));
	assert_int_equal(calls_of(shared), calls + 1);
	assert_false(DeleteTimerQueue(NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_u18_work),
		TEST(test_u18_work_side_by_side),
		TEST(test_u18_work_closed_early),
		TEST(test_u18_single_callbacks),
		TEST(test_u18_a_callback_that_leaves),
		TEST(test_u18_timer),
		TEST(test_u18_wait),
		TEST(test_u18_registered_wait),
		TEST(test_u18_unregistered_during_a_call),
		TEST(test_u18_timer_queue),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
