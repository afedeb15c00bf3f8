/* SPDX-License-Identifier: MIT */
/* What a program asks of the system, its environment, its own files, its threads (U18). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <windows.h>
#include <versionhelpers.h>
#include <winsvc.h>
#include <cmocka.h>

#include "in-thread.h"

static void assert_wide(const WCHAR *wide, const char *text)
{
	char narrow[512];

	assert_true(WideCharToMultiByte(CP_UTF8, 0, wide, -1, narrow, sizeof(narrow), NULL, NULL));
	assert_string_equal(narrow, text);
}

/* --- the environment ------------------------------------------------------------------------------ */

static void test_u18_environment_variable(void **state)
{
	char text[16];
	WCHAR wide[16];

	(void)state;
	assert_true(SetEnvironmentVariableA("pnpnTest", "gr\xc3\xbc\xc3\x9f"));
	assert_string_equal(getenv("pnpnTest"), "gr\xc3\xbc\xc3\x9f");
	assert_int_equal(GetEnvironmentVariableA("PNPNTEST", text, sizeof(text)), 6);
	assert_string_equal(text, "gr\xc3\xbc\xc3\x9f");
	assert_int_equal(GetEnvironmentVariableW(L"pnpntest", wide, ARRAYSIZE(wide)), 4);
	assert_wide(wide, "gr\xc3\xbc\xc3\x9f");
	assert_int_equal(GetEnvironmentVariableA("pnpnTest", text, 6), 7);
	assert_int_equal(GetEnvironmentVariableA("pnpnTest", NULL, 0), 7);
	assert_int_equal(GetEnvironmentVariableW(L"pnpnTest", NULL, 0), 5);
	assert_true(SetEnvironmentVariableW(L"PnpnTest", L"other"));
	assert_string_equal(getenv("pnpnTest"), "other");
	assert_true(SetEnvironmentVariableA("pnpnTest", ""));
	assert_int_equal(GetEnvironmentVariableA("pnpnTest", text, sizeof(text)), 0);
	assert_string_equal(text, "");
	assert_true(SetEnvironmentVariableW(L"PNPNTEST", NULL));
	assert_null(getenv("pnpnTest"));
	assert_int_equal(GetEnvironmentVariableA("pnpnTest", text, sizeof(text)), 0);
	assert_int_equal(GetLastError(), ERROR_ENVVAR_NOT_FOUND);
	assert_false(SetEnvironmentVariableA("pnpnTest", NULL));
	assert_int_equal(GetLastError(), ERROR_ENVVAR_NOT_FOUND);
	assert_false(SetEnvironmentVariableA("a=b", "c"));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_false(SetEnvironmentVariableA("", "c"));
}

static void test_u18_expanded_text(void **state)
{
	char text[64];
	WCHAR wide[64];

	(void)state;
	assert_true(SetEnvironmentVariableA("pnpnTest", "value"));
	assert_int_equal(ExpandEnvironmentStringsA("<%pnpntest%>%no such%5%", text, sizeof(text)),
			 strlen("<value>%no such%5%") + 1);
	assert_string_equal(text, "<value>%no such%5%");
	assert_int_equal(ExpandEnvironmentStringsW(L"%pnpnTest%", wide, ARRAYSIZE(wide)), 6);
	assert_wide(wide, "value");
	assert_int_equal(ExpandEnvironmentStringsA("%pnpnTest%", text, 5), 6);
	assert_int_equal(ExpandEnvironmentStringsW(L"%pnpnTest%", NULL, 0), 6);
	assert_int_equal(ExpandEnvironmentStringsA("", text, sizeof(text)), 1);
}

static void test_u18_environment_block(void **state)
{
	bool found = false;

	(void)state;
	assert_true(SetEnvironmentVariableA("pnpnTest", "value"));
	char *block = GetEnvironmentStrings();
	for (char *entry = block; *entry; entry += strlen(entry) + 1)
		found = found || strcmp(entry, "pnpnTest=value") == 0;
	assert_true(found);
	assert_true(FreeEnvironmentStringsA(block));
	WCHAR *wide = GetEnvironmentStringsW();
	found = false;
	for (WCHAR *entry = wide; *entry; entry += lstrlenW(entry) + 1)
		found = found || lstrcmpW(entry, L"pnpnTest=value") == 0;
	assert_true(found);
	assert_true(FreeEnvironmentStringsW(wide));
}

