/* SPDX-License-Identifier: MIT */
/* Devices and interfaces, arrival and removal: D1, D2, D3, D4, D8, R14, as an application sees them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/manager.h>
#include "../support/waiting.h"

#define ID	    "ROOT\\Hello\\00aB"
#define ID_UPPER    "ROOT\\HELLO\\00AB"
#define LINK	    "\\\\.\\Hello"
#define CLASS_TEXT  "a5dcbf10-6530-11d2-901f-00c04fb951ed"
#define NAME	    "\\\\?\\ROOT#HELLO#00ab#{" CLASS_TEXT "}"
#define KERNEL_NAME "\\??\\ROOT#HELLO#00ab#{" CLASS_TEXT "}"

static const struct pnpn_guid event_guid = {0x0c5f7d2e, 0x11aa, 0x4e0b, {1, 2, 3, 4, 5, 6, 7, 8}};

struct fixture {
	struct pnpn_manager *manager;
	struct pnpn_connection *driver;
	struct pnpn_connection *application;
	struct pnpn_device *device;
	struct pnpn_guid class;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_int_equal(pnpn_guid_from_string(CLASS_TEXT, &f->class), 0);
	assert_int_equal(pnpn_manager_start(&f->manager, NULL, false), 0);
	assert_int_equal(pnpn_manager_connect(f->manager, &f->driver), 0);
	assert_int_equal(pnpn_manager_connect(f->manager, &f->application), 0);
	assert_int_equal(pnpn_device_new(f->driver, ID, &f->device), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pnpn_disconnect(f->application);
	pnpn_disconnect(f->driver);
	pnpn_manager_stop(f->manager);
	free(f);
	return 0;
}

/* A round trip to the manager first: whatever it sent before the answer is here then. */
static void expect_nothing(struct fixture *f)
{
	struct pnpn_device_list *list;
	const struct pnpn_event *event;

	assert_int_equal(pnpn_list_devices(f->application, &list), 0);
	pnpn_device_list_free(list);
	assert_int_equal(pnpn_dispatch(f->application), 0);
	assert_int_equal(pnpn_next_event(f->application, &event), 0);
}

static void expect_interface(struct fixture *f, enum pnpn_event_kind kind, const char *name)
{
	const struct pnpn_event *event = wait_for_event(f->application);

	assert_int_equal(pnpn_event_get_kind(event), kind);
	assert_string_equal(pnpn_event_get_interface(event), name);
	assert_string_equal(pnpn_event_get_device(event), ID_UPPER);
	assert_memory_equal(pnpn_event_get_guid(event), &f->class, sizeof(f->class));
}

static void add_interface(struct fixture *f, const char *reference, int expected, const char *name)
{
	char *got = NULL;

	assert_int_equal(pnpn_device_add_interface(f->device, &f->class, reference, &got),
			 expected);
	if (name)
		assert_string_equal(got, name);
	else
		assert_null(got);
	free(got);
}

static int try_open(struct fixture *f, const char *name)
{
	struct pnpn_handle *handle = NULL;
	int r = pnpn_open(f->application, name, &handle);

	if (r >= 0)
		assert_string_equal(pnpn_handle_get_device(handle), ID_UPPER);
	else
		assert_null(handle);
	pnpn_close(handle);
	return r;
}

static void report(struct fixture *f)
{
	assert_int_equal(pnpn_device_report(f->device, &event_guid, "x", 1, -1), 0);
}

static void expect_reports(struct fixture *f, int count)
{
	for (int i = 0; i < count; i++) {
		const struct pnpn_event *event = wait_for_event(f->application);
		assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_CUSTOM);
		assert_int_equal(pnpn_event_get_sequence(event), i + 1);
		assert_int_equal(pnpn_event_get_lost(event), 0);
	}
}

/* --- D1, D2: names -------------------------------------------------------------------------------- */

static void d1_upper_case_to_the_second_hash_then_lower(void **state)
{
	add_interface(*state, NULL, 0, NAME);
}

