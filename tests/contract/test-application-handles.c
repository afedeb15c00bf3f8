/* SPDX-License-Identifier: MIT */
/* Handles, and waiting for what they stand for (U18). */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <windows.h>
#include <cmocka.h>

#include "in-thread.h"

#define NO_HANDLE ((HANDLE)0x7770)

static HANDLE duplicate(HANDLE handle)
{
	HANDLE other = NULL;

	assert_true(DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &other, 0,
				    FALSE, DUPLICATE_SAME_ACCESS));
	assert_non_null(other);
	return other;
}

/* --- duplicates --------------------------------------------------------------------------------------- */

static void test_u18_a_duplicate_is_the_same_event(void **state)
{
	HANDLE first = CreateEventA(NULL, FALSE, FALSE, NULL), second = duplicate(first);

	(void)state;
	assert_true(SetEvent(second));
	assert_int_equal(WaitForSingleObject(first, 0), WAIT_OBJECT_0);
	assert_int_equal(WaitForSingleObject(second, 0), WAIT_TIMEOUT);
	assert_true(CloseHandle(first));
	assert_false(CloseHandle(first));
	assert_true(SetEvent(second));
	assert_int_equal(WaitForSingleObject(second, 0), WAIT_OBJECT_0);
	assert_true(CloseHandle(second));
	assert_false(SetEvent(second));
}

static DWORD CALLBACK ends(LPVOID handle)
{
	*(HANDLE *)handle = duplicate(GetCurrentThread());
	return 7;
}

static void test_u18_a_thread_gives_a_handle_of_itself(void **state)
{
	HANDLE thread = NULL;
	DWORD code;

	(void)state;
	(void)in_thread(ends, &thread);
	assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
	assert_true(GetExitCodeThread(thread, &code));
	assert_int_equal(code, 7);
	CloseHandle(thread);
}

static void CALLBACK count(ULONG_PTR counter)
{
	(*(int *)counter)++;
}

static void *end_elsewhere(void *handle)
{
	int calls = 0;
	HANDLE own = duplicate(GetCurrentThread()), again = duplicate(GetCurrentThread());

	assert_int_equal(WaitForSingleObject(own, 0), WAIT_TIMEOUT);
	assert_true(QueueUserAPC(count, own, (ULONG_PTR)&calls));
	assert_int_equal(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
	assert_int_equal(calls, 1);
	CloseHandle(own);
	*(HANDLE *)handle = again;
	return NULL;
}

/* One that the program made without Windows' functions. */
static void test_u18_any_thread_gives_a_handle_of_itself(void **state)
{
	HANDLE thread = NULL;
	pthread_t other;

	(void)state;
	assert_int_equal(pthread_create(&other, NULL, end_elsewhere, &thread), 0);
	pthread_join(other, NULL);
	assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
	assert_false(QueueUserAPC(count, thread, 0));
	CloseHandle(thread);
}

static void test_u18_what_has_no_duplicate(void **state)
{
	HANDLE self = GetCurrentProcess(), event = CreateEventA(NULL, FALSE, FALSE, NULL), other;

	(void)state;
	assert_false(DuplicateHandle(self, NO_HANDLE, self, &other, 0, FALSE, 0));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
	assert_false(DuplicateHandle(NO_HANDLE, event, self, &other, 0, FALSE, 0));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
	assert_false(DuplicateHandle(self, event, NO_HANDLE, &other, 0, FALSE, 0));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
	assert_false(DuplicateHandle(self, event, self, &other, 0, FALSE, 4));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	/* For closing alone. */
	assert_true(DuplicateHandle(self, event, self, NULL, 0, FALSE, DUPLICATE_CLOSE_SOURCE));
	assert_false(CloseHandle(event));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u18_a_duplicate_is_the_same_event),
		cmocka_unit_test(test_u18_a_thread_gives_a_handle_of_itself),
		cmocka_unit_test(test_u18_any_thread_gives_a_handle_of_itself),
		cmocka_unit_test(test_u18_what_has_no_duplicate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
