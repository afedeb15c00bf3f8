/* SPDX-License-Identifier: MIT */
/* What comes when: interfaces and removals among a device's events (R11, D3, D8), several registrations of one
 * device side by side (R11), and each device its turn, however fast another one reports (R1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "native-fixture.h"

#define LOUD  "ROOT\\LOUD\\0000"
#define QUIET "ROOT\\QUIET\\0000"

/* --- one device ----------------------------------------------------------------------------------- */

static void follow_both(struct pnpn_connection *application)
{
	assert_int_equal(pnpn_register_class(application, &native_class,
					     PNPN_REGISTER_INTERFACES_ONLY, NULL, NULL),
			 0);
	assert_int_equal(pnpn_register_device(application, LOUD, 0, NULL, NULL), 0);
}

/* A hundred events, a change of the interface, a hundred events: once for each change. */
static void d3_r11_an_interface_comes_and_goes_among_the_events(void **state)
{
	struct native_fixture *f = *state;
	char *name;
	struct pnpn_device *device = native_device(f->driver, LOUD, &name);
	uint64_t number = 0, expected = 0;

	follow_both(f->application);
	for (int change = 0; change < 4; change++) {
		for (int i = 0; i < 100; i++)
			native_report(device, number++);
		assert_int_equal(pnpn_device_enable_interface(device, name, change & 1), 0);
	}
	for (int i = 0; i < 100; i++)
		native_report(device, number++);
	for (int change = 0; change < 4; change++) {
		for (int i = 0; i < 100; i++)
			native_expect_number(f->application, LOUD, expected++);
		native_expect(f->application,
			      change & 1 ? PNPN_EVENT_INTERFACE_ARRIVED
					 : PNPN_EVENT_INTERFACE_REMOVED,
			      LOUD);
	}
	for (int i = 0; i < 100; i++)
		native_expect_number(f->application, LOUD, expected++);
	native_expect_nothing(f->application);
	free(name);
}

/* The class's registrant gets what was reported until the interface went, and nothing of later. */
static void d3_a_class_follows_a_device_as_far_as_its_interface(void **state)
{
	struct native_fixture *f = *state;
	char *name;
	struct pnpn_device *device = native_device(f->driver, LOUD, &name);

	assert_int_equal(pnpn_register_class(f->application, &native_class, 0, NULL, NULL), 0);
	for (uint64_t i = 0; i < 100; i++)
		native_report(device, i);
	assert_int_equal(pnpn_device_enable_interface(device, name, false), 0);
	for (uint64_t i = 100; i < 200; i++)
		native_report(device, i);
	assert_int_equal(pnpn_device_enable_interface(device, name, true), 0);
	for (uint64_t i = 200; i < 300; i++)
		native_report(device, i);
	for (uint64_t i = 0; i < 100; i++)
		native_expect_number(f->application, LOUD, i);
	native_expect(f->application, PNPN_EVENT_INTERFACE_REMOVED, LOUD);
	native_expect(f->application, PNPN_EVENT_INTERFACE_ARRIVED, LOUD);
	for (uint64_t i = 200; i < 300; i++)
		native_expect_number(f->application, LOUD, i);
	native_expect_nothing(f->application);
	free(name);
}

static void d8_a_device_s_end_comes_last_for_each_registration(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *device = native_device(f->driver, LOUD, NULL);
	struct pnpn_registration *registrations[3];

	assert_int_equal(pnpn_register_all(f->application, PNPN_REGISTER_DEVICES_ONLY, NULL,
					   &registrations[0]),
			 0);
	assert_int_equal(pnpn_register_device(f->application, LOUD, 0, NULL, &registrations[1]), 0);
	assert_int_equal(
		pnpn_register_class(f->application, &native_class, 0, NULL, &registrations[2]), 0);
	for (uint64_t i = 0; i < 1000; i++)
		native_report(device, i);
	pnpn_device_remove(device);
	for (uint64_t i = 0; i < 1000; i++) {
		native_expect_number(f->application, LOUD, i);
		native_expect_number(f->application, LOUD, i);
	}
	native_expect(f->application, PNPN_EVENT_INTERFACE_REMOVED, LOUD);
	for (int i = 0; i < 3; i++) {
		const struct pnpn_event *event = native_expect(f->application,
							       PNPN_EVENT_DEVICE_REMOVED, LOUD);
		assert_ptr_equal(pnpn_event_get_registration(event), registrations[i]);
	}
	native_expect_nothing(f->application);
}

