/* SPDX-License-Identifier: MIT */
/* Asking a driver under Windows' names: E1, E2, E3, E5. The driver is in a host in this process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <windows.h>
#include <winioctl.h>
#include <cmocka.h>

#include "requests-driver.h"

#define NAME	    "\\\\.\\Reporter"
#define PATIENCE_MS 60000
#define LARGE	    (1u << 20)
#define ANY	    (GENERIC_READ | GENERIC_WRITE)

static int setup(void **state)
{
	int r = requests_setup(state);

	assert_int_equal(setenv("PNPNOTIFY_ADDRESS", requests_address(state), 1), 0);
	return r;
}

static HANDLE open_with(DWORD access, DWORD flags)
{
	HANDLE device = CreateFileA(NAME, access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
				    OPEN_EXISTING, flags, NULL);

	assert_ptr_not_equal(device, INVALID_HANDLE_VALUE);
	return device;
}

static void await(const atomic_int *counter, int count)
{
	for (int i = 0; i < PATIENCE_MS && *counter < count; i++)
		Sleep(1);
	assert_int_equal(*counter, count);
}

static BOOL control(HANDLE device, DWORD code, const void *in, DWORD in_size, void *out,
		    DWORD out_size, DWORD *bytes)
{
	return DeviceIoControl(device, code, (LPVOID)in, in_size, out, out_size, bytes, NULL);
}

/* --- synchronous -------------------------------------------------------------------------------------------- */

static void test_e1_open_and_close_reach_the_driver(void **state)
{
	HANDLE device = CreateFileW(L"\\\\.\\Reporter\\file", GENERIC_READ, FILE_SHARE_READ, NULL,
				    OPEN_EXISTING, 0, NULL);

	assert_ptr_not_equal(device, INVALID_HANDLE_VALUE);
	assert_int_equal(requests.created, 1);
	assert_memory_equal(requests.name, L"\\file", sizeof(L"\\file"));
	assert_true(requests.create_access & 1); /* FILE_READ_DATA */
	assert_false(requests.create_access & 2);
	assert_int_equal(requests.create_share, FILE_SHARE_READ);
	assert_int_equal(requests.create_options >> 24, 1); /* FILE_OPEN */
	assert_true(CloseHandle(device));
	assert_int_equal(requests.cleaned, 1);
	assert_int_equal(requests.closed, 1);
}

static HANDLE duplicate(HANDLE handle, DWORD options)
{
	HANDLE other = NULL;

	assert_true(DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &other, 0,
				    FALSE, options));
	return other;
}

static void test_e1_a_duplicate_is_the_same_file(void **state)
{
	HANDLE first = open_with(ANY, 0), second = duplicate(first, DUPLICATE_SAME_ACCESS);
	DWORD bytes;

	assert_ptr_not_equal(first, second);
	assert_int_equal(requests.created, 1);
	assert_true(CloseHandle(first));
	assert_false(control(first, ECHO, NULL, 0, NULL, 0, &bytes));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
	assert_int_equal(requests.cleaned, 0);
	HANDLE third = duplicate(second, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE);
	assert_false(CloseHandle(second));
	assert_true(control(third, ECHO, "1", 1, NULL, 0, &bytes));
	assert_int_equal(requests.cleaned, 0);
	assert_true(CloseHandle(third));
	assert_int_equal(requests.created, 1);
	assert_int_equal(requests.cleaned, 1);
	assert_int_equal(requests.closed, 1);
}

/* What is under way ends with the last handle, not with the one that it was asked by. */
static void test_e5_a_duplicate_keeps_what_is_under_way(void **state)
{
	HANDLE first = open_with(ANY, FILE_FLAG_OVERLAPPED), second = duplicate(first, 0);
	OVERLAPPED overlapped = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};

	assert_false(DeviceIoControl(first, KEEP, NULL, 0, NULL, 0, NULL, &overlapped));
	assert_int_equal(GetLastError(), ERROR_IO_PENDING);
	await(&requests.kept, 1);
	CloseHandle(first);
	assert_int_equal(WaitForSingleObject(overlapped.hEvent, 0), WAIT_TIMEOUT);
	CloseHandle(second);
	assert_int_equal(WaitForSingleObject(overlapped.hEvent, PATIENCE_MS), WAIT_OBJECT_0);
	assert_int_equal(requests.cancelled, 1);
	CloseHandle(overlapped.hEvent);
}

