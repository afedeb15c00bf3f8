/* SPDX-License-Identifier: MIT */
/* The registry, which is not there, and the keys of devices, which are (U17, U18). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "application-fixture.h"
#include <winreg.h>
#include <setupapi.h>
#include <cmocka.h>

#define ID "ROOT\\APPLICATION\\0000"

static void test_u18_no_registry(void **state)
{
	HKEY key = NULL;
	DWORD size = 4;

	(void)state;
	assert_int_equal(RegOpenKeyExA(HKEY_LOCAL_MACHINE, "SOFTWARE", 0, KEY_READ, &key),
			 ERROR_FILE_NOT_FOUND);
	assert_int_equal(RegOpenKeyExW(HKEY_CURRENT_USER, L"Software", 0, KEY_READ, &key),
			 ERROR_FILE_NOT_FOUND);
	assert_int_equal(RegOpenKeyA(HKEY_CLASSES_ROOT, "CLSID", &key), ERROR_FILE_NOT_FOUND);
	assert_int_equal(
		RegCreateKeyExA(HKEY_CURRENT_USER, "Ours", 0, NULL, 0, KEY_WRITE, NULL, &key, NULL),
		ERROR_ACCESS_DENIED);
	assert_int_equal(RegOpenKeyExA(HKEY_LOCAL_MACHINE, NULL, 0, KEY_READ, &key), 0);
	assert_ptr_equal(key, HKEY_LOCAL_MACHINE);
	assert_int_equal(RegQueryValueExA(key, "x", NULL, NULL, NULL, &size), ERROR_FILE_NOT_FOUND);
	assert_int_equal(RegSetValueExA(key, "x", 0, REG_SZ, (const BYTE *)"", 1),
			 ERROR_ACCESS_DENIED);
	assert_int_equal(RegDeleteKeyW(key, L"x"), ERROR_FILE_NOT_FOUND);
	assert_int_equal(RegEnumKeyExA(key, 0, NULL, &size, NULL, NULL, NULL, NULL),
			 ERROR_NO_MORE_ITEMS);
	assert_int_equal(RegCloseKey(key), 0);
	assert_int_equal(RegOpenKeyExA((HKEY)&size, "x", 0, KEY_READ, &key), ERROR_INVALID_HANDLE);
	assert_int_equal(RegCloseKey((HKEY)&size), ERROR_INVALID_HANDLE);
}

static void test_u17_key_of_a_device(void **state)
{
	struct fixture *f = *state;
	SP_DEVINFO_DATA device = {.cbSize = sizeof(device)};
	char text[64];
	WCHAR wide[64];
	DWORD type, size = sizeof(text);
	HKEY again;

	assert_int_equal(pnpn_device_add_property(f->device, "friendly-name", "Thing"), 0);
	assert_int_equal(pnpn_device_add_link(f->device, "\\\\.\\COM77"), 0);
	HDEVINFO set = SetupDiGetClassDevsA(NULL, ID, NULL, DIGCF_ALLCLASSES);
	assert_ptr_not_equal(set, INVALID_HANDLE_VALUE);
	assert_true(SetupDiEnumDeviceInfo(set, 0, &device));
	assert_ptr_equal(SetupDiOpenDevRegKey(set, &device, DICS_FLAG_GLOBAL, 0, 9, KEY_READ),
			 INVALID_HANDLE_VALUE);
	assert_int_equal(GetLastError(), ERROR_INVALID_FLAGS);
	HKEY key = SetupDiOpenDevRegKey(set, &device, DICS_FLAG_GLOBAL, 0, DIREG_DEV, KEY_READ);
	assert_ptr_not_equal(key, INVALID_HANDLE_VALUE);
	assert_true(SetupDiDestroyDeviceInfoList(set));
	assert_int_equal(RegQueryValueExA(key, "friendlyname", NULL, &type, (BYTE *)text, &size),
			 0);
	assert_int_equal(type, REG_SZ);
	assert_int_equal(size, sizeof("Thing"));
	assert_string_equal(text, "Thing");
	size = 0;
	assert_int_equal(RegQueryValueExW(key, L"PortName", NULL, &type, NULL, &size), 0);
	assert_int_equal(size, sizeof(L"COM77"));
	size = 4;
	assert_int_equal(RegQueryValueExW(key, L"PortName", NULL, &type, (BYTE *)wide, &size),
			 ERROR_MORE_DATA);
	assert_int_equal(RegQueryValueExW(key, L"PortName", NULL, &type, (BYTE *)wide, &size), 0);
	assert_memory_equal(wide, L"COM77", sizeof(L"COM77"));
	assert_int_equal(RegQueryValueExA(key, "PortName", NULL, NULL, NULL, NULL), 0);
	assert_int_equal(RegQueryValueExA(key, "Service", NULL, NULL, NULL, NULL),
			 ERROR_FILE_NOT_FOUND);
	assert_int_equal(RegQueryValueExA(key, "no such", NULL, NULL, NULL, NULL),
			 ERROR_FILE_NOT_FOUND);
	assert_int_equal(RegOpenKeyExA(key, "below", 0, KEY_READ, &again), ERROR_FILE_NOT_FOUND);
	assert_int_equal(RegOpenKeyExA(key, "", 0, KEY_READ, &again), 0);
	assert_int_equal(RegCloseKey(key), 0);
	assert_int_equal(RegCloseKey(key), ERROR_INVALID_HANDLE);
	assert_int_equal(RegQueryValueExA(again, "FriendlyName", NULL, &type, NULL, NULL), 0);
	assert_int_equal(RegCloseKey(again), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u18_no_registry),
		cmocka_unit_test_setup_teardown(test_u17_key_of_a_device, fixture_setup,
						fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
