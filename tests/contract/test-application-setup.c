/* SPDX-License-Identifier: MIT */
/* SetupDi*: which devices there are (U17, D1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "application-fixture.h"
#include <cfgmgr32.h>
#include <setupapi.h>
#include <cmocka.h>

#define ID "ROOT\\APPLICATION\\0000"

static void setup_finds_what_createfile_opens(void **state)
{
	struct fixture *f = *state;
	SP_DEVICE_INTERFACE_DATA interface = {.cbSize = sizeof(interface)};
	SP_DEVINFO_DATA device = {.cbSize = sizeof(device)};
	union {
		SP_DEVICE_INTERFACE_DETAIL_DATA_A detail;
		CHAR space[512];
	} buffer = {.detail.cbSize = sizeof(SP_DEVICE_INTERFACE_DETAIL_DATA_A)};
	DWORD required;
	CHAR id[64];
	HDEVINFO set = SetupDiGetClassDevsA(&application_class, NULL, NULL,
					    DIGCF_PRESENT | DIGCF_DEVICEINTERFACE);

	assert_ptr_not_equal(set, INVALID_HANDLE_VALUE);
	assert_true(SetupDiEnumDeviceInterfaces(set, NULL, &application_class, 0, &interface));
	assert_int_equal(interface.Flags, SPINT_ACTIVE);
	assert_false(SetupDiGetDeviceInterfaceDetailA(set, &interface, NULL, 0, &required, NULL));
	assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	assert_int_equal(required, 4 + strlen(f->interface) + 1);
	assert_true(SetupDiGetDeviceInterfaceDetailA(set, &interface, &buffer.detail, required,
						     NULL, &device));
	/* D1: these calls give it in lower case; compared and opened without. */
	assert_int_equal(strcasecmp(buffer.detail.DevicePath, f->interface), 0);
	for (const char *c = buffer.detail.DevicePath; *c; c++)
		assert_false(*c >= 'A' && *c <= 'Z');
	assert_true(SetupDiGetDeviceInstanceIdA(set, &device, id, sizeof(id), NULL));
	assert_string_equal(id, ID);
	HANDLE handle = CreateFileA(buffer.detail.DevicePath, GENERIC_READ, 0, NULL, OPEN_EXISTING,
				    0, NULL);
	assert_ptr_not_equal(handle, INVALID_HANDLE_VALUE);
	CloseHandle(handle);
	assert_false(SetupDiEnumDeviceInterfaces(set, NULL, &application_class, 1, &interface));
	assert_int_equal(GetLastError(), ERROR_NO_MORE_ITEMS);
	assert_true(SetupDiEnumDeviceInfo(set, 0, &device));
	assert_false(SetupDiEnumDeviceInfo(set, 1, &device));
	assert_true(SetupDiDestroyDeviceInfoList(set));
	assert_false(SetupDiDestroyDeviceInfoList(set));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

/* The one device of that id, in a set of its own. */
static SP_DEVINFO_DATA find_device(const char *id)
{
	SP_DEVINFO_DATA device = {.cbSize = sizeof(device)};
	HDEVINFO set = SetupDiGetClassDevsA(NULL, id, NULL, DIGCF_ALLCLASSES | DIGCF_PRESENT);

	assert_ptr_not_equal(set, INVALID_HANDLE_VALUE);
	assert_true(SetupDiEnumDeviceInfo(set, 0, &device));
	assert_true(SetupDiDestroyDeviceInfoList(set));
	return device;
}