/* --- modules' files ------------------------------------------------------------------------------- */

static void test_u18_module_file_names(void **state)
{
	char program[4096], name[4096];
	WCHAR wide[4096];

	(void)state;
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
	assert_true(length > 0);
	program[length] = 0;
	assert_int_equal(GetModuleFileNameA(NULL, name, sizeof(name)), length);
	assert_string_equal(name, program);
	assert_int_equal(GetLastError(), ERROR_SUCCESS);
	assert_int_equal(GetModuleFileNameA(GetModuleHandleA(NULL), name, sizeof(name)), length);
	assert_int_equal(GetModuleFileNameW(NULL, wide, ARRAYSIZE(wide)), length);
	assert_wide(wide, program);
	assert_int_equal(GetModuleFileNameA(NULL, name, 5), 5);
	assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	assert_int_equal(strlen(name), 4);
	assert_memory_equal(name, program, 4);
	assert_int_equal(GetModuleFileNameA(NULL, name, (DWORD)length), length);
	assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	assert_true(GetModuleFileNameA(GetModuleHandleA("user32"), name, sizeof(name)) > 0);
	assert_non_null(strstr(name, "libpnpnotify-win32.so"));
	HMODULE module = LoadLibraryA(LOADED_MODULE);
	assert_true(GetModuleFileNameA(module, name, sizeof(name)) > 0);
	assert_string_equal(name, LOADED_MODULE);
	assert_true(DisableThreadLibraryCalls(module));
	assert_true(FreeLibrary(module));
	assert_int_equal(GetModuleFileNameA((HMODULE)name, name, sizeof(name)), 0);
	assert_int_equal(GetLastError(), ERROR_MOD_NOT_FOUND);
}