static void d8_an_id_that_is_taken_again_begins_after_the_old_device_s_end(void **state)
{
	struct native_fixture *f = *state;

	assert_int_equal(pnpn_register_class(f->application, &native_class, 0, NULL, NULL), 0);
	for (uint64_t life = 0; life < 3; life++) {
		struct pnpn_device *device = native_device(f->driver, LOUD, NULL);
		for (uint64_t i = 0; i < 1000; i++)
			native_report(device, 1000 * life + i);
		pnpn_device_remove(device);
	}
	for (uint64_t life = 0; life < 3; life++) {
		native_expect(f->application, PNPN_EVENT_INTERFACE_ARRIVED, LOUD);
		for (uint64_t i = 0; i < 1000; i++)
			native_expect_number(f->application, LOUD, 1000 * life + i);
		native_expect(f->application, PNPN_EVENT_INTERFACE_REMOVED, LOUD);
		native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, LOUD);
	}
	native_expect_nothing(f->application);
}

static void r11_registrations_of_one_device_go_side_by_side(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *device = native_device(f->driver, LOUD, NULL);
	uint64_t taken[3] = {0};

	assert_int_equal(pnpn_register_device(f->application, LOUD, 0, &taken[0], NULL), 0);
	assert_int_equal(pnpn_register_class(f->application, &native_class, 0, &taken[1], NULL), 0);
	assert_int_equal(pnpn_register_all(f->application, 0, &taken[2], NULL), 0);
	for (uint64_t i = 0; i < 1000; i++)
		native_report(device, i);
	for (int i = 0; i < 3000; i++) {
		const struct pnpn_event *event = wait_for_event(f->application);
		uint64_t *mine = pnpn_event_get_userdata(event);
		assert_int_equal(pnpn_event_get_sequence(event), ++*mine);
		for (int k = 0; k < 3; k++)
			assert_in_range(taken[k] + 1, *mine, *mine + 1);
	}
	native_expect_nothing(f->application);
}

/* --- in the middle of what a ring has ------------------------------------------------------------- */

/* A loop that takes what is there and waits for nothing: the next one is of that number, or there is none. */
static void take_number(struct pnpn_connection *connection, uint64_t number)
{
	const struct pnpn_event *event;
	size_t size;

	assert_int_equal(pnpn_next_event(connection, &event), 1);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_CUSTOM);
	assert_memory_equal(pnpn_event_get_data(event, &size), &number, sizeof(number));
}

/* Nine, the end of the interface, and ten more. */
static void report_around_the_end(struct pnpn_device *device, const char *name)
{
	for (uint64_t i = 1; i < 10; i++)
		native_report(device, i);
	assert_int_equal(pnpn_device_enable_interface(device, name, false), 0);
	for (uint64_t i = 10; i < 20; i++)
		native_report(device, i);
}

/* What the manager told while a call waited for its answer stands where it stands. */
static void d3_r11_what_is_told_in_the_middle_has_its_place(void **state)
{
	struct native_fixture *f = *state;
	char *name;
	struct pnpn_device *device = native_device(f->driver, LOUD, &name);

	follow_both(f->application);
	native_report(device, 0);
	assert_int_equal(pnpn_wait(f->application, PATIENCE_MS), 1);
	report_around_the_end(device, name);
	take_number(f->application, 0);
	take_number(f->application, 1);
	assert_int_equal(
		pnpn_register_all(f->application, PNPN_REGISTER_INTERFACES_ONLY, NULL, NULL), 0);
	for (uint64_t i = 2; i < 10; i++)
		take_number(f->application, i);
	native_expect(f->application, PNPN_EVENT_INTERFACE_REMOVED, LOUD);
	for (uint64_t i = 10; i < 20; i++)
		native_expect_number(f->application, LOUD, i);
	native_expect_nothing(f->application);
	free(name);
}

/* What was told before an event was reported comes before it, however the application looks. */
static void d3_r11_a_loop_that_never_waits_overlooks_nothing(void **state)
{
	struct native_fixture *f = *state;
	const struct pnpn_event *event;
	char *name;
	struct pnpn_device *device = native_device(f->driver, LOUD, &name);

	follow_both(f->application);
	native_report(device, 0);
	assert_int_equal(pnpn_wait(f->application, PATIENCE_MS), 1);
	take_number(f->application, 0);
	report_around_the_end(device, name);
	for (uint64_t i = 1; i < 10; i++)
		take_number(f->application, i);
	assert_int_equal(pnpn_next_event(f->application, &event), 1);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_INTERFACE_REMOVED);
	for (uint64_t i = 10; i < 20; i++)
		take_number(f->application, i);
	native_expect_nothing(f->application);
	free(name);
}

