/* SPDX-License-Identifier: MIT */
/* Devices whose events are another machine's: F4, with R12 and R15. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "native-fixture.h"

#define ID "ROOT\\ORIGIN\\0000"

static struct pnpn_device *make(struct pnpn_connection *connection, uint64_t sequence)
{
	struct pnpn_device *device;

	assert_int_equal(pnpn_device_new(connection, ID, &device), 0);
	assert_int_equal(pnpn_device_set_sequence(device, sequence), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	assert_int_equal(pnpn_device_set_sequence(device, sequence), -EALREADY);
	return device;
}

static int report_as(struct pnpn_device *device, uint64_t sequence, uint64_t time)
{
	return pnpn_device_report_as(device, &native_event, "data", 4, PNPN_NAME_OFFSET_NONE,
				     sequence, time);
}

static void expect(struct pnpn_connection *connection, uint64_t sequence, uint64_t time,
		   uint64_t lost)
{
	const struct pnpn_event *event = native_expect(connection, PNPN_EVENT_CUSTOM, ID);

	assert_int_equal(pnpn_event_get_sequence(event), sequence);
	assert_int_equal(pnpn_event_get_time(event), time);
	assert_int_equal(pnpn_event_get_lost(event), lost);
}

/* One that was there before, one that hears of the device from its first event, one that asks for the past. */
static void f4_numbers_and_times_are_the_origin_s(void **state)
{
	struct native_fixture *f = *state;

	assert_int_equal(pnpn_register_all(f->application, 0, NULL, NULL), 0);
	struct pnpn_device *device = make(f->driver, 500);
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, ID);
	assert_int_equal(report_as(device, 501, 1700000000000000000), 0);
	assert_int_equal(report_as(device, 502, 1), 0);
	expect(f->application, 501, 1700000000000000000, 0);
	expect(f->application, 502, 1, 0);
	struct pnpn_registration *past;
	assert_int_equal(
		pnpn_register_device(f->application, ID, PNPN_REGISTER_HISTORY, NULL, &past), 0);
	expect(f->application, 501, 1700000000000000000, 0);
	expect(f->application, 502, 1, 0);
	pnpn_unregister(past);
}

static void f3_r15_numbers_that_are_missing_are_lost_events(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *device = make(f->driver, 7);

	assert_int_equal(pnpn_register_device(f->application, ID, 0, NULL, NULL), 0);
	assert_int_equal(report_as(device, 10, 5), 0);
	expect(f->application, 10, 5, 2);
	assert_int_equal(report_as(device, 1000, 6), 0);
	expect(f->application, 1000, 6, 989);
}

static void f4_a_number_that_is_not_known_is_no_loss(void **state)
{
	struct native_fixture *f = *state;

	assert_int_equal(pnpn_register_all(f->application, 0, NULL, NULL), 0);
	struct pnpn_device *device = make(f->driver, UINT64_MAX);
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, ID);
	assert_int_equal(pnpn_register_device(f->application, ID, 0, NULL, NULL), 0);
	assert_int_equal(report_as(device, 300, 5), 0);
	assert_int_equal(report_as(device, 302, 5), 0);
	for (int registrant = 0; registrant < 2; registrant++)
		expect(f->application, 300, 5, 0);
	for (int registrant = 0; registrant < 2; registrant++)
		expect(f->application, 302, 5, 1);
	pnpn_device_remove(device);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
}

static void f3_no_number_comes_twice(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *device = make(f->driver, 7);

	assert_int_equal(pnpn_register_device(f->application, ID, 0, NULL, NULL), 0);
	assert_int_equal(report_as(device, 7, 5), -EALREADY);
	assert_int_equal(report_as(device, 8, 5), 0);
	assert_int_equal(report_as(device, 8, 5), -EALREADY);
	assert_int_equal(report_as(device, 0, 5), -EALREADY);
	assert_int_equal(report_as(device, 9, 5), 0);
	expect(f->application, 8, 5, 0);
	expect(f->application, 9, 5, 0);
	native_expect_nothing(f->application);
}

static struct pnpn_manager *start(const char *address)
{
	struct pnpn_manager *manager;

	assert_int_equal(pnpn_manager_start(&manager, address, 0), 0);
	return manager;
}

static void f3_u11_numbers_go_on_at_another_manager(void **state)
{
	char folder[] = "/tmp/pnpn-origin-XXXXXX", address[64];
	struct pnpn_connection *driver, *application;

	assert_non_null(mkdtemp(folder));
	snprintf(address, sizeof(address), "unix:path=%s/socket", folder);
	struct pnpn_manager *manager = start(address);
	assert_int_equal(pnpn_connect_lasting(&driver, address), 0);
	assert_int_equal(pnpn_connect_lasting(&application, address), 0);
	struct pnpn_device *device = make(driver, 20);
	assert_int_equal(pnpn_register_device(application, ID, 0, NULL, NULL), 0);
	assert_int_equal(report_as(device, 21, 1), 0);
	expect(application, 21, 1, 0);
	pnpn_manager_stop(manager);
	manager = start(address);
	native_expect(driver, PNPN_EVENT_DISCONNECTED, "");
	native_expect(driver, PNPN_EVENT_CONNECTED, "");
	native_expect(driver, PNPN_EVENT_RESTORED, ID);
	assert_int_equal(report_as(device, 21, 1), -EALREADY);
	assert_int_equal(report_as(device, 22, 1), 0);
	native_expect(application, PNPN_EVENT_DEVICE_REMOVED, ID);
	native_expect(application, PNPN_EVENT_DISCONNECTED, "");
	native_expect(application, PNPN_EVENT_CONNECTED, "");
	native_expect(application, PNPN_EVENT_DEVICE_ARRIVED, ID);
	expect(application, 22, 1, 0);
	pnpn_disconnect(application);
	pnpn_disconnect(driver);
	pnpn_manager_stop(manager);
	rmdir(folder);
}

/* What tells one device from the next one of its id. */
static uint64_t since(struct pnpn_connection *connection)
{
	struct pnpn_device_list *list;
	uint64_t result = 0;

	assert_int_equal(pnpn_list_devices(connection, &list), 0);
	for (size_t i = 0; i < pnpn_device_list_get_size(list); i++)
		result = pnpn_device_info_get_since(pnpn_device_list_get(list, i));
	pnpn_device_list_free(list);
	return result;
}

static void f3_the_next_device_of_an_id_is_another(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *device;

	assert_int_equal(pnpn_device_new(f->driver, ID, &device), 0);
	assert_int_equal(since(f->application), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	uint64_t first = since(f->application);
	assert_int_not_equal(first, 0);
	assert_true(since(f->application) == first);
	pnpn_device_remove(device);
	make(f->driver, 0);
	assert_true(since(f->application) > first);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, native_setup, native_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(f4_numbers_and_times_are_the_origin_s),
		TEST(f3_r15_numbers_that_are_missing_are_lost_events),
		TEST(f4_a_number_that_is_not_known_is_no_loss),
		TEST(f3_no_number_comes_twice),
		cmocka_unit_test(f3_u11_numbers_go_on_at_another_manager),
		TEST(f3_the_next_device_of_an_id_is_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