static void d1_kernel_mode_s_spelling_means_the_same_interface(void **state)
{
	struct fixture *f = *state;

	add_interface(f, NULL, 0, NAME);
	assert_int_equal(pnpn_device_enable_interface(f->device, KERNEL_NAME, true), 0);
	assert_int_equal(pnpn_device_start(f->device), 0);
	assert_int_equal(try_open(f, KERNEL_NAME), 0);
	assert_int_equal(try_open(f, NAME), 0);
}

static void d2_twice_is_the_same_name(void **state)
{
	add_interface(*state, "", 0, NAME);
	add_interface(*state, "", 1, NAME);
	add_interface(*state, "Left", 0, NAME "\\left");
	add_interface(*state, "LEFT", 1, NAME "\\left");
}

static void d2_a_reference_with_a_slash_is_refused(void **state)
{
	add_interface(*state, "a/b", -EINVAL, NULL);
	add_interface(*state, "a\\b", -EINVAL, NULL);
}

/* --- D3: arrival ---------------------------------------------------------------------------------- */

static void d3_an_arrival_waits_for_the_start(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(pnpn_register_class(f->application, &f->class, 0, NULL, NULL), 0);
	add_interface(f, NULL, 0, NAME);
	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, true), 0);
	expect_nothing(f);
	assert_int_equal(pnpn_device_start(f->device), 0);
	expect_interface(f, PNPN_EVENT_INTERFACE_ARRIVED, NAME);
	expect_nothing(f);
}

static void d3_enabled_already_or_not_enabled_tells_nobody(void **state)
{
	struct fixture *f = *state;

	add_interface(f, NULL, 0, NAME);
	assert_int_equal(pnpn_device_start(f->device), 0);
	assert_int_equal(pnpn_register_class(f->application, &f->class, 0, NULL, NULL), 0);
	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, false), -ENOENT);
	expect_nothing(f);
	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, true), 0);
	expect_interface(f, PNPN_EVENT_INTERFACE_ARRIVED, NAME);
	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, true), -EEXIST);
	expect_nothing(f);
	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, false), 0);
	expect_interface(f, PNPN_EVENT_INTERFACE_REMOVED, NAME);
	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, false), -ENOENT);
	expect_nothing(f);
}

static void d3_an_interface_that_is_not_there(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, true), -ENOENT);
}

static void d3_interfaces_only_gets_no_events(void **state)
{
	struct fixture *f = *state;

	add_interface(f, NULL, 0, NAME);
	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, true), 0);
	assert_int_equal(pnpn_device_start(f->device), 0);
	assert_int_equal(pnpn_register_class(f->application, &f->class,
					     PNPN_REGISTER_INTERFACES_ONLY | PNPN_REGISTER_EXISTING,
					     NULL, NULL),
			 0);
	expect_interface(f, PNPN_EVENT_INTERFACE_ARRIVED, NAME);
	report(f);
	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, false), 0);
	expect_interface(f, PNPN_EVENT_INTERFACE_REMOVED, NAME);
}

/* Of two that the device has one is enabled, and is all that is there. */
static void d3_what_is_disabled_is_not_there_already(void **state)
{
	struct fixture *f = *state;

	add_interface(f, "other", 0, NAME "\\other");
	add_interface(f, NULL, 0, NAME);
	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, true), 0);
	assert_int_equal(pnpn_device_start(f->device), 0);
	assert_int_equal(
		pnpn_register_class(f->application, &f->class, PNPN_REGISTER_EXISTING, NULL, NULL),
		0);
	expect_interface(f, PNPN_EVENT_INTERFACE_ARRIVED, NAME);
	expect_nothing(f);
}

/* R15: what a device reported before its interface came is not lost to those who were there before. */
static void d3_r15_a_late_interface_brings_the_events_before_it(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(pnpn_register_class(f->application, &f->class, 0, NULL, NULL), 0);
	add_interface(f, NULL, 0, NAME);
	assert_int_equal(pnpn_device_start(f->device), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(pnpn_device_report(f->device, &event_guid, &i, sizeof(i), -1), 0);
		if (i == 0)
			assert_int_equal(pnpn_device_enable_interface(f->device, NAME, true), 0);
	}
	expect_interface(f, PNPN_EVENT_INTERFACE_ARRIVED, NAME);
	expect_reports(f, 3);
	expect_nothing(f);
}

