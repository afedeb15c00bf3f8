/* SPDX-License-Identifier: MIT */
/* Applications under their Windows names, devices that come and go: U2, U15, D3, D4, D8. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "application-fixture.h"
#include <cfgmgr32.h>
#include "process.h"
#include <cmocka.h>

static const GUID no_class = {0x51a0c8c9, 0x90fe, 0x4d07, {8, 7, 6, 5, 4, 3, 2, 1}};

static HDEVNOTIFY register_class(HWND window, const GUID *class, DWORD flags)
{
	DEV_BROADCAST_DEVICEINTERFACE_A filter = {.dbcc_size = sizeof(filter),
						  .dbcc_devicetype = DBT_DEVTYP_DEVICEINTERFACE,
						  .dbcc_classguid = *class};

	return RegisterDeviceNotificationA(window, &filter, flags);
}

static void enable(struct fixture *f, bool enabled)
{
	assert_int_equal(pnpn_device_enable_interface(f->device, f->interface, enabled), 0);
}

/* D3, U6: an ANSI window gets an interface's name as UTF-8, a Unicode window as UTF-16. */
static void test_d3_interface(void **state)
{
	struct fixture *f = *state;

	assert_non_null(register_class(f->recorder.window, &application_class, 0));
	assert_non_null(register_class(f->other.window, &application_class, 0));
	enable(f, false);
	enable(f, true);
	recorder_wait(&f->recorder, 2);
	recorder_wait(&f->other, 2);
	const struct seen *ansi = f->recorder.seen, *unicode = f->other.seen;
	assert_int_equal(ansi[0].event, DBT_DEVICEREMOVECOMPLETE);
	assert_int_equal(ansi[1].event, DBT_DEVICEARRIVAL);
	assert_int_equal(ansi[1].body.interface_a.dbcc_devicetype, DBT_DEVTYP_DEVICEINTERFACE);
	assert_int_equal(ansi[1].body.interface_a.dbcc_reserved, 0);
	assert_memory_equal(&ansi[1].body.interface_a.dbcc_classguid, &application_class,
			    sizeof(GUID));
	assert_string_equal(ansi[1].body.interface_a.dbcc_name, f->interface);
	const WCHAR *wide = unicode[1].body.interface_w.dbcc_name;
	for (size_t i = 0; i <= strlen(f->interface); i++)
		assert_int_equal(wide[i], f->interface[i]);
}

/* U2: the filter may carry a name, which is ignored. */
static void test_u2_name(void **state)
{
	struct fixture *f = *state;
	size_t size = sizeof(DEV_BROADCAST_DEVICEINTERFACE_W) + 5000;
	DEV_BROADCAST_DEVICEINTERFACE_W *filter = calloc(1, size);

	memset(filter, 0x41, size);
	filter->dbcc_size = (DWORD)size;
	filter->dbcc_devicetype = DBT_DEVTYP_DEVICEINTERFACE;
	filter->dbcc_reserved = 0;
	filter->dbcc_classguid = application_class;
	assert_non_null(RegisterDeviceNotificationW(f->recorder.window, filter, 0));
	free(filter);
	enable(f, false);
	recorder_wait(&f->recorder, 1);
	assert_int_equal(f->recorder.seen[0].event, DBT_DEVICEREMOVECOMPLETE);
}

/* U2: all classes, whatever the GUID says; another class by its GUID hears nothing. */
static void test_u2_all_classes(void **state)
{
	struct fixture *f = *state;

	assert_non_null(register_class(f->other.window, &no_class, 0));
	assert_non_null(
		register_class(f->recorder.window, &no_class, DEVICE_NOTIFY_ALL_INTERFACE_CLASSES));
	enable(f, false);
	enable(f, true);
	recorder_wait(&f->recorder, 2);
	assert_memory_equal(&f->recorder.seen[0].body.interface_a.dbcc_classguid,
			    &application_class, sizeof(GUID));
	assert_int_equal(f->other.count, 0);
}