/* U17: whatever else comes and goes, and in every set. */
static void u17_a_devinst_is_a_device(void **state)
{
	struct fixture *f = *state;
	static const GUID none;
	struct pnpn_device *device;
	SP_DEVINFO_DATA data = {.cbSize = sizeof(data)};
	HDEVINFO set;

	assert_int_equal(pnpn_device_new(f->driver, "ROOT\\OTHER\\0000", &device), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	DEVINST own = find_device(ID).DevInst, other = find_device("ROOT\\OTHER\\0000").DevInst;
	assert_int_not_equal(own, 0);
	assert_int_not_equal(other, 0);
	assert_int_not_equal(own, other);
	set = SetupDiGetClassDevsA(&application_class, NULL, NULL, DIGCF_DEVICEINTERFACE);
	assert_true(SetupDiEnumDeviceInfo(set, 0, &data));
	assert_int_equal(data.DevInst, own);
	assert_memory_equal(&data.ClassGuid, &none, sizeof(none));
	assert_true(SetupDiDestroyDeviceInfoList(set));
	f->device = pnpn_device_remove(f->device);
	assert_int_equal(find_device("ROOT\\OTHER\\0000").DevInst, other);
	pnpn_device_remove(device);
}

/* U17: a device that went leaves nothing behind but in sets that were made before. */
static void u17_a_devinst_lasts_as_long_as_its_device(void **state)
{
	struct fixture *f = *state;
	struct pnpn_device *device;
	SP_DEVINFO_DATA data = {.cbSize = sizeof(data)}, same = {.cbSize = sizeof(same)};

	assert_int_equal(pnpn_device_new(f->driver, "ROOT\\BRIEF\\0000", &device), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	DEVINST own = find_device(ID).DevInst;
	HDEVINFO set = SetupDiGetClassDevsA(NULL, "ROOT\\BRIEF\\0000", NULL, DIGCF_ALLCLASSES);
	assert_true(SetupDiEnumDeviceInfo(set, 0, &data));
	pnpn_device_remove(device);
	assert_int_equal(find_device(ID).DevInst, own);
	assert_true(SetupDiEnumDeviceInfo(set, 0, &same));
	assert_int_equal(same.DevInst, data.DevInst);
	assert_int_equal(pnpn_device_new(f->driver, "ROOT\\BRIEF\\0000", &device), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	assert_int_not_equal(find_device("ROOT\\BRIEF\\0000").DevInst, data.DevInst);
	assert_true(SetupDiEnumDeviceInfo(set, 0, &same));
	assert_int_equal(same.DevInst, data.DevInst);
	assert_true(SetupDiDestroyDeviceInfoList(set));
	pnpn_device_remove(device);
}

static DWORD error_of_set(const GUID *class, const char *enumerator, DWORD flags)
{
	SetLastError(0);
	HDEVINFO set = SetupDiGetClassDevsA(class, enumerator, NULL, flags);
	DWORD error = GetLastError();

	if (set != INVALID_HANDLE_VALUE)
		assert_true(SetupDiDestroyDeviceInfoList(set));
	return error;
}

/* What of a set there is, at most one each. */
static void expect_set(const GUID *class, const char *enumerator, DWORD flags, bool device,
		       bool interface)
{
	SP_DEVINFO_DATA data = {.cbSize = sizeof(data)};
	SP_DEVICE_INTERFACE_DATA interface_data = {.cbSize = sizeof(interface_data)};
	HDEVINFO set = SetupDiGetClassDevsA(class, enumerator, NULL, flags);

	assert_ptr_not_equal(set, INVALID_HANDLE_VALUE);
	assert_int_equal(SetupDiEnumDeviceInfo(set, 0, &data), device);
	assert_false(SetupDiEnumDeviceInfo(set, 1, &data));
	assert_int_equal(GetLastError(), ERROR_NO_MORE_ITEMS);
	assert_int_equal(
		SetupDiEnumDeviceInterfaces(set, NULL, &application_class, 0, &interface_data),
		interface);
	assert_false(
		SetupDiEnumDeviceInterfaces(set, NULL, &application_class, 1, &interface_data));
	assert_int_equal(GetLastError(), ERROR_NO_MORE_ITEMS);
	assert_true(SetupDiDestroyDeviceInfoList(set));
}

/* What Windows puts into sets: of devices no interfaces; by the class of an interface no devices of a setup
 * class; an enumerator is a part of an id for devices, and the whole of one for interfaces. */
static void setup_sets_as_on_windows(void **state)
{
	const DWORD interfaces = DIGCF_DEVICEINTERFACE, all = DIGCF_ALLCLASSES;

	expect_set(NULL, NULL, all, true, false);
	expect_set(&application_class, NULL, all, true, false);
	expect_set(&application_class, NULL, 0, false, false);
	expect_set(NULL, "ROOT", all, true, false);
	expect_set(NULL, "ROOT\\APPLICATION", all, true, false);
	expect_set(NULL, "ROOT\\APPL", all, false, false);
	expect_set(&application_class, NULL, interfaces, true, true);
	expect_set(&application_event, NULL, interfaces, false, false);
	expect_set(&application_event, NULL, interfaces | all, true, true);
	expect_set(&application_class, "root\\application\\0000", interfaces, true, true);
	expect_set(NULL, ID, interfaces | all, true, true);
	assert_int_equal(error_of_set(NULL, NULL, interfaces), ERROR_INVALID_PARAMETER);
	assert_int_equal(error_of_set(NULL, "ROOT", interfaces), ERROR_INVALID_PARAMETER);
	assert_int_equal(error_of_set(NULL, "ROOT", interfaces | all), ERROR_INVALID_DATA);
	assert_int_equal(error_of_set(NULL, "ROOT\\APPLICATION", interfaces | all),
			 ERROR_INVALID_DATA);
	assert_int_equal(error_of_set(&application_class, "ROOT\\APPLICATION", interfaces),
			 ERROR_INVALID_DATA);
}

static void setup_refuses_what_is_none(void **state)
{
	SP_DEVICE_INTERFACE_DATA interface = {0};

	assert_ptr_equal(SetupDiGetClassDevsA(NULL, NULL, NULL, DIGCF_PRESENT),
			 INVALID_HANDLE_VALUE);
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	HDEVINFO set = SetupDiGetClassDevsA(NULL, ID, NULL,
					    DIGCF_ALLCLASSES | DIGCF_DEVICEINTERFACE);
	assert_ptr_not_equal(set, INVALID_HANDLE_VALUE);
	assert_false(SetupDiEnumDeviceInterfaces(set, NULL, &application_class, 0, &interface));
	assert_int_equal(GetLastError(), ERROR_INVALID_USER_BUFFER);
	interface.cbSize = sizeof(interface);
	assert_true(SetupDiEnumDeviceInterfaces(set, NULL, &application_class, 0, &interface));
	SetupDiDestroyDeviceInfoList(set);
}

/* What is no set is told first, as public tests saw it on Windows. */
static void setup_without_a_set(void **state)
{
	SP_DEVINFO_DATA device = {0};
	SP_DEVICE_INTERFACE_DATA interface = {0};

#define NO_SET(call)                                                    \
	do {                                                            \
		SetLastError(0);                                        \
		assert_false(call);                                     \
		assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE); \
	} while (0)
	NO_SET(SetupDiEnumDeviceInfo(NULL, 0, NULL));
	NO_SET(SetupDiEnumDeviceInfo(NULL, 0, &device));
	NO_SET(SetupDiEnumDeviceInterfaces(NULL, NULL, NULL, 0, NULL));
	NO_SET(SetupDiEnumDeviceInterfaces(NULL, NULL, &application_class, 0, &interface));
	NO_SET(SetupDiGetDeviceInstanceIdA(NULL, NULL, NULL, 0, NULL));
	NO_SET(SetupDiGetDeviceInstanceIdA(NULL, &device, NULL, 0, NULL));
	NO_SET(SetupDiGetDeviceInterfaceDetailA(NULL, NULL, NULL, 0, NULL, NULL));
	NO_SET(SetupDiDestroyDeviceInfoList(NULL));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(setup_finds_what_createfile_opens),
		TEST(u17_a_devinst_is_a_device),
		TEST(u17_a_devinst_lasts_as_long_as_its_device),
		TEST(setup_sets_as_on_windows),
		TEST(setup_refuses_what_is_none),
		TEST(setup_without_a_set),
	};

	return cmocka_run_group_tests_name("SetupDi", tests, NULL, NULL);
}