/* Who was told of the device before follows it from its interface's coming back on, and hears nothing twice (R12). */
static void d3_r12_an_interface_that_comes_back_brings_what_comes(void **state)
{
	struct fixture *f = *state;
	const struct pnpn_event *event;

	assert_int_equal(pnpn_register_class(f->application, &f->class, 0, NULL, NULL), 0);
	add_interface(f, NULL, 0, NAME);
	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, true), 0);
	assert_int_equal(pnpn_device_start(f->device), 0);
	report(f);
	expect_interface(f, PNPN_EVENT_INTERFACE_ARRIVED, NAME);
	expect_reports(f, 1);
	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, false), 0);
	expect_interface(f, PNPN_EVENT_INTERFACE_REMOVED, NAME);
	report(f);
	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, true), 0);
	expect_interface(f, PNPN_EVENT_INTERFACE_ARRIVED, NAME);
	report(f);
	event = wait_for_event(f->application);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_CUSTOM);
	assert_int_equal(pnpn_event_get_sequence(event), 3);
	expect_nothing(f);
}

/* --- D4: opening ---------------------------------------------------------------------------------- */

static void d4_nothing_opens_before_the_start(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(pnpn_device_add_link(f->device, LINK), 0);
	add_interface(f, NULL, 0, NAME);
	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, true), 0);
	assert_int_equal(try_open(f, LINK), -ENOENT);
	assert_int_equal(try_open(f, NAME), -ENOENT);
	assert_int_equal(try_open(f, ID), -ENOENT);
	assert_int_equal(pnpn_register_device(f->application, LINK, 0, NULL, NULL), -ENOENT);
	assert_int_equal(pnpn_device_start(f->device), 0);
	assert_int_equal(try_open(f, LINK), 0);
	assert_int_equal(try_open(f, NAME), 0);
	assert_int_equal(try_open(f, ID), 0);
}

static void d4_an_interface_opens_while_it_is_enabled(void **state)
{
	struct fixture *f = *state;

	add_interface(f, NULL, 0, NAME);
	assert_int_equal(pnpn_device_start(f->device), 0);
	assert_int_equal(try_open(f, NAME), -ENOENT);
	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, true), 0);
	assert_int_equal(try_open(f, NAME), 0);
	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, false), 0);
	assert_int_equal(try_open(f, NAME), -ENOENT);
}

static void d4_a_link_that_was_taken_away(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(pnpn_device_add_link(f->device, LINK), 0);
	assert_int_equal(pnpn_device_start(f->device), 0);
	assert_int_equal(try_open(f, "\\\\.\\hELLO"), 0);
	assert_int_equal(pnpn_device_remove_link(f->device, LINK), 0);
	assert_int_equal(try_open(f, LINK), -ENOENT);
	assert_int_equal(pnpn_device_remove_link(f->device, LINK), -ENOENT);
}

/* --- D8, R14: removal ------------------------------------------------------------------------------ */

static void expect_removed(struct fixture *f)
{
	const struct pnpn_event *event = wait_for_event(f->application);
	static const struct pnpn_guid null;
	size_t size = 1;

	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_DEVICE_REMOVED);
	assert_string_equal(pnpn_event_get_device(event), ID_UPPER);
	assert_memory_equal(pnpn_event_get_guid(event), &null, sizeof(null));
	(void)pnpn_event_get_data(event, &size);
	assert_int_equal(size, 0);
	assert_int_equal(pnpn_event_get_name_offset(event), PNPN_NAME_OFFSET_NONE);
	assert_int_equal(pnpn_event_get_sequence(event), 0);
}

