/* SPDX-License-Identifier: MIT */
/* Ordinary files, pipes and nodes through CreateFile(), at once and overlapped (U18, E5). No manager is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <windows.h>
#include <dbt.h>
#include <cmocka.h>

#define BOTH (GENERIC_READ | GENERIC_WRITE)

static char folder[] = "/tmp/pnpn-files-XXXXXX";
static char path[64];

static const char *path_of(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static HANDLE open_how(const char *name, DWORD access, DWORD disposition, DWORD flags)
{
	return CreateFileA(path_of(name), access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
			   disposition, flags, NULL);
}

static HANDLE open_fresh(const char *name, DWORD flags)
{
	HANDLE file = open_how(name, BOTH, CREATE_ALWAYS, flags);

	assert_ptr_not_equal(file, INVALID_HANDLE_VALUE);
	return file;
}

static void assert_refused(const char *name, DWORD access, DWORD disposition, DWORD error)
{
	SetLastError(0);
	assert_ptr_equal(open_how(name, access, disposition, 0), INVALID_HANDLE_VALUE);
	assert_int_equal(GetLastError(), error);
}

static void write_text(HANDLE file, const char *text)
{
	DWORD bytes;

	assert_true(WriteFile(file, text, (DWORD)strlen(text), &bytes, NULL));
	assert_int_equal(bytes, strlen(text));
}

/* What can be read from where the file is. */
static void assert_text(HANDLE file, const char *text)
{
	char got[64];
	DWORD bytes;

	assert_true(ReadFile(file, got, sizeof(got), &bytes, NULL));
	assert_int_equal(bytes, strlen(text));
	assert_memory_equal(got, text, bytes);
}

/* --- opening -------------------------------------------------------------------------------------- */

static void test_u18_dispositions(void **state)
{
	(void)state;
	assert_refused("one", BOTH, OPEN_EXISTING, ERROR_FILE_NOT_FOUND);
	assert_refused("none/one", BOTH, CREATE_NEW, ERROR_PATH_NOT_FOUND);
	assert_refused("one", BOTH, TRUNCATE_EXISTING, ERROR_FILE_NOT_FOUND);
	HANDLE file = open_how("one", BOTH, CREATE_NEW, 0);
	assert_ptr_not_equal(file, INVALID_HANDLE_VALUE);
	write_text(file, "text");
	assert_true(CloseHandle(file));
	assert_refused("one", BOTH, CREATE_NEW, ERROR_FILE_EXISTS);
	assert_refused("one", GENERIC_READ, TRUNCATE_EXISTING, ERROR_INVALID_PARAMETER);
	assert_refused("one", BOTH, 0, ERROR_INVALID_PARAMETER);
	SetLastError(77);
	file = open_how("one", GENERIC_READ, OPEN_ALWAYS, 0);
	assert_int_equal(GetLastError(), ERROR_ALREADY_EXISTS);
	assert_text(file, "text");
	CloseHandle(file);
	file = open_how("two", GENERIC_READ, OPEN_ALWAYS, 0);
	assert_int_equal(GetLastError(), ERROR_SUCCESS);
	CloseHandle(file);
	file = open_how("one", GENERIC_WRITE, TRUNCATE_EXISTING, 0);
	assert_int_equal(GetFileSize(file, NULL), 0);
	write_text(file, "more");
	CloseHandle(file);
	file = open_how("one", GENERIC_READ, CREATE_ALWAYS, 0);
	assert_int_equal(GetLastError(), ERROR_ALREADY_EXISTS);
	assert_int_equal(GetFileSize(file, NULL), 0);
	CloseHandle(file);
}

