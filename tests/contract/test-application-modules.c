/* SPDX-License-Identifier: MIT */
/* Modules and their functions, values of a thread's, the precise clock (U18). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <windows.h>
#include <cmocka.h>

#include "in-thread.h"

static void test_u18_own_modules(void **state)
{
	static const char *const names[] = {"kernel32", "KERNEL32.DLL", "setupapi.dll",
					    "C:\\Windows\\System32\\cfgmgr32.dll"};

	(void)state;
	for (size_t i = 0; i < ARRAYSIZE(names); i++) {
		HMODULE module = LoadLibraryA(names[i]);

		assert_non_null(module);
		assert_ptr_equal(GetModuleHandleA(names[i]), module);
		assert_ptr_not_equal(module, GetModuleHandleA(NULL));
		assert_ptr_equal((void *)GetProcAddress(module, "RegisterDeviceNotificationW"),
				 (void *)RegisterDeviceNotificationW);
		assert_null(GetProcAddress(module, "NoSuchFunction"));
		assert_int_equal(GetLastError(), ERROR_PROC_NOT_FOUND);
		assert_null(GetProcAddress(module, "malloc")); /* used, not had */
		assert_null(GetProcAddress(module, (LPCSTR)(ULONG_PTR)7));
		assert_true(FreeLibrary(module));
		assert_ptr_equal(GetModuleHandleA(names[i]), module);
	}
}