static void start_and_report(struct fixture *f, int count)
{
	assert_int_equal(pnpn_device_start(f->device), 0);
	assert_int_equal(pnpn_register_device(f->application, ID, 0, NULL, NULL), 0);
	for (int i = 0; i < count; i++)
		assert_int_equal(pnpn_device_report(f->device, &event_guid, &i, sizeof(i), -1), 0);
}

static void d8_the_removal_is_the_last_event(void **state)
{
	struct fixture *f = *state;

	start_and_report(f, 1000);
	f->device = pnpn_device_remove(f->device);
	expect_reports(f, 1000);
	expect_removed(f);
	expect_nothing(f);
	assert_int_equal(try_open(f, ID), -ENOENT);
}

static void r14_d8_the_owner_s_connection_ends(void **state)
{
	struct fixture *f = *state;

	start_and_report(f, 1000);
	f->driver = pnpn_disconnect(f->driver);
	expect_reports(f, 1000);
	expect_removed(f);
	expect_nothing(f);
}

static void d8_a_device_that_never_started_goes_unseen(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(pnpn_register_all(f->application, 0, NULL, NULL), 0);
	add_interface(f, NULL, 0, NAME);
	assert_int_equal(pnpn_device_enable_interface(f->device, NAME, true), 0);
	f->device = pnpn_device_remove(f->device);
	expect_nothing(f);
}

static void expect_device(struct fixture *f, enum pnpn_event_kind kind)
{
	const struct pnpn_event *event = wait_for_event(f->application);

	assert_int_equal(pnpn_event_get_kind(event), kind);
	assert_string_equal(pnpn_event_get_device(event), ID_UPPER);
}

/* Everything is everything: a device without interfaces comes, reports and goes. */
static void d3_d8_a_device_without_interfaces_comes_and_goes(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(pnpn_register_all(f->application, 0, NULL, NULL), 0);
	assert_int_equal(pnpn_device_start(f->device), 0);
	assert_int_equal(pnpn_device_report(f->device, &f->class, "x", 1, -1), 0);
	expect_device(f, PNPN_EVENT_DEVICE_ARRIVED);
	expect_reports(f, 1);
	assert_int_equal(pnpn_register_all(f->application, PNPN_REGISTER_EXISTING, NULL, NULL), 0);
	expect_device(f, PNPN_EVENT_DEVICE_ARRIVED);
	f->device = pnpn_device_remove(f->device);
	expect_device(f, PNPN_EVENT_DEVICE_REMOVED);
	expect_device(f, PNPN_EVENT_DEVICE_REMOVED);
	expect_nothing(f);
}

static void d8_the_id_and_the_link_are_free_again(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(pnpn_device_add_link(f->device, LINK), 0);
	assert_int_equal(pnpn_device_start(f->device), 0);
	f->device = pnpn_device_remove(f->device);
	assert_int_equal(pnpn_device_new(f->driver, ID, &f->device), 0);
	assert_int_equal(pnpn_device_add_link(f->device, LINK), 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(d1_upper_case_to_the_second_hash_then_lower),
		TEST(d1_kernel_mode_s_spelling_means_the_same_interface),
		TEST(d2_twice_is_the_same_name),
		TEST(d2_a_reference_with_a_slash_is_refused),
		TEST(d3_an_arrival_waits_for_the_start),
		TEST(d3_enabled_already_or_not_enabled_tells_nobody),
		TEST(d3_an_interface_that_is_not_there),
		TEST(d3_interfaces_only_gets_no_events),
		TEST(d3_what_is_disabled_is_not_there_already),
		TEST(d3_r15_a_late_interface_brings_the_events_before_it),
		TEST(d3_r12_an_interface_that_comes_back_brings_what_comes),
		TEST(d4_nothing_opens_before_the_start),
		TEST(d4_an_interface_opens_while_it_is_enabled),
		TEST(d4_a_link_that_was_taken_away),
		TEST(d8_the_removal_is_the_last_event),
		TEST(r14_d8_the_owner_s_connection_ends),
		TEST(d8_a_device_that_never_started_goes_unseen),
		TEST(d3_d8_a_device_without_interfaces_comes_and_goes),
		TEST(d8_the_id_and_the_link_are_free_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
