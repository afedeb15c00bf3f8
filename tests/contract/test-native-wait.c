/* SPDX-License-Identifier: MIT */
/* Devices that are waited for (PNPN_REGISTER_WAIT): D8, D9, D10, R11, R12 for what comes, goes and comes again. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "native-fixture.h"

#define ID    "ROOT\\AWAITED\\0000"
#define OTHER "ROOT\\AWAITED\\0001"
#define LINK  "\\\\.\\Awaited"

static int wait_for(struct native_fixture *f, const char *name, unsigned int flags)
{
	return pnpn_register_device(f->application, name, PNPN_REGISTER_WAIT | flags, f, NULL);
}

static void r12_it_is_followed_from_its_first_event_on_each_time(void **state)
{
	struct native_fixture *f = *state;

	assert_int_equal(wait_for(f, ID, 0), 0);
	native_expect_nothing(f->application);
	for (int life = 0; life < 3; life++) {
		struct pnpn_device *device = native_device(f->driver, ID, NULL);
		for (uint64_t i = 0; i < 100; i++)
			native_report(device, i);
		pnpn_device_remove(device);
		assert_ptr_equal(pnpn_event_get_userdata(native_expect(
					 f->application, PNPN_EVENT_DEVICE_ARRIVED, ID)),
				 f);
		for (uint64_t i = 0; i < 100; i++)
			native_expect_number(f->application, ID, i);
		native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
		native_expect_nothing(f->application);
	}
}

static void r12_one_that_is_there_is_told_where_that_was_asked_for(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *device = native_device(f->driver, ID, NULL);

	native_report(device, 0);
	assert_int_equal(wait_for(f, ID, 0), 0);
	native_report(device, 1);
	native_expect_number(f->application, ID, 1);
	native_expect_nothing(f->application);
	assert_int_equal(wait_for(f, ID, PNPN_REGISTER_EXISTING), 0);
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, ID);
	native_expect_nothing(f->application);
	pnpn_device_remove(device);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
	native_device(f->driver, ID, NULL);
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, ID);
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, ID);
	native_expect_nothing(f->application);
}

/* A name that comes later than its device, and goes over to another one. */
static void d8_a_name_that_another_device_takes_over(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *first = native_device(f->driver, ID, NULL);
	struct pnpn_device *second = native_device(f->driver, OTHER, NULL);

	assert_int_equal(wait_for(f, LINK, 0), 0);
	native_expect_nothing(f->application);
	assert_int_equal(pnpn_device_add_link(first, LINK), 0);
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, ID);
	/* The name is another's from now on; the device is followed to its end. */
	assert_int_equal(pnpn_device_remove_link(first, LINK), 0);
	assert_int_equal(pnpn_device_add_link(second, LINK), 0);
	native_report(first, 1);
	native_report(second, 2);
	native_expect_number(f->application, ID, 1);
	native_expect_nothing(f->application);
	pnpn_device_remove(first);
	/* Of two devices, each has its own order. */
	for (bool removed = false, arrived = false; !removed || !arrived;) {
		const struct pnpn_event *event = wait_for_event(f->application);
		if (pnpn_event_get_kind(event) == PNPN_EVENT_DEVICE_REMOVED) {
			assert_string_equal(pnpn_event_get_device(event), ID);
			removed = true;
		} else {
			assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_DEVICE_ARRIVED);
			assert_string_equal(pnpn_event_get_device(event), OTHER);
			arrived = true;
		}
	}
	native_report(second, 3);
	native_expect_number(f->application, OTHER, 3);
	pnpn_device_remove(second);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, OTHER);
	native_expect_nothing(f->application);
}

static void u10_what_is_unregistered_waits_no_more(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_registration *registration;

	assert_int_equal(
		pnpn_register_device(f->application, ID, PNPN_REGISTER_WAIT, NULL, &registration),
		0);
	pnpn_device_remove(native_device(f->driver, ID, NULL));
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, ID);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
	assert_null(pnpn_unregister(registration));
	native_device(f->driver, ID, NULL);
	native_expect_nothing(f->application);
}

/* What is waited for has a limit for each user, and counts while the device is there, too. */
static void d10_who_waits_for_too_many(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_registration *first;
	char id[64];
	int r = pnpn_register_device(f->application, ID, PNPN_REGISTER_WAIT, NULL, &first);

	for (int n = 1; r == 0; n++) {
		snprintf(id, sizeof(id), "ROOT\\AWAITED\\%04d", n);
		r = wait_for(f, id, 0);
	}
	assert_int_equal(r, -EDQUOT);
	native_device(f->driver, ID, NULL);
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, ID);
	assert_int_equal(wait_for(f, LINK, 0), -EDQUOT);
	assert_null(pnpn_unregister(first));
	assert_int_equal(wait_for(f, LINK, 0), 0);
}

static void what_can_not_be_waited_for(void **state)
{
	struct native_fixture *f = *state;

	assert_int_equal(pnpn_register_all(f->application, PNPN_REGISTER_WAIT, NULL, NULL),
			 -EINVAL);
	assert_int_equal(
		pnpn_register_class(f->application, &native_class, PNPN_REGISTER_WAIT, NULL, NULL),
		-EINVAL);
	native_device(f->driver, ID, NULL);
	assert_int_equal(
		pnpn_register_device(f->application, ID, PNPN_REGISTER_EXISTING, NULL, NULL),
		-EINVAL);
	native_expect_nothing(f->application);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, native_setup, native_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(r12_it_is_followed_from_its_first_event_on_each_time),
		TEST(r12_one_that_is_there_is_told_where_that_was_asked_for),
		TEST(d8_a_name_that_another_device_takes_over),
		TEST(u10_what_is_unregistered_waits_no_more),
		TEST(d10_who_waits_for_too_many),
		TEST(what_can_not_be_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