static void test_u18_module_names(void **state)
{
	WCHAR wide[sizeof(LOADED_MODULE)];

	(void)state;
	assert_ptr_equal(GetModuleHandleW(NULL), GetModuleHandleA(NULL));
	assert_ptr_equal(GetModuleHandleW(L"kernel32.dll"), GetModuleHandleA("kernel32.dll"));
	assert_null(GetModuleHandleW(L"no-such.dll"));
	assert_int_equal(GetLastError(), ERROR_MOD_NOT_FOUND);
	assert_null(GetModuleHandleA(""));
	assert_null(LoadLibraryW(L"no-such.dll"));
	assert_int_equal(GetLastError(), ERROR_MOD_NOT_FOUND);
	assert_null(LoadLibraryA(NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_null(LoadLibraryExA("kernel32.dll", NULL, LOAD_LIBRARY_AS_DATAFILE));
	assert_int_equal(GetLastError(), ERROR_NOT_SUPPORTED);
	MultiByteToWideChar(CP_UTF8, 0, LOADED_MODULE, -1, wide, ARRAYSIZE(wide));
	HMODULE module = LoadLibraryW(wide);
	assert_non_null(module);
	assert_ptr_equal(GetModuleHandleW(wide), module);
	assert_true(FreeLibrary(module));
}

static void test_u18_shared_object(void **state)
{
	(void)state;
	assert_null(GetModuleHandleA(LOADED_MODULE));
	HMODULE module = LoadLibraryA(LOADED_MODULE);
	assert_non_null(module);
	assert_ptr_equal(LoadLibraryExA(LOADED_MODULE, NULL, LOAD_WITH_ALTERED_SEARCH_PATH),
			 module);
	assert_true(FreeLibrary(module));
	int (*twice)(int) = (int (*)(int))(void *)GetProcAddress(module, "loaded_module_twice");
	assert_non_null(twice);
	assert_int_equal(twice(-4), 8);
	assert_null(GetProcAddress(module, "abs"));
	assert_true(FreeLibrary(module));
	assert_false(FreeLibrary(module));
	assert_int_equal(GetLastError(), ERROR_MOD_NOT_FOUND);
	assert_null(GetProcAddress(module, "loaded_module_twice"));
	assert_int_equal(GetLastError(), ERROR_MOD_NOT_FOUND);
}

/* --- values of a thread's ------------------------------------------------------------------------- */

static DWORD WINAPI tls_is_empty(LPVOID index)
{
	BOOL empty = !TlsGetValue((DWORD)(ULONG_PTR)index) && GetLastError() == ERROR_SUCCESS;

	TlsSetValue((DWORD)(ULONG_PTR)index, &empty);
	return empty;
}

static void test_u18_thread_locals(void **state)
{
	DWORD index = TlsAlloc(), all[2048], count = 0;
	int value;

	(void)state;
	assert_int_not_equal(index, TLS_OUT_OF_INDEXES);
	assert_true(TlsSetValue(index, &value));
	assert_true(in_thread(tls_is_empty, (void *)(ULONG_PTR)index));
	assert_ptr_equal(TlsGetValue(index), &value);
	while ((all[count] = TlsAlloc()) != TLS_OUT_OF_INDEXES)
		count++;
	assert_int_equal(GetLastError(), ERROR_NO_MORE_ITEMS);
	assert_true(count >= TLS_MINIMUM_AVAILABLE);
	while (count--)
		assert_true(TlsFree(all[count]));
	assert_true(TlsFree(index));
	assert_false(TlsFree(index));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_false(TlsSetValue(index, &value));
	assert_null(TlsGetValue(index));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_false(TlsFree(TLS_OUT_OF_INDEXES));
}

static int given_back;

static void WINAPI give_back(PVOID value)
{
	Sleep(1); /* whoever does not wait for it would look too early */
	*(int *)value += 1;
	__atomic_add_fetch(&given_back, 1, __ATOMIC_RELAXED);
}

struct fls {
	DWORD index;
	int values[2];
	HANDLE set, over;
};

static DWORD WINAPI set_and_end(LPVOID argument)
{
	struct fls *fls = argument;

	return FlsSetValue(fls->index, &fls->values[0]) &&
	       FlsGetValue(fls->index) == &fls->values[0];
}

static DWORD WINAPI set_and_wait(LPVOID argument)
{
	struct fls *fls = argument;
	BOOL set = FlsSetValue(fls->index, &fls->values[1]);

	SetEvent(fls->set);
	WaitForSingleObject(fls->over, INFINITE);
	return set && !FlsGetValue(fls->index);
}

/* At the thread's end before anybody who waits for it knows, and when the index goes. */
static void test_u18_fiber_locals(void **state)
{
	struct fls fls = {.index = FlsAlloc(give_back)};
	DWORD code;

	(void)state;
	assert_int_not_equal(fls.index, FLS_OUT_OF_INDEXES);
	assert_null(FlsGetValue(fls.index));
	assert_true(in_thread(set_and_end, &fls));
	assert_int_equal(fls.values[0], 1);
	fls.set = CreateEventA(NULL, TRUE, FALSE, NULL);
	fls.over = CreateEventA(NULL, TRUE, FALSE, NULL);
	HANDLE thread = CreateThread(NULL, 0, set_and_wait, &fls, 0, NULL);
	assert_non_null(thread);
	assert_int_equal(WaitForSingleObject(fls.set, INFINITE), WAIT_OBJECT_0);
	assert_true(FlsFree(fls.index));
	assert_int_equal(fls.values[1], 1);
	SetEvent(fls.over);
	assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
	assert_true(GetExitCodeThread(thread, &code));
	assert_true(code);
	assert_int_equal(given_back, 2);
	CloseHandle(thread);
	CloseHandle(fls.set);
	CloseHandle(fls.over);
	assert_false(FlsFree(fls.index));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_false(FlsSetValue(fls.index, &fls));
}

static void test_u18_fiber_locals_are_limited(void **state)
{
	DWORD count = 0;

	(void)state;
	while (FlsAlloc(NULL) != FLS_OUT_OF_INDEXES)
		count++;
	assert_int_equal(GetLastError(), ERROR_NO_MORE_ITEMS);
	assert_int_equal(count, FLS_MAXIMUM_AVAILABLE);
	while (count--)
		assert_true(FlsFree(count));
}

static void test_u18_performance_counter(void **state)
{
	LARGE_INTEGER frequency, before, after;

	(void)state;
	assert_true(QueryPerformanceFrequency(&frequency));
	assert_true(QueryPerformanceCounter(&before));
	ULONGLONG ticks = GetTickCount64();
	assert_true(QueryPerformanceCounter(&after));
	/* The clocks are one. */
	assert_true(before.QuadPart * 1000 / frequency.QuadPart <= (LONGLONG)ticks);
	assert_true(after.QuadPart * 1000 / frequency.QuadPart >= (LONGLONG)ticks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u18_own_modules),
		cmocka_unit_test(test_u18_module_names),
		cmocka_unit_test(test_u18_shared_object),
		cmocka_unit_test(test_u18_thread_locals),
		cmocka_unit_test(test_u18_fiber_locals),
		cmocka_unit_test(test_u18_fiber_locals_are_limited),
		cmocka_unit_test(test_u18_performance_counter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
