/* SPDX-License-Identifier: MIT */
/* Heaps, global and local memory, address space, and what ends a process (U18). */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <windows.h>
#include <cmocka.h>

static bool is_all(const void *memory, char value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		if (((const char *)memory)[i] != value)
			return false;
	return true;
}

static void test_u18_heap(void **state)
{
	HANDLE heap = GetProcessHeap();

	(void)state;
	char *memory = HeapAlloc(heap, HEAP_ZERO_MEMORY, 77);
	assert_non_null(memory);
	assert_int_equal((uintptr_t)memory % MEMORY_ALLOCATION_ALIGNMENT, 0);
	assert_true(is_all(memory, 0, 77));
	assert_int_equal(HeapSize(heap, 0, memory), 77);
	assert_true(HeapValidate(heap, 0, memory));
	memset(memory, 5, 77);
	memory = HeapReAlloc(heap, HEAP_ZERO_MEMORY, memory, 1000);
	assert_non_null(memory);
	assert_int_equal(HeapSize(heap, 0, memory), 1000);
	assert_true(is_all(memory, 5, 77) && is_all(memory + 77, 0, 1000 - 77));
	assert_null(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, memory, 1001));
	assert_ptr_equal(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, memory, 10), memory);
	assert_int_equal(HeapSize(heap, 0, memory), 10);
	assert_true(HeapFree(heap, 0, memory));
	assert_true(HeapFree(heap, 0, NULL));
	memory = HeapAlloc(heap, 0, 0);
	assert_non_null(memory);
	assert_int_equal(HeapSize(heap, 0, memory), 0);
	assert_true(HeapFree(heap, 0, memory));
	assert_null(HeapAlloc(heap, 0, SIZE_MAX));
	assert_false(HeapDestroy(heap));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

