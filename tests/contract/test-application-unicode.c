/* SPDX-License-Identifier: MIT */
/* With UNICODE every name without a suffix is the W one (U15), and works. */
#define UNICODE
#define _UNICODE
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include "application-fixture.h"
#include <cmocka.h>

static void test_u15_names(void **state)
{
	assert_ptr_equal(RegisterDeviceNotification, RegisterDeviceNotificationW);
	assert_ptr_equal(CreateFile, CreateFileW);
	assert_ptr_equal(GetMessage, GetMessageW);
	assert_int_equal(sizeof(TCHAR), 2);
	assert_int_equal(sizeof(((DEV_BROADCAST_DEVICEINTERFACE *)0)->dbcc_name), 2);
}

static void test_u15_event(void **state)
{
	struct fixture *f = *state;
	HANDLE device = CreateFile(TEXT("\\\\.\\Application"), GENERIC_READ, 0, NULL, OPEN_EXISTING,
				   0, NULL);
	DEV_BROADCAST_HANDLE filter = {.dbch_size = sizeof(filter),
				       .dbch_devicetype = DBT_DEVTYP_HANDLE,
				       .dbch_handle = device};

	assert_ptr_not_equal(device, INVALID_HANDLE_VALUE);
	assert_true(IsWindowUnicode(f->other.window));
	assert_non_null(RegisterDeviceNotification(f->other.window, &filter, 0));
	report_byte(f, 9);
	recorder_wait(&f->other, 1);
	assert_int_equal(f->other.seen[0].body.handle.dbch_data[0], 9);
	CloseHandle(device);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u15_names),
		cmocka_unit_test_setup_teardown(test_u15_event, fixture_setup, fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