static void expect_not_opened(const char *name, DWORD error)
{
	SetLastError(0);
	assert_ptr_equal(CreateFileA(name, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL),
			 INVALID_HANDLE_VALUE);
	assert_int_equal(GetLastError(), error);
}

/* D4: no device of that name yet; an interface that is not enabled. */
static void test_d1_d4_open(void **state)
{
	struct fixture *f = *state;
	struct pnpn_device *late;

	assert_int_equal(pnpn_device_new(f->driver, "ROOT\\LATE\\0000", &late), 0);
	assert_int_equal(pnpn_device_add_link(late, "\\\\.\\Late"), 0);
	expect_not_opened("\\\\.\\Late", ERROR_FILE_NOT_FOUND);
	assert_int_equal(pnpn_device_start(late), 0);
	HANDLE opened = CreateFileW(L"\\\\.\\Late", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
	assert_ptr_not_equal(opened, INVALID_HANDLE_VALUE);
	assert_true(CloseHandle(opened));
	/* D1: the interface's name in any case, with \\.\ too. */
	char spelt[512];
	snprintf(spelt, sizeof(spelt), "\\\\.\\%s", f->interface + strlen("\\\\?\\"));
	for (int i = 0; i < 2; i++) {
		opened = CreateFileA(spelt, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
		assert_ptr_not_equal(opened, INVALID_HANDLE_VALUE);
		assert_true(CloseHandle(opened));
		for (char *c = spelt; *c; c++)
			*c = (char)tolower(*c);
	}
	enable(f, false);
	expect_not_opened(f->interface, ERROR_FILE_NOT_FOUND);
	expect_not_opened(spelt, ERROR_FILE_NOT_FOUND);
	pnpn_device_remove(late);
}

/* A device under the fixture's names, without an interface. */
static void present_device(struct fixture *f)
{
	assert_int_equal(pnpn_device_new(f->driver, "ROOT\\APPLICATION\\0000", &f->device), 0);
	assert_int_equal(pnpn_device_add_link(f->device, "\\\\.\\Application"), 0);
	assert_int_equal(pnpn_device_start(f->device), 0);
}

static DWORD CALLBACK ignore(HCMNOTIFICATION notification, PVOID context, CM_NOTIFY_ACTION action,
			     PCM_NOTIFY_EVENT_DATA data, DWORD size)
{
	return ERROR_SUCCESS;
}

/* U1, D8: the device that a handle was opened on is gone, whoever has its id now. */
static void test_u1_d8_handle_of_one_that_went(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	DEV_BROADCAST_HANDLE filter = {.dbch_size = sizeof(filter),
				       .dbch_devicetype = DBT_DEVTYP_HANDLE,
				       .dbch_handle = device};
	CM_NOTIFY_FILTER cm_filter = {.cbSize = sizeof(cm_filter),
				      .FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE,
				      .u.DeviceHandle.hTarget = device};
	HCMNOTIFICATION notification = NULL;

	pnpn_device_remove(f->device);
	present_device(f);
	assert_null(RegisterDeviceNotification(f->recorder.window, &filter, 0));
	assert_int_equal(GetLastError(), ERROR_FILE_NOT_FOUND);
	assert_int_equal(CM_Register_Notification(&cm_filter, NULL, ignore, &notification),
			 CR_NO_SUCH_DEVINST);
	assert_int_equal(count_registrants(f), 0);
	HANDLE again = open_device();
	assert_true(UnregisterDeviceNotification(register_handle(f->recorder.window, again)));
	assert_true(CloseHandle(again));
	assert_true(CloseHandle(device));
}

static void expect_removal(const struct seen *seen, HANDLE device, HDEVNOTIFY registration)
{
	static const GUID zero;

	assert_int_equal(seen->event, DBT_DEVICEREMOVECOMPLETE);
	assert_int_equal(seen->size, offsetof(DEV_BROADCAST_HANDLE, dbch_data) + 4);
	assert_int_equal(seen->body.handle.dbch_devicetype, DBT_DEVTYP_HANDLE);
	assert_ptr_equal(seen->body.handle.dbch_handle, device);
	assert_ptr_equal(seen->body.handle.dbch_hdevnotify, registration);
	assert_memory_equal(&seen->body.handle.dbch_eventguid, &zero, sizeof(zero));
	assert_int_equal(seen->body.handle.dbch_nameoffset, -1);
}

/* D8: the removal comes after every event, and nothing after it. */
static void test_d8_removal(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	HDEVNOTIFY registration = register_handle(f->recorder.window, device);

	for (BYTE i = 0; i < 5; i++)
		report_byte(f, i);
	f->device = pnpn_device_remove(f->device);
	recorder_wait(&f->recorder, 6);
	for (BYTE i = 0; i < 5; i++)
		assert_int_equal(f->recorder.seen[i].event, DBT_CUSTOMEVENT);
	expect_removal(&f->recorder.seen[5], device, registration);

	/* Another removal later: the ended registration stays silent. */
	present_device(f);
	HANDLE again = open_device();
	register_handle(f->other.window, again);
	f->device = pnpn_device_remove(f->device);
	recorder_wait(&f->other, 1);
	assert_int_equal(f->recorder.count, 6);
	assert_true(UnregisterDeviceNotification(registration));
	CloseHandle(again);
	CloseHandle(device);
}

static void drop_device(struct fixture *f)
{
	f->device = pnpn_device_remove(f->device);
	f->driver = pnpn_disconnect(f->driver);
}

static void connect_device(struct fixture *f, const struct manager_process *manager)
{
	assert_int_equal(pnpn_connect(&f->driver, manager->address), 0);
	present_device(f);
}

/* D8: where the manager is killed every device is gone; with the next manager all works again. */
static void test_d8_manager_killed(void **state)
{
	struct fixture *f = *state;
	struct manager_process manager;

	drop_device(f);
	manager_process_init(&manager);
	assert_int_equal(setenv("PNPNOTIFY_ADDRESS", manager.address, 1), 0);
	connect_device(f, &manager);
	HANDLE device = open_device();
	HDEVNOTIFY registration = register_handle(f->recorder.window, device);
	report_byte(f, 1);
	recorder_wait(&f->recorder, 1);
	manager_process_kill(&manager);
	recorder_wait(&f->recorder, 2);
	expect_removal(&f->recorder.seen[1], device, registration);
	drop_device(f);

	manager_process_start(&manager);
	connect_device(f, &manager);
	HANDLE again = open_device();
	register_handle(f->other.window, again);
	report_byte(f, 2);
	recorder_wait(&f->other, 1);
	assert_int_equal(f->other.seen[0].body.handle.dbch_data[0], 2);
	assert_int_equal(f->recorder.count, 2);
	CloseHandle(again);
	CloseHandle(device);
	drop_device(f);
	manager_process_deinit(&manager);
}

/* U15: this file has no UNICODE; test-application-unicode.c is the other half. */
static void test_u15_ansi(void **state)
{
	assert_ptr_equal(RegisterDeviceNotification, RegisterDeviceNotificationA);
	assert_ptr_equal(CreateFile, CreateFileA);
	assert_ptr_equal(GetMessage, GetMessageA);
	assert_int_equal(sizeof(TCHAR), 1);
	assert_int_equal(sizeof(((DEV_BROADCAST_DEVICEINTERFACE *)0)->dbcc_name), 1);
}

#define UNIT(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(test_u2_name),
		UNIT(test_u2_all_classes),
		UNIT(test_d3_interface),
		UNIT(test_d1_d4_open),
		UNIT(test_u1_d8_handle_of_one_that_went),
		UNIT(test_d8_removal),
		UNIT(test_d8_manager_killed),
		cmocka_unit_test(test_u15_ansi),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