static void test_u18_heap_of_ones_own(void **state)
{
	HANDLE heap = HeapCreate(0, 0, 4096);

	(void)state;
	assert_non_null(heap);
	assert_true(HeapSetInformation(NULL, HeapEnableTerminationOnCorruption, NULL, 0));
	char *memory = HeapAlloc(heap, 0, 4000);
	assert_non_null(memory);
	assert_null(HeapAlloc(heap, 0, 97));
	assert_null(HeapReAlloc(heap, 0, memory, 4097));
	assert_int_equal(HeapSize(GetProcessHeap(), 0, memory), (SIZE_T)-1);
	assert_false(HeapFree(GetProcessHeap(), 0, memory));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_true(HeapFree(heap, 0, memory));
	for (int i = 0; i < 64; i++) /* what is left is the heap's to free */
		assert_non_null(HeapAlloc(heap, HEAP_ZERO_MEMORY, 64));
	assert_null(HeapAlloc(heap, 0, 1));
	assert_true(HeapDestroy(heap));
	assert_null(HeapCreate(0, 2, 1));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

static void test_u18_global_and_local_memory(void **state)
{
	(void)state;
	HGLOBAL global = GlobalAlloc(GHND, 100);
	assert_non_null(global);
	char *memory = GlobalLock(global);
	assert_true(is_all(memory, 0, 100));
	assert_ptr_equal(GlobalHandle(memory), global);
	assert_int_equal(GlobalSize(global), 100);
	assert_int_equal(GlobalFlags(global), 0);
	assert_false(GlobalUnlock(global));
	assert_int_equal(GetLastError(), NO_ERROR);
	global = GlobalReAlloc(global, 3000, GMEM_MOVEABLE | GMEM_ZEROINIT);
	assert_non_null(global);
	assert_true(is_all(GlobalLock(global), 0, 3000));
	assert_ptr_equal(GlobalReAlloc(global, 0, GMEM_MODIFY), global);
	assert_int_equal(GlobalSize(global), 3000);
	assert_null(GlobalFree(global));
	HLOCAL local = LocalAlloc(LPTR, 8);
	assert_true(is_all(local, 0, 8));
	local = LocalReAlloc(local, 16, LMEM_MOVEABLE);
	assert_int_equal(LocalSize(local), 16);
	assert_ptr_equal(LocalLock(local), local);
	assert_false(LocalUnlock(local));
	assert_null(LocalFree(local));
	assert_null(LocalFree(NULL));
	assert_null(GlobalLock(NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
	assert_null(LocalAlloc(0, SIZE_MAX));
	assert_int_equal(GetLastError(), ERROR_NOT_ENOUGH_MEMORY);
}

static void test_u18_message_is_local_memory(void **state)
{
	char *text = NULL;

	(void)state;
	DWORD length = FormatMessageA(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM,
				      NULL, ERROR_TIMEOUT, 0, (LPSTR)&text, 0, NULL);
	assert_true(length > 0);
	assert_int_equal(LocalSize(text), length + 1);
	assert_null(LocalFree(text));
}

/* --- address space -------------------------------------------------------------------------------- */

static void assert_page(const char *address, DWORD state, DWORD protection, SIZE_T size)
{
	MEMORY_BASIC_INFORMATION information;

	assert_int_equal(VirtualQuery(address, &information, sizeof(information)),
			 sizeof(information));
	assert_int_equal(information.State, state);
	assert_int_equal(information.Protect, protection);
	if (size)
		assert_int_equal(information.RegionSize, size);
}

static void test_u18_reserve_and_commit(void **state)
{
	SIZE_T page = (SIZE_T)sysconf(_SC_PAGESIZE);
	DWORD before;

	(void)state;
	char *base = VirtualAlloc(NULL, 16 * page, MEM_RESERVE, PAGE_READWRITE);
	assert_non_null(base);
	assert_int_equal((uintptr_t)base % 0x10000, 0);
	assert_page(base, MEM_RESERVE, 0, 16 * page);
	assert_false(VirtualProtect(base, 1, PAGE_READONLY, &before));
	assert_int_equal(GetLastError(), ERROR_INVALID_ADDRESS);
	assert_null(VirtualAlloc(base, page, MEM_RESERVE, PAGE_READWRITE));
	assert_int_equal(GetLastError(), ERROR_INVALID_ADDRESS);
	char *middle = VirtualAlloc(base + 2 * page + 1, page, MEM_COMMIT, PAGE_READWRITE);
	assert_ptr_equal(middle, base + 2 * page);
	assert_true(is_all(middle, 0, 2 * page));
	memset(middle, 7, 2 * page);
	assert_page(base, MEM_RESERVE, 0, 2 * page);
	assert_page(middle, MEM_COMMIT, PAGE_READWRITE, 2 * page);
	assert_page(middle + 2 * page, MEM_RESERVE, 0, 12 * page);
	assert_true(VirtualProtect(middle, page, PAGE_READONLY, &before));
	assert_int_equal(before, PAGE_READWRITE);
	assert_page(middle + 1, MEM_COMMIT, PAGE_READONLY, page);
	assert_true(VirtualFree(middle, 2 * page, MEM_DECOMMIT));
	assert_page(base, MEM_RESERVE, 0, 16 * page);
	assert_non_null(VirtualAlloc(middle, 1, MEM_COMMIT, PAGE_READWRITE));
	assert_true(is_all(middle, 0, page)); /* nothing of before */
	assert_false(VirtualFree(base, page, MEM_RELEASE));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_false(VirtualFree(middle, 0, MEM_RELEASE));
	assert_int_equal(GetLastError(), ERROR_INVALID_ADDRESS);
	assert_true(VirtualFree(base, 0, MEM_DECOMMIT));
	assert_true(VirtualFree(base, 0, MEM_RELEASE));
	assert_false(VirtualFree(base, 0, MEM_RELEASE));
}

/* A table that is far larger than the machine, of which a little is used. */
static void test_u18_large_reservation(void **state)
{
	const SIZE_T size = (SIZE_T)1 << 36;

	(void)state;
	char *base = VirtualAlloc(NULL, size, MEM_RESERVE, PAGE_NOACCESS);
	assert_non_null(base);
	char *end = VirtualAlloc(base + size - 8, 8, MEM_COMMIT, PAGE_READWRITE);
	assert_non_null(end);
	*end = 1;
	assert_true(VirtualLock(end, 1) && VirtualUnlock(end, 1));
	assert_true(VirtualFree(base, 0, MEM_RELEASE));
}

static void test_u18_address_space_refuses(void **state)
{
	(void)state;
	assert_null(VirtualAlloc(NULL, 0, MEM_RESERVE, PAGE_READWRITE));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_null(VirtualAlloc(NULL, 1, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_null(VirtualAlloc(NULL, 1, MEM_COMMIT | MEM_LARGE_PAGES, PAGE_READWRITE));
	assert_int_equal(GetLastError(), ERROR_NOT_SUPPORTED);
	assert_null(VirtualAlloc(NULL, SIZE_MAX, MEM_RESERVE, PAGE_READWRITE));
	assert_null(VirtualAlloc((void *)test_u18_heap, 1, MEM_COMMIT, PAGE_READWRITE));
	assert_int_equal(GetLastError(), ERROR_INVALID_ADDRESS);
	assert_false(VirtualFree(NULL, 0, MEM_RELEASE | MEM_DECOMMIT));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

static const char constant[] = "constant";

/* The program's own pages are Linux's, and are told of. */
static void test_u18_pages_of_the_program(void **state)
{
	static char page[3 * 4096];
	char *within = page + 4096;
	DWORD before;

	(void)state;
	assert_page((const char *)(uintptr_t)test_u18_heap, MEM_COMMIT, PAGE_EXECUTE_READ, 0);
	assert_page(constant, MEM_COMMIT, PAGE_READONLY, 0);
	assert_page(within, MEM_COMMIT, PAGE_READWRITE, 0);
	assert_page(NULL, MEM_FREE, PAGE_NOACCESS, 0);
	assert_true(VirtualProtect(within, 1, PAGE_READONLY, &before));
	assert_int_equal(before, PAGE_READWRITE);
	assert_page(within, MEM_COMMIT, PAGE_READONLY, 0);
	assert_true(VirtualProtect(within, 1, before, &before));
	assert_int_equal(before, PAGE_READONLY);
	*within = 1;
	assert_false(VirtualProtect(within, 1, PAGE_READONLY, NULL));
	assert_int_equal(GetLastError(), ERROR_NOACCESS);
}

/* --- the end -------------------------------------------------------------------------------------- */

static LONG WINAPI filter(PEXCEPTION_POINTERS pointers)
{
	(void)pointers;
	return EXCEPTION_EXECUTE_HANDLER;
}

static int signal_of(void (*what)(void))
{
	int status;
	pid_t child = fork();

	if (!child) {
		signal(SIGABRT, SIG_DFL);
		close(STDERR_FILENO);
		what();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void raise_exception(void)
{
	RaiseException(STATUS_NO_MEMORY, 0, 0, NULL);
}

static void ask_for_too_much(void)
{
	(void)HeapAlloc(GetProcessHeap(), HEAP_GENERATE_EXCEPTIONS, SIZE_MAX);
}

static void test_u18_exceptions_end_the_process(void **state)
{
	(void)state;
	assert_null(SetUnhandledExceptionFilter(filter));
	assert_int_equal(signal_of(raise_exception), SIGABRT);
	assert_int_equal(signal_of(ask_for_too_much), SIGABRT);
	assert_int_equal(signal_of(DebugBreak), SIGTRAP);
	assert_true(SetUnhandledExceptionFilter(NULL) == filter);
	assert_int_equal(SetErrorMode(SEM_FAILCRITICALERRORS), 0);
	assert_int_equal(GetErrorMode(), SEM_FAILCRITICALERRORS);
	assert_int_equal(SetErrorMode(0), SEM_FAILCRITICALERRORS);
	(void)IsDebuggerPresent(); /* whether there is one is not ours to say */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u18_heap),
		cmocka_unit_test(test_u18_heap_of_ones_own),
		cmocka_unit_test(test_u18_global_and_local_memory),
		cmocka_unit_test(test_u18_message_is_local_memory),
		cmocka_unit_test(test_u18_reserve_and_commit),
		cmocka_unit_test(test_u18_large_reservation),
		cmocka_unit_test(test_u18_address_space_refuses),
		cmocka_unit_test(test_u18_pages_of_the_program),
		cmocka_unit_test(test_u18_exceptions_end_the_process),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