static void test_u18_module_of_an_address(void **state)
{
	const DWORD unchanged = GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
		    by_address = unchanged | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS;
	HMODULE module;

	(void)state;
	assert_true(GetModuleHandleExA(by_address, (LPCSTR)test_u18_module_of_an_address, &module));
	assert_ptr_equal(module, GetModuleHandleA(NULL));
	HMODULE library = GetModuleHandleA("kernel32");
	FARPROC function = GetProcAddress(library, "GetTickCount");
	assert_true(GetModuleHandleExW(by_address, (LPCWSTR)(void *)function, &module));
	assert_ptr_equal(module, library);
	HMODULE loaded = LoadLibraryA(LOADED_MODULE);
	function = GetProcAddress(loaded, "loaded_module_twice");
	assert_true(GetModuleHandleExA(by_address, (LPCSTR)(void *)function, &module));
	assert_ptr_equal(module, loaded);
	assert_true(GetModuleHandleExA(0, LOADED_MODULE, &module)); /* a second one */
	assert_ptr_equal(module, loaded);
	assert_true(FreeLibrary(loaded));
	assert_true(GetModuleHandleExA(unchanged, LOADED_MODULE, &module));
	assert_true(FreeLibrary(loaded));
	assert_false(GetModuleHandleExA(0, LOADED_MODULE, &module));
	assert_null(module);
	assert_int_equal(GetLastError(), ERROR_MOD_NOT_FOUND);
	assert_false(GetModuleHandleExA(by_address, (LPCSTR)(ULONG_PTR)16, &module));
	assert_false(GetModuleHandleExA(64, NULL, &module));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

/* --- the system ----------------------------------------------------------------------------------- */

static void test_u18_version(void **state)
{
	OSVERSIONINFOA narrow = {.dwOSVersionInfoSize = sizeof(narrow)};
	OSVERSIONINFOEXW wide = {.dwOSVersionInfoSize = sizeof(wide)};

	(void)state;
	assert_true(GetVersionExA(&narrow));
	assert_int_equal(narrow.dwMajorVersion, 10);
	assert_int_equal(narrow.dwPlatformId, VER_PLATFORM_WIN32_NT);
	assert_true(GetVersionExW((OSVERSIONINFOW *)&wide));
	assert_int_equal(wide.dwBuildNumber, narrow.dwBuildNumber);
	assert_int_equal(wide.wProductType, VER_NT_WORKSTATION);
	assert_int_equal(LOBYTE(GetVersion()), 10);
	narrow.dwOSVersionInfoSize = 1;
	assert_false(GetVersionExA(&narrow));
	assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	assert_true(IsWindowsXPSP3OrGreater());
	assert_true(IsWindows7SP1OrGreater());
	assert_true(IsWindows8Point1OrGreater());
	assert_true(IsWindows10OrGreater());
	assert_false(IsWindowsVersionOrGreater(10, 0, 1));
	assert_false(IsWindowsVersionOrGreater(11, 0, 0));
	assert_false(IsWindowsServer());
}

static void test_u18_version_conditions(void **state)
{
	OSVERSIONINFOEXA wanted = {.dwOSVersionInfoSize = sizeof(wanted),
				   .dwMajorVersion = 6,
				   .dwMinorVersion = 3,
				   .dwBuildNumber = 1};

	(void)state;
	assert_true(VerifyVersionInfoA(&wanted, VER_MAJORVERSION,
				       VerSetConditionMask(0, VER_MAJORVERSION, VER_GREATER)));
	assert_false(VerifyVersionInfoA(&wanted, VER_MAJORVERSION,
					VerSetConditionMask(0, VER_MAJORVERSION, VER_EQUAL)));
	assert_int_equal(GetLastError(), ERROR_OLD_WIN_VERSION);
	assert_false(VerifyVersionInfoA(&wanted, VER_BUILDNUMBER,
					VerSetConditionMask(0, VER_BUILDNUMBER, VER_LESS_EQUAL)));
	assert_false(VerifyVersionInfoA(&wanted, 0, 0));
	assert_int_equal(GetLastError(), ERROR_BAD_ARGUMENTS);
}

static void test_u18_processors_and_memory(void **state)
{
	SYSTEM_INFO info;
	MEMORYSTATUSEX memory = {.dwLength = sizeof(memory)};

	(void)state;
	GetSystemInfo(&info);
	assert_int_equal(info.dwPageSize, sysconf(_SC_PAGESIZE));
	assert_int_equal(info.dwAllocationGranularity, 0x10000);
	assert_true(info.dwNumberOfProcessors >= 1 && info.dwActiveProcessorMask);
	assert_true(GlobalMemoryStatusEx(&memory));
	assert_true(memory.ullTotalPhys >= memory.ullAvailPhys && memory.ullAvailPhys > 0);
	assert_true(memory.dwMemoryLoad <= 100);
	memory.dwLength--;
	assert_false(GlobalMemoryStatusEx(&memory));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

static void test_u18_names(void **state)
{
	char name[256], host[256] = "";
	WCHAR wide[256];
	DWORD size = sizeof(name);

	(void)state;
	assert_true(GetComputerNameA(name, &size));
	assert_int_equal(size, strlen(name));
	assert_true(size <= MAX_COMPUTERNAME_LENGTH);
	size = ARRAYSIZE(wide);
	assert_true(GetComputerNameW(wide, &size));
	assert_wide(wide, name);
	DWORD length = size;
	size = 1;
	assert_false(GetComputerNameA(name, &size));
	assert_int_equal(GetLastError(), ERROR_BUFFER_OVERFLOW);
	assert_int_equal(size, length + 1);
	gethostname(host, sizeof(host) - 1);
	size = sizeof(name);
	assert_true(GetComputerNameExA(ComputerNameDnsFullyQualified, name, &size));
	assert_string_equal(name, host);
	size = 0;
	assert_false(GetComputerNameExW(ComputerNameDnsHostname, NULL, &size));
	assert_int_equal(GetLastError(), ERROR_MORE_DATA);
	assert_false(GetComputerNameExA(ComputerNameMax, name, &size));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	size = sizeof(name);
	assert_true(GetUserNameA(name, &size));
	assert_int_equal(size, strlen(name) + 1);
	size = 1;
	assert_false(GetUserNameW(wide, &size));
	assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	assert_int_equal(size, strlen(name) + 1);
	assert_true(GetUserNameW(wide, &size));
	assert_wide(wide, name);
}

static void test_u18_no_service_manager(void **state)
{
	(void)state;
	assert_null(OpenSCManagerA(NULL, NULL, SC_MANAGER_ALL_ACCESS));
	assert_int_equal(GetLastError(), ERROR_DATABASE_DOES_NOT_EXIST);
	assert_null(OpenServiceW(NULL, L"x", SERVICE_ALL_ACCESS));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
	assert_false(CloseServiceHandle(NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

/* --- the process ---------------------------------------------------------------------------------- */

static void test_u18_process(void **state)
{
	DWORD code;
	BOOL is_wow64;
	STARTUPINFOW startup;
	int status;

	(void)state;
	assert_int_equal(GetProcessId(GetCurrentProcess()), getpid());
	assert_true(GetExitCodeProcess(GetCurrentProcess(), &code));
	assert_int_equal(code, STILL_ACTIVE);
	assert_true(IsWow64Process(GetCurrentProcess(), &is_wow64));
	assert_false(is_wow64);
	GetStartupInfoW(&startup);
	assert_int_equal(startup.cb, sizeof(startup));
	assert_false(TerminateProcess(NULL, 1));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
	pid_t child = fork();
	if (!child)
		TerminateProcess(GetCurrentProcess(), 7);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

static void test_u18_process_times(void **state)
{
	FILETIME created, ended, kernel, user, now;
	ULARGE_INTEGER spent;

	(void)state;
	assert_true(GetProcessTimes(GetCurrentProcess(), &created, &ended, &kernel, &user));
	GetSystemTimeAsFileTime(&now);
	assert_true(CompareFileTime(&created, &now) < 0);
	now.dwHighDateTime -= 10; /* about an hour and ten minutes */
	assert_true(CompareFileTime(&created, &now) > 0);
	spent.LowPart = user.dwLowDateTime;
	spent.HighPart = user.dwHighDateTime;
	assert_true(spent.QuadPart < 3600 * (ULONGLONG)10000000);
	assert_true(GetThreadTimes(GetCurrentThread(), &created, &ended, &kernel, &user));
	assert_false(GetProcessTimes(NULL, &created, &ended, &kernel, &user));
}

static DWORD WINAPI lower_oneself(LPVOID unused)
{
	HANDLE self = GetCurrentThread();

	(void)unused;
	return GetThreadPriority(self) == THREAD_PRIORITY_NORMAL &&
	       SetThreadPriority(self, THREAD_PRIORITY_LOWEST) &&
	       GetThreadPriority(self) == THREAD_PRIORITY_LOWEST && !SetThreadPriority(self, 77) &&
	       GetLastError() == ERROR_INVALID_PARAMETER &&
	       GetThreadId(self) == GetCurrentThreadId() && SwitchToThread();
}

static void test_u18_thread_priority(void **state)
{
	(void)state;
	assert_true(in_thread(lower_oneself, NULL));
	assert_int_equal(GetThreadPriority(GetCurrentThread()), THREAD_PRIORITY_NORMAL);
	assert_int_equal(GetThreadPriority(NULL), THREAD_PRIORITY_ERROR_RETURN);
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u18_environment_variable),
		cmocka_unit_test(test_u18_expanded_text),
		cmocka_unit_test(test_u18_environment_block),
		cmocka_unit_test(test_u18_module_file_names),
		cmocka_unit_test(test_u18_module_of_an_address),
		cmocka_unit_test(test_u18_version),
		cmocka_unit_test(test_u18_version_conditions),
		cmocka_unit_test(test_u18_processors_and_memory),
		cmocka_unit_test(test_u18_names),
		cmocka_unit_test(test_u18_no_service_manager),
		cmocka_unit_test(test_u18_process),
		cmocka_unit_test(test_u18_process_times),
		cmocka_unit_test(test_u18_thread_priority),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