/* Who comes with the recent past has to catch up first. */
static void r11_r12_who_is_further_behind_is_next(void **state)
{
	struct native_fixture *f = *state;
	int first, second;

	struct pnpn_device *device = native_device(f->driver, LOUD, NULL);

	assert_int_equal(pnpn_register_device(f->application, LOUD, 0, &first, NULL), 0);
	for (uint64_t i = 0; i < 10; i++)
		native_report(device, i);
	native_expect_number(f->application, LOUD, 0);
	take_number(f->application, 1);
	assert_int_equal(
		pnpn_register_device(f->application, LOUD, PNPN_REGISTER_HISTORY, &second, NULL),
		0);
	for (uint64_t i = 0; i < 2; i++) {
		const struct pnpn_event *event = wait_for_event(f->application);
		assert_ptr_equal(pnpn_event_get_userdata(event), &second);
	}
	for (uint64_t i = 2; i < 10; i++) {
		native_expect_number(f->application, LOUD, i);
		native_expect_number(f->application, LOUD, i);
	}
	native_expect_nothing(f->application);
}

static void r12_nothing_comes_of_what_is_ended_in_the_middle(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_registration *registration;
	const struct pnpn_event *event;

	struct pnpn_device *device = native_device(f->driver, LOUD, NULL);

	assert_int_equal(pnpn_register_device(f->application, LOUD, 0, NULL, &registration), 0);
	for (uint64_t i = 0; i < 10; i++)
		native_report(device, i);
	native_expect_number(f->application, LOUD, 0);
	take_number(f->application, 1);
	pnpn_unregister(registration);
	assert_int_equal(pnpn_next_event(f->application, &event), 0);
	native_expect_nothing(f->application);
}

/* --- several -------------------------------------------------------------------------------------- */

/* A device that reports whenever one of its events was taken: the application never gets to the end. */
struct loud {
	struct pnpn_device *device;
	char *name;
	uint64_t reported;
};

static void loud_init(struct loud *loud, struct pnpn_connection *driver)
{
	*loud = (struct loud){0};
	loud->device = native_device(driver, LOUD, &loud->name);
}

static void loud_begin(struct loud *loud)
{
	for (int i = 0; i < 1000; i++)
		native_report(loud->device, loud->reported++);
}

static void loud_taken(struct loud *loud, const struct pnpn_event *event)
{
	if (strcmp(pnpn_event_get_device(event), LOUD) == 0)
		native_report(loud->device, loud->reported++);
}

/* Takes events until one of that kind and device, which comes before patience is at an end. */
static void expect_some_time(struct pnpn_connection *connection, struct loud *loud,
			     enum pnpn_event_kind kind, const char *id)
{
	time_t until = time(NULL) + PATIENCE_MS / 1000;

	while (time(NULL) < until) {
		const struct pnpn_event *event = wait_for_event(connection);
		if (pnpn_event_get_kind(event) == kind &&
		    strcmp(pnpn_event_get_device(event), id) == 0)
			return;
		loud_taken(loud, event);
	}
	fail_msg("only %s is heard", LOUD);
}

/* Events of another device than the loud one, that it goes, and that one comes. */
static void with_a_loud_one(struct native_fixture *f,
			    void (*follow)(struct pnpn_connection *application), bool of_device)
{
	struct loud loud;

	loud_init(&loud, f->driver);
	struct pnpn_device *quiet = native_device(f->driver, QUIET, NULL);
	follow(f->application);
	loud_begin(&loud);
	for (uint64_t i = 0; i < 20; i++) {
		native_report(quiet, i);
		expect_some_time(f->application, &loud, PNPN_EVENT_CUSTOM, QUIET);
	}
	pnpn_device_remove(quiet);
	expect_some_time(f->application, &loud, PNPN_EVENT_DEVICE_REMOVED, QUIET);
	if (!of_device) {
		quiet = native_device(f->driver, QUIET, NULL);
		expect_some_time(f->application, &loud, PNPN_EVENT_INTERFACE_ARRIVED, QUIET);
	}
	free(loud.name);
}

static void follow_class(struct pnpn_connection *application)
{
	assert_int_equal(pnpn_register_class(application, &native_class, 0, NULL, NULL), 0);
}

static void follow_all(struct pnpn_connection *application)
{
	assert_int_equal(pnpn_register_all(application, 0, NULL, NULL), 0);
}

static void follow_devices(struct pnpn_connection *application)
{
	assert_int_equal(pnpn_register_device(application, LOUD, 0, NULL, NULL), 0);
	assert_int_equal(pnpn_register_device(application, QUIET, 0, NULL, NULL), 0);
}

static void follow_interface(struct pnpn_connection *application)
{
	char name[] = "\\\\?\\ROOT#QUIET#0000#{7d1f3a91-52c4-4b1e-0102-030405060708}";

	assert_int_equal(pnpn_register_device(application, LOUD, 0, NULL, NULL), 0);
	assert_int_equal(pnpn_register_device(application, name, 0, NULL, NULL), 0);
}

