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
#define THREADS	  4
#define ROUNDS	  200

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

/* --- semaphores --------------------------------------------------------------------------------------- */

static void test_u18_a_semaphore_lets_so_many_through(void **state)
{
	HANDLE semaphore = CreateSemaphoreA(NULL, 1, 3, NULL);
	LONG previous = -1;

	(void)state;
	assert_int_equal(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);
	assert_int_equal(WaitForSingleObject(semaphore, 0), WAIT_TIMEOUT);
	assert_true(ReleaseSemaphore(semaphore, 2, &previous));
	assert_int_equal(previous, 0);
	assert_false(ReleaseSemaphore(semaphore, 2, &previous));
	assert_int_equal(GetLastError(), ERROR_TOO_MANY_POSTS);
	assert_false(ReleaseSemaphore(semaphore, 0, NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_int_equal(previous, 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);
	assert_int_equal(WaitForSingleObject(semaphore, 0), WAIT_TIMEOUT);
	CloseHandle(semaphore);
	assert_null(CreateSemaphoreW(NULL, 2, 1, NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

struct table {
	HANDLE places, enough;
	LONG seated, most, served;
};

static DWORD CALLBACK eat(LPVOID argument)
{
	struct table *table = argument;

	for (int i = 0; i < ROUNDS; i++) {
		assert_int_equal(WaitForSingleObject(table->places, INFINITE), WAIT_OBJECT_0);
		LONG seated = InterlockedIncrement(&table->seated), most = table->most;
		while (seated > most)
			most = InterlockedCompareExchange(&table->most, seated, most);
		InterlockedDecrement(&table->seated);
		assert_true(ReleaseSemaphore(table->places, 1, NULL));
	}
	return InterlockedIncrement(&table->served) == THREADS ? SetEvent(table->enough) : TRUE;
}

static void test_u18_a_semaphore_between_threads(void **state)
{
	struct table table = {.places = CreateSemaphoreA(NULL, 2, 2, NULL),
			      .enough = CreateEventA(NULL, TRUE, FALSE, NULL)};
	HANDLE threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_non_null(threads[i] = CreateThread(NULL, 0, eat, &table, 0, NULL));
	assert_int_equal(WaitForSingleObject(table.enough, INFINITE), WAIT_OBJECT_0);
	assert_int_equal(WaitForMultipleObjects(THREADS, threads, TRUE, INFINITE), WAIT_OBJECT_0);
	for (int i = 0; i < THREADS; i++)
		CloseHandle(threads[i]);
	assert_in_range(table.most, 1, 2);
	CloseHandle(table.enough);
	CloseHandle(table.places);
}

/* --- mutexes ------------------------------------------------------------------------------------------ */

static DWORD CALLBACK try_mutex(LPVOID mutex)
{
	DWORD result = WaitForSingleObject(mutex, 0);

	if (result == WAIT_TIMEOUT) {
		assert_false(ReleaseMutex(mutex));
		assert_int_equal(GetLastError(), ERROR_NOT_OWNER);
	} else {
		assert_true(ReleaseMutex(mutex));
	}
	return result;
}

static void test_u18_a_mutex_is_one_threads(void **state)
{
	HANDLE mutex = CreateMutexA(NULL, TRUE, NULL);

	(void)state;
	assert_int_equal(WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);
	assert_int_equal(in_thread(try_mutex, mutex), WAIT_TIMEOUT);
	assert_true(ReleaseMutex(mutex));
	assert_int_equal(in_thread(try_mutex, mutex), WAIT_TIMEOUT);
	assert_true(ReleaseMutex(mutex));
	assert_false(ReleaseMutex(mutex));
	assert_int_equal(in_thread(try_mutex, mutex), WAIT_OBJECT_0);
	CloseHandle(mutex);
}

static DWORD CALLBACK take_and_end(LPVOID mutex)
{
	return WaitForSingleObject(mutex, INFINITE);
}

static void *take_and_end_elsewhere(void *mutex)
{
	(void)take_and_end(mutex);
	return NULL;
}

static void test_u18_who_ends_leaves_a_mutex(void **state)
{
	HANDLE mutex = CreateMutexW(NULL, FALSE, NULL),
	       event = CreateEventA(NULL, TRUE, TRUE, NULL);
	HANDLE both[] = {event, mutex};
	pthread_t other;

	(void)state;
	assert_int_equal(in_thread(take_and_end, mutex), WAIT_OBJECT_0);
	assert_int_equal(WaitForSingleObject(mutex, 0), WAIT_ABANDONED_0);
	assert_int_equal(WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);
	assert_true(ReleaseMutex(mutex));
	assert_true(ReleaseMutex(mutex));
	assert_int_equal(pthread_create(&other, NULL, take_and_end_elsewhere, mutex), 0);
	pthread_join(other, NULL);
	assert_int_equal(WaitForMultipleObjects(2, both, TRUE, 0), WAIT_ABANDONED_0);
	assert_true(ReleaseMutex(mutex));
	assert_int_equal(in_thread(take_and_end, mutex), WAIT_OBJECT_0);
	ResetEvent(event);
	assert_int_equal(WaitForMultipleObjects(2, both, FALSE, 0), WAIT_ABANDONED_0 + 1);
	CloseHandle(mutex); /* while it is owned */
	CloseHandle(event);
}

struct account {
	HANDLE mutex, semaphore;
	int sum;
};

static DWORD CALLBACK add(LPVOID argument)
{
	struct account *account = argument;
	HANDLE both[] = {account->mutex, account->semaphore};

	for (int i = 0; i < ROUNDS; i++) {
		assert_int_equal(WaitForMultipleObjects(2, both, TRUE, INFINITE), WAIT_OBJECT_0);
		account->sum++;
		assert_true(ReleaseSemaphore(account->semaphore, 1, NULL));
		assert_true(ReleaseMutex(account->mutex));
	}
	return 0;
}

/* All or nothing: none is taken while the other is not to be had. */
static void test_u18_mutex_and_semaphore_at_once(void **state)
{
	struct account account = {.mutex = CreateMutexA(NULL, FALSE, NULL),
				  .semaphore = CreateSemaphoreA(NULL, 1, 1, NULL)};
	HANDLE threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_non_null(threads[i] = CreateThread(NULL, 0, add, &account, 0, NULL));
	assert_int_equal(WaitForMultipleObjects(THREADS, threads, TRUE, INFINITE), WAIT_OBJECT_0);
	for (int i = 0; i < THREADS; i++)
		CloseHandle(threads[i]);
	assert_int_equal(account.sum, THREADS * ROUNDS);
	CloseHandle(account.semaphore);
	CloseHandle(account.mutex);
}

static DWORD CALLBACK answer(LPVOID argument)
{
	HANDLE *handles = argument;

	assert_int_equal(WaitForSingleObject(handles[0], INFINITE), WAIT_OBJECT_0);
	return SetEvent(handles[1]);
}

static void test_u18_signal_one_and_wait_for_another(void **state)
{
	HANDLE handles[] = {CreateSemaphoreA(NULL, 0, 1, NULL),
			    CreateEventA(NULL, FALSE, FALSE, NULL)};
	HANDLE thread = CreateThread(NULL, 0, answer, handles, 0, NULL);

	(void)state;
	assert_non_null(thread);
	assert_int_equal(SignalObjectAndWait(handles[0], handles[1], INFINITE, FALSE),
			 WAIT_OBJECT_0);
	assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
	assert_int_equal(SignalObjectAndWait(thread, handles[1], 0, FALSE), WAIT_FAILED);
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
	CloseHandle(thread);
	CloseHandle(handles[0]);
	CloseHandle(handles[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u18_a_duplicate_is_the_same_event),
		cmocka_unit_test(test_u18_a_thread_gives_a_handle_of_itself),
		cmocka_unit_test(test_u18_any_thread_gives_a_handle_of_itself),
		cmocka_unit_test(test_u18_what_has_no_duplicate),
		cmocka_unit_test(test_u18_a_semaphore_lets_so_many_through),
		cmocka_unit_test(test_u18_a_semaphore_between_threads),
		cmocka_unit_test(test_u18_a_mutex_is_one_threads),
		cmocka_unit_test(test_u18_who_ends_leaves_a_mutex),
		cmocka_unit_test(test_u18_mutex_and_semaphore_at_once),
		cmocka_unit_test(test_u18_signal_one_and_wait_for_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
