/* SPDX-License-Identifier: MIT */
/* Handles, and waiting for what they stand for (U18). */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>
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

/* --- timers ------------------------------------------------------------------------------------------- */

#define UNITS_PER_MS 10000

static BOOL set_timer(HANDLE timer, LONGLONG due, LONG period, PTIMERAPCROUTINE routine,
		      LPVOID argument)
{
	return SetWaitableTimer(timer, &(LARGE_INTEGER){.QuadPart = due}, period, routine, argument,
				FALSE);
}

static ULONGLONG file_time(void)
{
	FILETIME time;

	GetSystemTimeAsFileTime(&time);
	return (ULONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

static void test_u18_a_timer_is_signaled_when_it_is_due(void **state)
{
	HANDLE timer = CreateWaitableTimerA(NULL, FALSE, NULL);
	ULONGLONG begin = file_time();

	(void)state;
	assert_int_equal(WaitForSingleObject(timer, 0), WAIT_TIMEOUT);
	assert_true(set_timer(timer, -20 * UNITS_PER_MS, 0, NULL, NULL));
	assert_int_equal(WaitForSingleObject(timer, INFINITE), WAIT_OBJECT_0);
	assert_true(file_time() - begin >= 20 * UNITS_PER_MS);
	assert_int_equal(WaitForSingleObject(timer, 0), WAIT_TIMEOUT);
	begin = file_time();
	assert_true(set_timer(timer, (LONGLONG)begin + 20 * UNITS_PER_MS, 0, NULL, NULL));
	assert_int_equal(WaitForSingleObject(timer, INFINITE), WAIT_OBJECT_0);
	assert_true(file_time() >= begin + 20 * UNITS_PER_MS);
	/* What is past is due. */
	assert_true(set_timer(timer, 1, 0, NULL, NULL));
	assert_int_equal(WaitForSingleObject(timer, INFINITE), WAIT_OBJECT_0);
	assert_true(set_timer(timer, 0, 1, NULL, NULL));
	for (int i = 0; i < 5; i++)
		assert_int_equal(WaitForSingleObject(timer, INFINITE), WAIT_OBJECT_0);
	CloseHandle(timer);
}

static void test_u18_a_timer_that_is_reset_by_hand(void **state)
{
	HANDLE timer = CreateWaitableTimerW(NULL, TRUE, NULL);

	(void)state;
	assert_true(set_timer(timer, 0, 0, NULL, NULL));
	for (int i = 0; i < 2; i++)
		assert_int_equal(WaitForSingleObject(timer, INFINITE), WAIT_OBJECT_0);
	assert_true(CancelWaitableTimer(timer));
	assert_int_equal(WaitForSingleObject(timer, 0), WAIT_OBJECT_0);
	assert_true(set_timer(timer, -3600LL * 1000 * UNITS_PER_MS, 0, NULL, NULL));
	assert_int_equal(WaitForSingleObject(timer, 0), WAIT_TIMEOUT);
	assert_false(SetWaitableTimer(timer, NULL, 0, NULL, NULL, FALSE));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_false(set_timer(timer, 0, -1, NULL, NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	CloseHandle(timer);
}

static void CALLBACK on_time(LPVOID argument, DWORD low, DWORD high)
{
	*(ULONGLONG *)argument = (ULONGLONG)high << 32 | low;
}

static void test_u18_a_timer_calls_the_thread_that_set_it(void **state)
{
	HANDLE timer = CreateWaitableTimerA(NULL, TRUE, NULL);
	ULONGLONG time = 0, begin = file_time();

	(void)state;
	assert_true(set_timer(timer, -1, 0, on_time, &time));
	assert_int_equal(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
	assert_in_range(time, begin, file_time());
	/* What was set before it was called is called no more. */
	time = 0;
	assert_true(set_timer(timer, 0, 0, on_time, &time));
	assert_int_equal(WaitForSingleObject(timer, INFINITE), WAIT_OBJECT_0);
	assert_true(CancelWaitableTimer(timer));
	(void)SleepEx(0, TRUE);
	assert_true(set_timer(timer, 0, 0, on_time, &time));
	assert_int_equal(WaitForSingleObject(timer, INFINITE), WAIT_OBJECT_0);
	CloseHandle(timer);
	(void)SleepEx(0, TRUE);
	assert_int_equal(time, 0);
}

static DWORD CALLBACK set_and_end(LPVOID timer)
{
	assert_true(set_timer(timer, 0, 0, on_time, NULL));
	return WaitForSingleObject(timer, INFINITE);
}

static void test_u18_a_timer_outlives_the_thread_that_set_it(void **state)
{
	HANDLE timer = CreateWaitableTimerA(NULL, TRUE, NULL);

	(void)state;
	assert_int_equal(in_thread(set_and_end, timer), WAIT_OBJECT_0);
	assert_int_equal(WaitForSingleObject(timer, 0), WAIT_OBJECT_0);
	CloseHandle(timer);
}

/* --- processes ---------------------------------------------------------------------------------------- */

/* Ends with this code once the other end is closed. */
static pid_t make_child(int code, int *ret_fd)
{
	int fds[2];
	char byte;

	assert_int_equal(pipe(fds), 0);
	pid_t child = fork();
	if (!child) {
		close(fds[1]);
		(void)!read(fds[0], &byte, 1);
		_exit(code);
	}
	close(fds[0]);
	*ret_fd = fds[1];
	return child;
}

static void test_u18_a_process_is_signaled_when_it_ends(void **state)
{
	int fd;
	DWORD code;
	pid_t child = make_child(7, &fd);
	HANDLE process = OpenProcess(SYNCHRONIZE, FALSE, (DWORD)child);

	(void)state;
	assert_non_null(process);
	assert_int_equal(GetProcessId(process), child);
	assert_int_equal(WaitForSingleObject(process, 0), WAIT_TIMEOUT);
	assert_true(GetExitCodeProcess(process, &code));
	assert_int_equal(code, STILL_ACTIVE);
	close(fd);
	assert_int_equal(WaitForSingleObject(process, INFINITE), WAIT_OBJECT_0);
	assert_true(GetExitCodeProcess(process, &code));
	assert_int_equal(code, 7);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_false(GetExitCodeProcess(process, &code));
	assert_int_equal(GetLastError(), ERROR_NOT_SUPPORTED);
	CloseHandle(process);
	assert_null(OpenProcess(SYNCHRONIZE, FALSE, (DWORD)child));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_int_equal(GetProcessId(process), 0);
}

static void test_u18_the_own_process(void **state)
{
	DWORD code;
	HANDLE self = duplicate(GetCurrentProcess());

	(void)state;
	assert_int_equal(GetProcessId(GetCurrentProcess()), GetCurrentProcessId());
	assert_int_equal(GetProcessId(self), GetCurrentProcessId());
	assert_true(GetExitCodeProcess(GetCurrentProcess(), &code));
	assert_int_equal(code, STILL_ACTIVE);
	assert_int_equal(WaitForSingleObject(self, 0), WAIT_TIMEOUT);
	CloseHandle(self);
}

/* --- everything at once ------------------------------------------------------------------------------- */

static DWORD CALLBACK end_at_once(LPVOID unused)
{
	(void)unused;
	return 0;
}

enum { EVENT, SEMAPHORE, MUTEX, TIMER, THREAD, PROCESS, KINDS };

/* Each in its turn, beside messages. */
static void test_u18_one_wait_for_all_kinds(void **state)
{
	int fd;
	pid_t child = make_child(0, &fd);
	HANDLE kinds[KINDS] = {
		[EVENT] = CreateEventA(NULL, FALSE, FALSE, NULL),
		[SEMAPHORE] = CreateSemaphoreA(NULL, 0, 1, NULL),
		[MUTEX] = CreateMutexA(NULL, FALSE, NULL),
		[TIMER] = CreateWaitableTimerA(NULL, FALSE, NULL),
		[PROCESS] = OpenProcess(SYNCHRONIZE, FALSE, (DWORD)child),
	};
	MSG message;

	(void)state;
	kinds[THREAD] = CreateThread(NULL, 0, end_at_once, NULL, 0, NULL);
	(void)WaitForSingleObject(kinds[THREAD], INFINITE);
	assert_int_equal(WaitForMultipleObjects(KINDS, kinds, FALSE, INFINITE), MUTEX);
	(void)SetEvent(kinds[EVENT]);
	assert_int_equal(MsgWaitForMultipleObjects(KINDS, kinds, FALSE, INFINITE, QS_ALLINPUT),
			 EVENT);
	(void)ReleaseSemaphore(kinds[SEMAPHORE], 1, NULL);
	(void)set_timer(kinds[TIMER], 0, 0, NULL, NULL);
	close(fd);
	assert_int_equal(WaitForSingleObject(kinds[PROCESS], INFINITE), WAIT_OBJECT_0);
	(void)SetEvent(kinds[EVENT]);
	assert_int_equal(WaitForMultipleObjects(KINDS, kinds, TRUE, INFINITE), WAIT_OBJECT_0);
	/* A timer alone, and a message. */
	(void)set_timer(kinds[TIMER], 0, 0, NULL, NULL);
	assert_int_equal(MsgWaitForMultipleObjects(1, &kinds[TIMER], FALSE, INFINITE, QS_ALLINPUT),
			 WAIT_OBJECT_0);
	assert_true(PostThreadMessageA(GetCurrentThreadId(), WM_APP, 0, 0));
	assert_int_equal(MsgWaitForMultipleObjects(1, &kinds[TIMER], FALSE, INFINITE, QS_ALLINPUT),
			 WAIT_OBJECT_0 + 1);
	assert_true(PeekMessageA(&message, NULL, 0, 0, PM_REMOVE));
	for (int i = 0; i < KINDS; i++)
		CloseHandle(kinds[i]);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

/* With MWMO_WAITALL a message alone is not enough, nor is the object. */
static void test_u18_a_wait_for_all_is_for_a_message_too(void **state)
{
	HANDLE event = CreateEventA(NULL, FALSE, TRUE, NULL);
	MSG message;

	(void)state;
	assert_int_equal(MsgWaitForMultipleObjects(1, &event, TRUE, 0, QS_ALLINPUT), WAIT_TIMEOUT);
	assert_true(PostThreadMessageA(GetCurrentThreadId(), WM_APP, 0, 0));
	assert_int_equal(MsgWaitForMultipleObjects(1, &event, TRUE, INFINITE, QS_ALLINPUT),
			 WAIT_OBJECT_0);
	assert_int_equal(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
	assert_true(PeekMessageA(&message, NULL, 0, 0, PM_REMOVE));
	assert_true(PostThreadMessageA(GetCurrentThreadId(), WM_APP, 0, 0));
	assert_int_equal(MsgWaitForMultipleObjects(1, &event, TRUE, 0, QS_ALLINPUT), WAIT_TIMEOUT);
	assert_true(PeekMessageA(&message, NULL, 0, 0, PM_REMOVE));
	CloseHandle(event);
}

static void test_u18_a_call_ends_a_wait_for_messages(void **state)
{
	int calls = 0;
	HANDLE self = duplicate(GetCurrentThread());

	(void)state;
	assert_true(QueueUserAPC(count, self, (ULONG_PTR)&calls));
	assert_int_equal(MsgWaitForMultipleObjectsEx(0, NULL, 0, QS_ALLINPUT, 0), WAIT_TIMEOUT);
	assert_int_equal(calls, 0);
	assert_int_equal(
		MsgWaitForMultipleObjectsEx(0, NULL, INFINITE, QS_ALLINPUT, MWMO_ALERTABLE),
		WAIT_IO_COMPLETION);
	assert_int_equal(calls, 1);
	CloseHandle(self);
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
		cmocka_unit_test(test_u18_a_timer_is_signaled_when_it_is_due),
		cmocka_unit_test(test_u18_a_timer_that_is_reset_by_hand),
		cmocka_unit_test(test_u18_a_timer_calls_the_thread_that_set_it),
		cmocka_unit_test(test_u18_a_timer_outlives_the_thread_that_set_it),
		cmocka_unit_test(test_u18_a_process_is_signaled_when_it_ends),
		cmocka_unit_test(test_u18_the_own_process),
		cmocka_unit_test(test_u18_one_wait_for_all_kinds),
		cmocka_unit_test(test_u18_a_wait_for_all_is_for_a_message_too),
		cmocka_unit_test(test_u18_a_call_ends_a_wait_for_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