static void r1_r11_a_loud_device_and_a_class(void **state)
{
	with_a_loud_one(*state, follow_class, false);
}

static void r1_r11_a_loud_device_and_everything(void **state)
{
	with_a_loud_one(*state, follow_all, false);
}

static void r1_r11_a_loud_device_and_device_registrations(void **state)
{
	with_a_loud_one(*state, follow_devices, true);
}

static void r1_r11_a_loud_device_and_one_by_its_interface(void **state)
{
	with_a_loud_one(*state, follow_interface, true);
}

/* A registrant of interfaces, and of devices, beside one of the loud device on one connection. */
static void d3_r1_a_loud_device_and_interfaces(void **state)
{
	struct native_fixture *f = *state;
	struct loud loud;
	char *name;

	loud_init(&loud, f->driver);
	assert_int_equal(pnpn_register_class(f->application, &native_class,
					     PNPN_REGISTER_INTERFACES_ONLY, NULL, NULL),
			 0);
	assert_int_equal(pnpn_register_all(f->application, PNPN_REGISTER_DEVICES_ONLY, NULL, NULL),
			 0);
	assert_int_equal(pnpn_register_device(f->application, LOUD, 0, NULL, NULL), 0);
	loud_begin(&loud);
	struct pnpn_device *quiet = native_device(f->driver, QUIET, &name);
	expect_some_time(f->application, &loud, PNPN_EVENT_DEVICE_ARRIVED, QUIET);
	for (int i = 0; i < 20; i++) {
		expect_some_time(f->application, &loud, PNPN_EVENT_INTERFACE_ARRIVED, QUIET);
		assert_int_equal(pnpn_device_enable_interface(quiet, name, false), 0);
		expect_some_time(f->application, &loud, PNPN_EVENT_INTERFACE_REMOVED, QUIET);
		assert_int_equal(pnpn_device_enable_interface(quiet, name, true), 0);
	}
	free(name);
	free(loud.name);
}

/* It disables its interface and goes on reporting: that does not concern the class any more. */
static void d3_r1_a_device_that_reports_on_without_its_interface(void **state)
{
	struct native_fixture *f = *state;
	struct loud loud;

	loud_init(&loud, f->driver);
	struct pnpn_device *quiet = native_device(f->driver, QUIET, NULL);
	follow_class(f->application);
	loud_begin(&loud);
	assert_int_equal(pnpn_device_enable_interface(loud.device, loud.name, false), 0);
	expect_some_time(f->application, &loud, PNPN_EVENT_INTERFACE_REMOVED, LOUD);
	native_report(quiet, 1);
	native_expect_number(f->application, QUIET, 1);
	native_expect_nothing(f->application);
	free(loud.name);
}

/* R12: of a device that was there before the registration nothing is told that was reported before. */
static void r12_an_older_device_is_followed_from_its_interface_on(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *device;
	char *name;

	assert_int_equal(pnpn_device_new(f->driver, "ROOT\\OLD\\0000", &device), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	native_report(device, 1);
	assert_int_equal(pnpn_register_class(f->application, &native_class, 0, NULL, NULL), 0);
	native_report(device, 2);
	assert_int_equal(pnpn_device_add_interface(device, &native_class, NULL, &name), 0);
	assert_int_equal(pnpn_device_enable_interface(device, name, true), 0);
	free(name);
	native_report(device, 3);
	native_expect(f->application, PNPN_EVENT_INTERFACE_ARRIVED, "ROOT\\OLD\\0000");
	native_expect_number(f->application, "ROOT\\OLD\\0000", 3);
	native_expect_nothing(f->application);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, native_setup, native_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(d3_r11_an_interface_comes_and_goes_among_the_events),
		TEST(d3_a_class_follows_a_device_as_far_as_its_interface),
		TEST(d8_a_device_s_end_comes_last_for_each_registration),
		TEST(d8_an_id_that_is_taken_again_begins_after_the_old_device_s_end),
		TEST(r11_registrations_of_one_device_go_side_by_side),
		TEST(d3_r11_what_is_told_in_the_middle_has_its_place),
		TEST(d3_r11_a_loop_that_never_waits_overlooks_nothing),
		TEST(r11_r12_who_is_further_behind_is_next),
		TEST(r12_nothing_comes_of_what_is_ended_in_the_middle),
		TEST(r1_r11_a_loud_device_and_a_class),
		TEST(r1_r11_a_loud_device_and_everything),
		TEST(r1_r11_a_loud_device_and_device_registrations),
		TEST(r1_r11_a_loud_device_and_one_by_its_interface),
		TEST(d3_r1_a_loud_device_and_interfaces),
		TEST(d3_r1_a_device_that_reports_on_without_its_interface),
		TEST(r12_an_older_device_is_followed_from_its_interface_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