static void test_u18_names_of_files(void **state)
{
	char name[96];
	WCHAR wide[96];

	(void)state;
	HANDLE file = open_fresh("named", 0);
	write_text(file, "x");
	CloseHandle(file);
	snprintf(name, sizeof(name), "%s\\named", folder);
	MultiByteToWideChar(CP_UTF8, 0, name, -1, wide, ARRAYSIZE(wide));
	file = CreateFileW(wide, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
	assert_ptr_not_equal(file, INVALID_HANDLE_VALUE);
	assert_text(file, "x");
	CloseHandle(file);
	assert_refused("", GENERIC_READ, OPEN_EXISTING, ERROR_ACCESS_DENIED); /* a folder */
	file = open_how("", GENERIC_READ, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS);
	BY_HANDLE_FILE_INFORMATION information;
	assert_true(GetFileInformationByHandle(file, &information));
	assert_int_equal(information.dwFileAttributes, FILE_ATTRIBUTE_DIRECTORY);
	CloseHandle(file);
}

static void test_u18_access_is_kept(void **state)
{
	char byte = 'x';
	DWORD bytes;

	(void)state;
	CloseHandle(open_fresh("kept", 0));
	HANDLE file = open_how("kept", GENERIC_READ, OPEN_EXISTING, 0);
	assert_false(WriteFile(file, &byte, 1, &bytes, NULL));
	assert_int_equal(GetLastError(), ERROR_ACCESS_DENIED);
	assert_false(SetEndOfFile(file));
	assert_int_equal(GetLastError(), ERROR_ACCESS_DENIED);
	CloseHandle(file);
	file = open_how("kept", 0, OPEN_EXISTING, 0); /* to be asked, and no more */
	assert_int_equal(GetFileSize(file, NULL), 0);
	assert_false(ReadFile(file, &byte, 1, &bytes, NULL));
	assert_int_equal(GetLastError(), ERROR_ACCESS_DENIED);
	CloseHandle(file);
	file = open_how("kept", FILE_APPEND_DATA, OPEN_EXISTING, 0);
	write_text(file, "one");
	assert_int_equal(SetFilePointer(file, 0, NULL, FILE_BEGIN), 0);
	write_text(file, "two");
	assert_int_equal(GetFileSize(file, NULL), 6);
	CloseHandle(file);
}

static void test_u18_who_shares_nothing_is_alone(void **state)
{
	(void)state;
	HANDLE file = open_fresh("alone", 0);
	assert_ptr_equal(
		CreateFileA(path_of("alone"), GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL),
		INVALID_HANDLE_VALUE);
	assert_int_equal(GetLastError(), ERROR_SHARING_VIOLATION);
	HANDLE other = open_how("alone", GENERIC_READ, OPEN_EXISTING, 0);
	assert_ptr_not_equal(other, INVALID_HANDLE_VALUE);
	CloseHandle(other);
	CloseHandle(file);
	file = CreateFileA(path_of("alone"), BOTH, 0, NULL, OPEN_EXISTING, 0, NULL);
	assert_ptr_not_equal(file, INVALID_HANDLE_VALUE);
	assert_refused("alone", GENERIC_READ, OPEN_EXISTING, ERROR_SHARING_VIOLATION);
	assert_refused("alone", BOTH, CREATE_ALWAYS, ERROR_SHARING_VIOLATION);
	CloseHandle(file);
}

static void test_u18_a_file_that_goes_with_its_handle(void **state)
{
	(void)state;
	HANDLE file = open_fresh("brief", FILE_FLAG_DELETE_ON_CLOSE);
	assert_int_equal(access(path_of("brief"), F_OK), 0);
	CloseHandle(file);
	assert_int_equal(access(path_of("brief"), F_OK), -1);
}

/* --- by name -------------------------------------------------------------------------------------- */

static void test_u18_folders_and_attributes(void **state)
{
	char before[512], now[512];
	WCHAR wide[512];

	(void)state;
	assert_true(CreateDirectoryA(path_of("folder"), NULL));
	assert_false(CreateDirectoryA(path_of("folder"), NULL));
	assert_int_equal(GetLastError(), ERROR_ALREADY_EXISTS);
	assert_int_equal(GetFileAttributesA(path_of("folder")), FILE_ATTRIBUTE_DIRECTORY);
	assert_int_equal(GetFileAttributesA(path_of("none")), INVALID_FILE_ATTRIBUTES);
	assert_int_equal(GetLastError(), ERROR_FILE_NOT_FOUND);
	assert_int_equal(GetFileAttributesA(path_of("none/x")), INVALID_FILE_ATTRIBUTES);
	assert_int_equal(GetLastError(), ERROR_PATH_NOT_FOUND);
	assert_true(GetCurrentDirectoryA(sizeof(before), before) > 0);
	assert_true(SetCurrentDirectoryA(path_of("folder")));
	DWORD length = GetCurrentDirectoryA(sizeof(now), now);
	assert_int_equal(length, strlen(path));
	assert_string_equal(now, path);
	assert_int_equal(GetCurrentDirectoryA(3, now), length + 1);
	assert_int_equal(GetCurrentDirectoryW(ARRAYSIZE(wide), wide), length);
	CloseHandle(CreateFileA("here", GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL,
				NULL));
	assert_int_equal(GetFileAttributesW(L"here"), FILE_ATTRIBUTE_NORMAL);
	assert_false(RemoveDirectoryA(path_of("folder")));
	assert_int_equal(GetLastError(), ERROR_DIR_NOT_EMPTY);
	assert_true(DeleteFileW(L"here"));
	assert_false(DeleteFileA("here"));
	assert_int_equal(GetLastError(), ERROR_FILE_NOT_FOUND);
	assert_true(SetCurrentDirectoryA(before));
	assert_false(DeleteFileA(path_of("folder")));
	assert_int_equal(GetLastError(), ERROR_ACCESS_DENIED);
	assert_true(RemoveDirectoryA(path_of("folder")));
	length = GetTempPathA(sizeof(now), now);
	assert_int_equal(length, strlen(now));
	assert_int_equal(now[length - 1], '/');
	assert_int_equal(GetTempPathW(1, wide), length + 1);
}

/* --- where and how large -------------------------------------------------------------------------- */

static void test_u18_position(void **state)
{
	LARGE_INTEGER distant = {.QuadPart = 5LL << 32}, place;
	LONG high = 0;

	(void)state;
	HANDLE file = open_fresh("place", 0);
	write_text(file, "0123456789");
	assert_int_equal(SetFilePointer(file, -4, NULL, FILE_END), 6);
	assert_text(file, "6789");
	assert_text(file, ""); /* the end is no error */
	assert_int_equal(SetFilePointer(file, 2, NULL, FILE_BEGIN), 2);
	assert_int_equal(SetFilePointer(file, 1, NULL, FILE_CURRENT), 3);
	assert_true(SetEndOfFile(file));
	assert_int_equal(GetFileSize(file, NULL), 3);
	assert_int_equal(SetFilePointer(file, -1, NULL, FILE_BEGIN), INVALID_SET_FILE_POINTER);
	assert_int_equal(GetLastError(), ERROR_NEGATIVE_SEEK);
	assert_int_equal(SetFilePointer(file, 0, NULL, 3), INVALID_SET_FILE_POINTER);
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_true(SetFilePointerEx(file, distant, &place, FILE_BEGIN));
	assert_true(place.QuadPart == distant.QuadPart);
	high = 0;
	assert_int_equal(SetFilePointer(file, 7, &high, FILE_CURRENT), 7);
	assert_int_equal(high, 5);
	assert_int_equal(SetFilePointer(file, 0, NULL, FILE_CURRENT), INVALID_SET_FILE_POINTER);
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	high = -1;
	assert_int_equal(SetFilePointer(file, -7, &high, FILE_CURRENT), 0);
	assert_int_equal(high, 5);
	assert_true(SetEndOfFile(file));
	DWORD upper;
	assert_int_equal(GetFileSize(file, &upper), 0);
	assert_int_equal(GetLastError(), NO_ERROR);
	assert_int_equal(upper, 5);
	CloseHandle(file);
	assert_false(SetFilePointerEx(file, distant, NULL, FILE_BEGIN));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

/* An OVERLAPPED says where, of a file that is not overlapped too, and moves that. */
static void test_u18_an_offset_of_ones_own(void **state)
{
	OVERLAPPED there = {.Offset = 4};
	char got[8];
	DWORD bytes;

	(void)state;
	HANDLE file = open_fresh("offset", 0);
	write_text(file, "0123456789");
	assert_true(ReadFile(file, got, 3, &bytes, &there));
	assert_int_equal(bytes, 3);
	assert_memory_equal(got, "456", 3);
	assert_text(file, "789");
	there.Offset = 10;
	assert_false(ReadFile(file, got, 3, &bytes, &there));
	assert_int_equal(GetLastError(), ERROR_HANDLE_EOF);
	there.Offset = there.OffsetHigh = 0xffffffff;
	assert_true(WriteFile(file, "ab", 2, &bytes, &there));
	assert_int_equal(GetFileSize(file, NULL), 12);
	assert_true(FlushFileBuffers(file));
	CloseHandle(file);
}

static void test_u18_times_of_a_file(void **state)
{
	FILETIME written, then;
	SYSTEMTIME calendar = {.wYear = 2001, .wMonth = 2, .wDay = 3};
	BY_HANDLE_FILE_INFORMATION information;

	(void)state;
	HANDLE file = open_fresh("times", 0);
	assert_true(SystemTimeToFileTime(&calendar, &then));
	assert_true(SetFileTime(file, NULL, NULL, &then));
	assert_true(GetFileTime(file, NULL, NULL, &written));
	assert_int_equal(CompareFileTime(&written, &then), 0);
	assert_true(GetFileInformationByHandle(file, &information));
	assert_int_equal(information.nNumberOfLinks, 1);
	assert_int_equal(information.dwFileAttributes, FILE_ATTRIBUTE_NORMAL);
	CloseHandle(file);
}

static void test_u18_null_and_kinds_of_files(void **state)
{
	char byte;
	DWORD bytes = 7;

	(void)state;
	HANDLE file = CreateFileA("nul", BOTH, 0, NULL, OPEN_EXISTING, 0, NULL);
	assert_ptr_not_equal(file, INVALID_HANDLE_VALUE);
	assert_int_equal(GetFileType(file), FILE_TYPE_CHAR);
	write_text(file, "gone");
	assert_true(ReadFile(file, &byte, 1, &bytes, NULL));
	assert_int_equal(bytes, 0);
	assert_int_equal(SetFilePointer(file, 0, NULL, FILE_BEGIN), INVALID_SET_FILE_POINTER);
	CloseHandle(file);
	file = CreateFileA("\\\\.\\NUL", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	write_text(file, "gone");
	CloseHandle(file);
	file = CreateFileA("/dev/zero", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
	assert_true(ReadFile(file, &byte, 1, &bytes, NULL));
	assert_int_equal(bytes, 1);
	CloseHandle(file);
	file = open_fresh("kind", 0);
	assert_int_equal(GetFileType(file), FILE_TYPE_DISK);
	CloseHandle(file);
	assert_int_equal(GetFileType(file), FILE_TYPE_UNKNOWN);
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
	assert_false(DeviceIoControl(file, 0, NULL, 0, NULL, 0, &bytes, NULL));
}

static void test_u18_a_file_is_no_device(void **state)
{
	DWORD bytes;

	(void)state;
	HANDLE file = open_fresh("plain", 0);
	assert_false(DeviceIoControl(file, 0x222000, NULL, 0, NULL, 0, &bytes, NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_FUNCTION);
	DEV_BROADCAST_HANDLE filter = {.dbch_size = sizeof(filter),
				       .dbch_devicetype = DBT_DEVTYP_HANDLE,
				       .dbch_handle = file};
	WNDCLASSA window_class = {.lpfnWndProc = DefWindowProcA, .lpszClassName = "plain"};
	RegisterClassA(&window_class);
	HWND window = CreateWindowExA(0, "plain", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL,
				      NULL);
	assert_null(RegisterDeviceNotificationA(window, &filter, 0));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
	DestroyWindow(window);
	CloseHandle(file);
}

/* --- overlapped ----------------------------------------------------------------------------------- */

static void test_e5_overlapped_file(void **state)
{
	OVERLAPPED one = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)}, other = {.Offset = 4};
	char got[8] = "";
	DWORD bytes;

	(void)state;
	HANDLE file = open_fresh("overlapped", FILE_FLAG_OVERLAPPED);
	assert_false(WriteFile(file, "0123456789", 10, NULL, NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_false(WriteFile(file, "0123456789", 10, NULL, &one));
	assert_int_equal(GetLastError(), ERROR_IO_PENDING);
	assert_int_equal(WaitForSingleObject(one.hEvent, INFINITE), WAIT_OBJECT_0);
	assert_true(GetOverlappedResult(file, &one, &bytes, FALSE));
	assert_int_equal(bytes, 10);
	assert_false(ReadFile(file, got, 3, NULL, &other)); /* told by the file itself */
	assert_true(GetOverlappedResult(file, &other, &bytes, TRUE));
	assert_int_equal(bytes, 3);
	assert_memory_equal(got, "456", 3);
	other = (OVERLAPPED){.Offset = 10};
	assert_false(ReadFile(file, got, 3, NULL, &other));
	assert_false(GetOverlappedResult(file, &other, &bytes, TRUE));
	assert_int_equal(GetLastError(), ERROR_HANDLE_EOF);
	CloseHandle(one.hEvent);
	CloseHandle(file);
}

static void test_e5_file_at_a_port(void **state)
{
	OVERLAPPED there[16] = {{0}}, *done;
	char got[16];
	ULONG_PTR key;
	DWORD bytes, sum = 0;

	(void)state;
	HANDLE file = open_fresh("port", FILE_FLAG_OVERLAPPED);
	HANDLE port = CreateIoCompletionPort(file, NULL, 5, 0);
	assert_non_null(port);
	for (DWORD i = 0; i < 16; i++) {
		there[i].Offset = i;
		assert_false(WriteFile(file, &"abcdefghijklmnop"[i], 1, NULL, &there[i]));
	}
	for (int i = 0; i < 16; i++) {
		assert_true(GetQueuedCompletionStatus(port, &bytes, &key, &done, INFINITE));
		assert_int_equal(key, 5);
		assert_int_equal(bytes, 1);
		sum += done->Offset;
	}
	assert_int_equal(sum, 120);
	assert_false(ReadFile(file, got, 16, NULL, &there[0]));
	assert_true(GetQueuedCompletionStatus(port, &bytes, &key, &done, INFINITE));
	assert_memory_equal(got, "abcdefghijklmnop", 16);
	CloseHandle(file);
	CloseHandle(port);
}

static DWORD called_with;

static void CALLBACK on_done(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
	(void)overlapped;
	called_with = error ? 0 : bytes;
}

static void test_e5_file_with_a_routine(void **state)
{
	OVERLAPPED there = {0};

	(void)state;
	HANDLE file = open_fresh("routine", FILE_FLAG_OVERLAPPED);
	assert_true(WriteFileEx(file, "1234", 4, &there, on_done));
	while (!called_with)
		SleepEx(INFINITE, TRUE);
	assert_int_equal(called_with, 4);
	CloseHandle(file);
}

/* --- what may wait for ever ----------------------------------------------------------------------- */

static HANDLE open_pipe(DWORD flags)
{
	(void)unlink(path_of("pipe"));
	assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
	HANDLE pipe = open_how("pipe", BOTH, OPEN_EXISTING, flags);
	assert_ptr_not_equal(pipe, INVALID_HANDLE_VALUE);
	assert_int_equal(GetFileType(pipe), FILE_TYPE_PIPE);
	return pipe;
}

static void test_e5_pipe(void **state)
{
	OVERLAPPED reading = {0}, writing = {0};
	char got[8];
	DWORD bytes;

	(void)state;
	HANDLE pipe = open_pipe(FILE_FLAG_OVERLAPPED);
	assert_false(ReadFile(pipe, got, sizeof(got), NULL, &reading));
	assert_int_equal(GetLastError(), ERROR_IO_PENDING);
	assert_false(GetOverlappedResult(pipe, &reading, &bytes, FALSE));
	assert_int_equal(GetLastError(), ERROR_IO_INCOMPLETE);
	writing.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
	assert_false(WriteFile(pipe, "abc", 3, NULL, &writing));
	assert_true(GetOverlappedResult(pipe, &writing, &bytes, TRUE));
	assert_true(GetOverlappedResult(pipe, &reading, &bytes, TRUE));
	assert_int_equal(bytes, 3);
	CloseHandle(writing.hEvent);
	CloseHandle(pipe);
}

static void test_e5_cancelled_read(void **state)
{
	OVERLAPPED reading = {0};
	char got[8];
	DWORD bytes;

	(void)state;
	HANDLE pipe = open_pipe(FILE_FLAG_OVERLAPPED);
	assert_false(ReadFile(pipe, got, sizeof(got), NULL, &reading));
	assert_true(CancelIoEx(pipe, &reading));
	assert_false(GetOverlappedResult(pipe, &reading, &bytes, TRUE));
	assert_int_equal(GetLastError(), ERROR_OPERATION_ABORTED);
	assert_false(CancelIoEx(pipe, NULL));
	assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
	/* The last handle's end cancels, too. */
	reading.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
	assert_false(ReadFile(pipe, got, sizeof(got), NULL, &reading));
	CloseHandle(pipe);
	assert_int_equal(WaitForSingleObject(reading.hEvent, INFINITE), WAIT_OBJECT_0);
	assert_int_equal((DWORD)reading.Internal, 0xc0000120);
	CloseHandle(reading.hEvent);
}

static DWORD WINAPI read_for_ever(LPVOID pipe)
{
	char got[8];
	DWORD bytes;

	return ReadFile(pipe, got, sizeof(got), &bytes, NULL) ? 0 : GetLastError();
}

static void test_e5_cancelled_synchronous_read(void **state)
{
	DWORD code;

	(void)state;
	HANDLE pipe = open_pipe(0);
	HANDLE thread = CreateThread(NULL, 0, read_for_ever, pipe, 0, NULL);
	while (!CancelSynchronousIo(thread)) /* it has not begun */
		SwitchToThread();
	assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
	assert_true(GetExitCodeThread(thread, &code));
	assert_int_equal(code, ERROR_OPERATION_ABORTED);
	CloseHandle(thread);
	CloseHandle(pipe);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const names[] = {"one",	  "two",    "named",   "kept", "alone",
					    "place",	  "offset", "times",   "kind", "plain",
					    "overlapped", "port",   "routine", "pipe"};

	(void)state;
	for (size_t i = 0; i < ARRAYSIZE(names); i++)
		(void)unlink(path_of(names[i]));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u18_dispositions),
		cmocka_unit_test(test_u18_names_of_files),
		cmocka_unit_test(test_u18_access_is_kept),
		cmocka_unit_test(test_u18_who_shares_nothing_is_alone),
		cmocka_unit_test(test_u18_a_file_that_goes_with_its_handle),
		cmocka_unit_test(test_u18_folders_and_attributes),
		cmocka_unit_test(test_u18_position),
		cmocka_unit_test(test_u18_an_offset_of_ones_own),
		cmocka_unit_test(test_u18_times_of_a_file),
		cmocka_unit_test(test_u18_null_and_kinds_of_files),
		cmocka_unit_test(test_u18_a_file_is_no_device),
		cmocka_unit_test(test_e5_overlapped_file),
		cmocka_unit_test(test_e5_file_at_a_port),
		cmocka_unit_test(test_e5_file_with_a_routine),
		cmocka_unit_test(test_e5_pipe),
		cmocka_unit_test(test_e5_cancelled_read),
		cmocka_unit_test(test_e5_cancelled_synchronous_read),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