static void expect_refused(int32_t status, DWORD error)
{
	requests.create_status = status;
	assert_ptr_equal(CreateFileA(NAME, ANY, 0, NULL, OPEN_EXISTING, 0, NULL),
			 INVALID_HANDLE_VALUE);
	assert_int_equal(GetLastError(), error);
}

static void test_e1_what_the_driver_says_of_opening(void **state)
{
	expect_refused((int32_t)0xc0000022u, ERROR_ACCESS_DENIED);
	expect_refused((int32_t)0xc0000043u, ERROR_SHARING_VIOLATION);
	expect_refused((int32_t)0xc0000034u, ERROR_FILE_NOT_FOUND);
	expect_refused((int32_t)0xc00000a3u, ERROR_NOT_READY);
	expect_refused((int32_t)0xdeadbeefu, ERROR_MR_MID_NOT_FOUND);
	assert_int_equal(requests.closed, 0);
}

static void test_e1_ioctl(void **state)
{
	HANDLE device = open_with(ANY, 0);
	BYTE in[8] = {1, 2, 3, 4, 5, 6, 7, 8}, out[8] = {0};
	DWORD bytes = 99;

	assert_true(control(device, ECHO, in, 5, out, 8, &bytes));
	assert_int_equal(bytes, 5);
	assert_memory_equal(in, out, 5);
	assert_true(control(device, FILL, NULL, 0, out, 8, &bytes));
	assert_memory_equal(out, "ZZZZZZZZ", 8);
	assert_true(control(device, REVERSE, in, 8, out, 8, &bytes));
	assert_int_equal(out[0], 8);
	assert_true(control(device, INVERT, NULL, 0, in, 8, &bytes));
	assert_int_equal(requests.written[0], 0xfe);
	assert_true(control(device, LATER, NULL, 0, out, 8, &bytes));
	assert_string_equal((char *)out, "dpc");
	/* A warning has written something. */
	assert_false(control(device, TOO_SMALL, NULL, 0, out, 2, &bytes));
	assert_int_equal(GetLastError(), ERROR_MORE_DATA);
	assert_int_equal(bytes, 2);
	assert_memory_equal(out, "SSc", 3);
	assert_false(control(device, REQUEST(99, 0, 0), NULL, 0, NULL, 0, &bytes));
	assert_int_equal(GetLastError(), ERROR_INVALID_FUNCTION);
	assert_int_equal(bytes, 0);
	assert_true(CloseHandle(device));
	assert_false(control(device, ECHO, NULL, 0, NULL, 0, &bytes));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

static void test_e1_access(void **state)
{
	HANDLE reader = open_with(GENERIC_READ, 0), writer = open_with(GENERIC_WRITE, 0);
	HANDLE nothing = open_with(0, 0);
	DWORD bytes;
	char byte = 0;

	assert_true(control(reader, FOR_READERS, NULL, 0, NULL, 0, &bytes));
	assert_false(control(reader, FOR_WRITERS, NULL, 0, NULL, 0, &bytes));
	assert_int_equal(GetLastError(), ERROR_ACCESS_DENIED);
	assert_true(control(writer, FOR_WRITERS, NULL, 0, NULL, 0, &bytes));
	assert_false(ReadFile(writer, &byte, 1, &bytes, NULL));
	assert_int_equal(GetLastError(), ERROR_ACCESS_DENIED);
	assert_false(WriteFile(reader, &byte, 1, &bytes, NULL));
	assert_true(control(nothing, ECHO, NULL, 0, NULL, 0, &bytes));
	assert_false(control(nothing, FOR_READERS, NULL, 0, NULL, 0, &bytes));
	CloseHandle(reader);
	CloseHandle(writer);
	CloseHandle(nothing);
}

static void test_e5_read_and_write(void **state)
{
	HANDLE device = open_with(ANY, 0);
	char *data = calloc(1, LARGE);
	DWORD bytes;

	requests_set_flags(0x10); /* DO_DIRECT_IO */
	assert_true(ReadFile(device, data, LARGE, &bytes, NULL));
	assert_int_equal(bytes, LARGE);
	assert_int_equal(data[LARGE - 1], 'r');
	OVERLAPPED at = {.Offset = 7, .OffsetHigh = 1};
	assert_true(ReadFile(device, data, 4, &bytes, &at));
	assert_int_equal(requests.offset, 0x100000007);
	assert_int_equal(at.InternalHigh, 4);
	assert_true(WriteFile(device, "word", 4, &bytes, NULL));
	assert_int_equal(bytes, 4);
	assert_memory_equal(requests.written, "word", 4);
	assert_false(FlushFileBuffers(device));
	assert_int_equal(GetLastError(), ERROR_BUSY);
	CloseHandle(device);
	free(data);
}

/* --- overlapped ------------------------------------------------------------------------------------------------ */

static void test_e5_overlapped_with_an_event(void **state)
{
	HANDLE device = open_with(ANY, FILE_FLAG_OVERLAPPED);
	OVERLAPPED overlapped = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
	BYTE out[8];
	DWORD bytes = 99;

	assert_false(DeviceIoControl(device, LATER, NULL, 0, out, 8, NULL, &overlapped));
	assert_int_equal(GetLastError(), ERROR_IO_PENDING);
	assert_int_equal(WaitForSingleObject(overlapped.hEvent, PATIENCE_MS), WAIT_OBJECT_0);
	assert_true(HasOverlappedIoCompleted(&overlapped));
	assert_true(GetOverlappedResult(device, &overlapped, &bytes, FALSE));
	assert_int_equal(bytes, 4);
	assert_string_equal((char *)out, "dpc");
	/* Without an event it is the file. */
	OVERLAPPED bare = {0};
	assert_false(DeviceIoControl(device, ECHO, "123", 3, out, 8, NULL, &bare));
	assert_int_equal(GetLastError(), ERROR_IO_PENDING);
	assert_true(GetOverlappedResult(device, &bare, &bytes, TRUE));
	assert_memory_equal(out, "123", 3);
	/* An error comes the same way. */
	assert_false(
		DeviceIoControl(device, REQUEST(99, 0, 0), NULL, 0, NULL, 0, NULL, &overlapped));
	assert_false(GetOverlappedResult(device, &overlapped, &bytes, TRUE));
	assert_int_equal(GetLastError(), ERROR_INVALID_FUNCTION);
	/* Who does not say where to tell the end. */
	assert_false(ReadFile(device, out, 1, &bytes, NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_true(DeviceIoControl(device, ECHO, "12", 2, out, 8, &bytes, NULL));
	assert_int_equal(bytes, 2);
	CloseHandle(overlapped.hEvent);
	CloseHandle(device);
}

static void expect_cancelled(HANDLE device, OVERLAPPED *overlapped)
{
	DWORD bytes;

	assert_false(GetOverlappedResult(device, overlapped, &bytes, TRUE));
	assert_int_equal(GetLastError(), ERROR_OPERATION_ABORTED);
}

static void keep(HANDLE device, OVERLAPPED *overlapped, int count)
{
	assert_false(DeviceIoControl(device, KEEP, NULL, 0, NULL, 0, NULL, overlapped));
	assert_int_equal(GetLastError(), ERROR_IO_PENDING);
	await(&requests.kept, count);
}

static void test_e5_cancelled_one_by_one_and_all(void **state)
{
	HANDLE device = open_with(ANY, FILE_FLAG_OVERLAPPED);
	OVERLAPPED overlapped[4];
	DWORD bytes;

	for (int i = 0; i < 4; i++) {
		overlapped[i] = (OVERLAPPED){.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
		keep(device, &overlapped[i], i + 1);
	}
	assert_false(GetOverlappedResult(device, &overlapped[0], &bytes, FALSE));
	assert_int_equal(GetLastError(), ERROR_IO_INCOMPLETE);
	assert_false(GetOverlappedResultEx(device, &overlapped[0], &bytes, 1, FALSE));
	assert_int_equal(GetLastError(), WAIT_TIMEOUT);
	assert_true(CancelIoEx(device, &overlapped[2]));
	expect_cancelled(device, &overlapped[2]);
	assert_false(CancelIoEx(device, &overlapped[2]));
	assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
	assert_false(HasOverlappedIoCompleted(&overlapped[1]));
	assert_int_equal(requests.cancelled, 1);
	assert_true(CancelIo(device));
	for (int i = 0; i < 4; i++)
		expect_cancelled(device, &overlapped[i]);
	assert_int_equal(requests.cancelled, 4);
	for (int i = 0; i < 4; i++)
		CloseHandle(overlapped[i].hEvent);
	CloseHandle(device);
}

static void test_e2_closing_the_handle_cancels(void **state)
{
	HANDLE device = open_with(ANY, FILE_FLAG_OVERLAPPED);
	OVERLAPPED overlapped = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};

	keep(device, &overlapped, 1);
	assert_true(CloseHandle(device));
	assert_int_equal(WaitForSingleObject(overlapped.hEvent, PATIENCE_MS), WAIT_OBJECT_0);
	await(&requests.cancelled, 1);
	await(&requests.closed, 1);
	CloseHandle(overlapped.hEvent);
}

struct asker {
	HANDLE device;
	OVERLAPPED *overlapped;
	BOOL result;
	DWORD error;
};

static DWORD WINAPI ask_and_end(LPVOID argument)
{
	struct asker *asker = argument;

	asker->result = DeviceIoControl(asker->device, KEEP, NULL, 0, NULL, 0, NULL,
					asker->overlapped);
	asker->error = GetLastError();
	return 0;
}

static void test_e5_the_end_of_a_thread_cancels_what_it_asked(void **state)
{
	OVERLAPPED overlapped = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
	struct asker asker = {.device = open_with(ANY, FILE_FLAG_OVERLAPPED),
			      .overlapped = &overlapped};
	HANDLE thread = CreateThread(NULL, 0, ask_and_end, &asker, 0, NULL);

	assert_int_equal(WaitForSingleObject(thread, PATIENCE_MS), WAIT_OBJECT_0);
	assert_int_equal(asker.error, ERROR_IO_PENDING);
	expect_cancelled(asker.device, &overlapped);
	CloseHandle(thread);
	CloseHandle(overlapped.hEvent);
	CloseHandle(asker.device);
}

static void test_e5_a_thread_that_waits_is_cancelled(void **state)
{
	DWORD flags[] = {0, FILE_FLAG_OVERLAPPED};

	for (int i = 0; i < 2; i++) {
		struct asker asker = {.device = open_with(ANY, flags[i])};
		HANDLE thread = CreateThread(NULL, 0, ask_and_end, &asker, 0, NULL);
		await(&requests.kept, i + 1);
		assert_true(CancelSynchronousIo(thread));
		assert_int_equal(WaitForSingleObject(thread, PATIENCE_MS), WAIT_OBJECT_0);
		assert_false(asker.result);
		assert_int_equal(asker.error, ERROR_OPERATION_ABORTED);
		assert_false(CancelSynchronousIo(thread));
		assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
		CloseHandle(thread);
		CloseHandle(asker.device);
	}
}

static void test_e2_closing_the_handle_ends_a_thread_that_waits(void **state)
{
	struct asker asker = {.device = open_with(ANY, 0)};
	HANDLE thread = CreateThread(NULL, 0, ask_and_end, &asker, 0, NULL);

	await(&requests.kept, 1);
	assert_true(CloseHandle(asker.device));
	assert_int_equal(WaitForSingleObject(thread, PATIENCE_MS), WAIT_OBJECT_0);
	assert_int_equal(asker.error, ERROR_OPERATION_ABORTED);
	await(&requests.closed, 1);
	CloseHandle(thread);
}

/* --- ports and calls ------------------------------------------------------------------------------------------------ */

static void test_e5_completion_port(void **state)
{
	HANDLE device = open_with(ANY, FILE_FLAG_OVERLAPPED), plain = open_with(ANY, 0);
	HANDLE port = CreateIoCompletionPort(device, NULL, 42, 0);
	OVERLAPPED overlapped[8] = {0}, *which;
	char out[8][4];
	ULONG_PTR key;
	DWORD bytes;

	assert_non_null(port);
	assert_null(CreateIoCompletionPort(plain, port, 1, 0));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_null(CreateIoCompletionPort(device, port, 1, 0));
	for (int i = 0; i < 8; i++)
		assert_false(
			DeviceIoControl(device, ECHO, "abc", 4, out[i], 4, NULL, &overlapped[i]));
	for (int i = 0; i < 8; i++) {
		assert_true(GetQueuedCompletionStatus(port, &bytes, &key, &which, PATIENCE_MS));
		assert_int_equal(key, 42);
		assert_int_equal(bytes, 4);
		assert_in_range(which - overlapped, 0, 7);
		assert_string_equal(out[which - overlapped], "abc");
	}
	assert_false(GetQueuedCompletionStatus(port, &bytes, &key, &which, 1));
	assert_int_equal(GetLastError(), WAIT_TIMEOUT);
	assert_null(which);
	assert_false(
		DeviceIoControl(device, REQUEST(99, 0, 0), NULL, 0, NULL, 0, NULL, &overlapped[0]));
	assert_false(GetQueuedCompletionStatus(port, &bytes, &key, &which, PATIENCE_MS));
	assert_int_equal(GetLastError(), ERROR_INVALID_FUNCTION);
	assert_ptr_equal(which, &overlapped[0]);
	assert_true(PostQueuedCompletionStatus(port, 7, 8, &overlapped[1]));
	assert_true(PostQueuedCompletionStatus(port, 9, 10, NULL));
	OVERLAPPED_ENTRY entries[4];
	ULONG count;
	assert_true(GetQueuedCompletionStatusEx(port, entries, 4, &count, PATIENCE_MS, FALSE));
	assert_int_equal(count, 2);
	assert_int_equal(entries[1].dwNumberOfBytesTransferred, 9);
	assert_int_equal(entries[1].lpCompletionKey, 10);
	CloseHandle(plain);
	CloseHandle(device);
	CloseHandle(port);
}

static DWORD called;
static DWORD called_with[3];

static void WINAPI on_done(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
	called_with[0] = error;
	called_with[1] = bytes;
	called_with[2] = (DWORD)(ULONG_PTR)overlapped->hEvent;
	called++;
}

static void WINAPI on_call(ULONG_PTR data)
{
	called += (DWORD)data;
}

static void test_e5_calls_in_alertable_waits(void **state)
{
	HANDLE device = open_with(ANY, FILE_FLAG_OVERLAPPED);
	HANDLE never = CreateEventA(NULL, TRUE, FALSE, NULL);
	OVERLAPPED overlapped = {.hEvent = (HANDLE)1234};
	char data[4] = "";

	called = 0;
	assert_true(ReadFileEx(device, data, 4, &overlapped, on_done));
	assert_int_equal(WaitForSingleObjectEx(never, PATIENCE_MS, TRUE), WAIT_IO_COMPLETION);
	assert_int_equal(called, 1);
	assert_int_equal(called_with[0], 0);
	assert_int_equal(called_with[1], 4);
	assert_int_equal(called_with[2], 1234);
	assert_memory_equal(data, "rrrr", 4);
	assert_true(WriteFileEx(device, "call", 4, &overlapped, on_done));
	assert_int_equal(SleepEx(PATIENCE_MS, TRUE), WAIT_IO_COMPLETION);
	assert_int_equal(called, 2);
	/* Not in a wait that is not alertable. */
	assert_int_equal(QueueUserAPC(on_call, GetCurrentThread(), 10), 1);
	assert_int_equal(WaitForSingleObjectEx(never, 1, FALSE), WAIT_TIMEOUT);
	assert_int_equal(called, 2);
	assert_int_equal(WaitForMultipleObjectsEx(1, &never, FALSE, 0, TRUE), WAIT_IO_COMPLETION);
	assert_int_equal(called, 12);
	assert_int_equal(SleepEx(0, TRUE), 0);
	CloseHandle(never);
	CloseHandle(device);
}

static DWORD WINAPI sleep_alertably(LPVOID argument)
{
	return SleepEx(INFINITE, TRUE);
}

static void test_e5_a_call_wakes_another_thread(void **state)
{
	HANDLE thread = CreateThread(NULL, 0, sleep_alertably, NULL, 0, NULL);
	DWORD status;

	called = 0;
	assert_int_equal(QueueUserAPC(on_call, thread, 1), 1);
	assert_int_equal(WaitForSingleObject(thread, PATIENCE_MS), WAIT_OBJECT_0);
	assert_true(GetExitCodeThread(thread, &status));
	assert_int_equal(status, WAIT_IO_COMPLETION);
	assert_int_equal(called, 1);
	assert_int_equal(QueueUserAPC(on_call, thread, 1), 0);
	CloseHandle(thread);
}

/* --- shared events -------------------------------------------------------------------------------------------------- */

static void test_e3_the_driver_releases_who_waits_for_an_event(void **state)
{
	DWORD flags[] = {0, FILE_FLAG_OVERLAPPED};

	for (int i = 0; i < 2; i++) {
		HANDLE device = open_with(ANY, flags[i]);
		HANDLE event = CreateEventA(NULL, i, FALSE, NULL),
		       other = CreateEventA(NULL, 0, 0, NULL);
		DWORD bytes;

		assert_true(control(device, TAKE_EVENT, &event, sizeof(event), NULL, 0, &bytes));
		assert_int_equal(WaitForSingleObject(event, PATIENCE_MS), WAIT_OBJECT_0);
		assert_int_equal(WaitForSingleObject(event, 0), i ? WAIT_OBJECT_0 : WAIT_TIMEOUT);
		assert_int_equal(WaitForSingleObject(other, 0), WAIT_TIMEOUT);
		requests_drop_event();
		/* What is no event, or of nobody. */
		HANDLE none = (HANDLE)0x7770;
		assert_false(control(device, TAKE_EVENT, &none, sizeof(none), NULL, 0, &bytes));
		assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
		assert_false(control(device, TAKE_EVENT, &device, sizeof(device), NULL, 0, &bytes));
		CloseHandle(other);
		CloseHandle(event);
		CloseHandle(device);
	}
}

/* --- processes -------------------------------------------------------------------------------------------------------- */

static void test_e2_the_end_of_a_process_cancels_and_closes(void **state)
{
	/* It lets no child of a process with threads make one. */
	if (THREAD_SANITIZER)
		skip();
	pid_t child = fork();

	if (!child) {
		OVERLAPPED overlapped = {0};
		HANDLE device = CreateFileA(NAME, ANY, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED,
					    NULL);
		if (device == INVALID_HANDLE_VALUE)
			_exit(1);
		DeviceIoControl(device, KEEP, NULL, 0, NULL, 0, NULL, &overlapped);
		_exit(GetLastError() == ERROR_IO_PENDING ? 0 : 2);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	await(&requests.closed, 1);
	assert_int_equal(requests.kept, requests.cancelled);
}

static void test_e1_a_child_has_none_of_its_parents_handles(void **state)
{
	HANDLE device = open_with(ANY, 0);
	DWORD bytes;
	pid_t child = fork();

	if (!child)
		_exit(control(device, ECHO, NULL, 0, NULL, 0, &bytes) ? 1 : 0);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_true(control(device, ECHO, NULL, 0, NULL, 0, &bytes));
	assert_int_equal(requests.closed, 0);
	CloseHandle(device);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, requests_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_e1_open_and_close_reach_the_driver),
		TEST(test_e1_a_duplicate_is_the_same_file),
		TEST(test_e5_a_duplicate_keeps_what_is_under_way),
		TEST(test_e1_what_the_driver_says_of_opening),
		TEST(test_e1_ioctl),
		TEST(test_e1_access),
		TEST(test_e5_read_and_write),
		TEST(test_e5_overlapped_with_an_event),
		TEST(test_e5_cancelled_one_by_one_and_all),
		TEST(test_e2_closing_the_handle_cancels),
		TEST(test_e5_the_end_of_a_thread_cancels_what_it_asked),
		TEST(test_e5_a_thread_that_waits_is_cancelled),
		TEST(test_e2_closing_the_handle_ends_a_thread_that_waits),
		TEST(test_e5_completion_port),
		TEST(test_e5_calls_in_alertable_waits),
		TEST(test_e5_a_call_wakes_another_thread),
		TEST(test_e3_the_driver_releases_who_waits_for_an_event),
		TEST(test_e2_the_end_of_a_process_cancels_and_closes),
		TEST(test_e1_a_child_has_none_of_its_parents_handles),
	};

	return cmocka_run_group_tests_name("contract-application-io", tests, NULL, NULL);
}
