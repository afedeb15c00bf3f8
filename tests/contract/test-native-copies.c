/* SPDX-License-Identifier: MIT */
/* Events that last (pnpn_event_copy()): R11, U6, D5 for what is kept beyond the next one. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "native-fixture.h"

#define ID     "ROOT\\KEPT\\0000"
#define EVENTS 100

static struct pnpn_event *copy_of(const struct pnpn_event *event)
{
	struct pnpn_event *copy;

	assert_int_equal(pnpn_event_copy(event, &copy), 0);
	return copy;
}

static void *read_copies(void *argument)
{
	struct pnpn_event **copies = argument;
	uintptr_t right = 0;
	char text[32];

	for (int i = 0; i < EVENTS; i++) {
		snprintf(text, sizeof(text), "Gerät %d", i);
		right += strcmp(pnpn_event_get_text(copies[i]), text) == 0 &&
			 pnpn_event_get_sequence(copies[i]) == (uint64_t)i + 1 &&
			 pnpn_event_get_kind(copies[i]) == PNPN_EVENT_CUSTOM;
	}
	return (void *)right;
}

/* They outlast each other, their connection and its device; any thread reads them. */
static void r11_u6_copies_last(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *device = native_device(f->driver, ID, NULL);
	struct pnpn_event *copies[EVENTS];
	pthread_t thread;
	char text[32];
	void *right;

	assert_int_equal(pnpn_register_device(f->application, ID, 0, f, NULL), 0);
	for (int i = 0; i < EVENTS; i++) {
		snprintf(text, sizeof(text), "Gerät %d", i);
		assert_int_equal(
			pnpn_device_report_text(device, &native_event, &i, sizeof(i), text), 0);
		copies[i] = copy_of(wait_for_event(f->application));
	}
	pnpn_device_remove(device);
	f->application = pnpn_disconnect(f->application);
	assert_int_equal(pthread_create(&thread, NULL, read_copies, copies), 0);
	assert_int_equal((uintptr_t)read_copies(copies), EVENTS);
	pthread_join(thread, &right);
	assert_int_equal((uintptr_t)right, EVENTS);
	for (int i = 0; i < EVENTS; i++) {
		size_t size;
		const int *number = pnpn_event_get_data(copies[i], &size);
		assert_int_equal(*number, i);
		assert_true(size > sizeof(i));
		assert_int_equal(pnpn_event_get_name_offset(copies[i]), sizeof(i));
		assert_true(pnpn_guid_equal(pnpn_event_get_guid(copies[i]), &native_event));
		assert_string_equal(pnpn_event_get_device(copies[i]), ID);
		assert_ptr_equal(pnpn_event_get_userdata(copies[i]), f);
		assert_int_equal(pnpn_event_get_lost(copies[i]), 0);
		assert_true(pnpn_event_get_time(copies[i]) > 0);
		assert_null(pnpn_event_free(copies[i]));
	}
	assert_null(pnpn_event_free(NULL));
}

/* What the manager told, with an interface, without text or data; and a copy of a copy. */
static void u6_copies_of_what_the_manager_told(void **state)
{
	struct native_fixture *f = *state;
	char *name;

	assert_int_equal(pnpn_register_class(f->application, &native_class, 0, NULL, NULL), 0);
	native_device(f->driver, ID, &name);
	struct pnpn_event *first =
		copy_of(native_expect(f->application, PNPN_EVENT_INTERFACE_ARRIVED, ID));
	struct pnpn_event *second = copy_of(first);
	pnpn_event_free(first);
	native_expect_nothing(f->application);
	assert_int_equal(pnpn_event_get_kind(second), PNPN_EVENT_INTERFACE_ARRIVED);
	assert_string_equal(pnpn_event_get_interface(second), name);
	assert_true(pnpn_guid_equal(pnpn_event_get_guid(second), &native_class));
	assert_null(pnpn_event_get_text(second));
	pnpn_event_free(second);
	free(name);
}

static uint64_t monotonic_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Not before the report, not after the question; a copy keeps it. */
static void u6_the_monotonic_time_is_the_reports(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *device = native_device(f->driver, ID, NULL);

	assert_int_equal(pnpn_register_device(f->application, ID, 0, NULL, NULL), 0);
	uint64_t before = monotonic_now();
	native_report(device, 1);
	const struct pnpn_event *event = native_expect(f->application, PNPN_EVENT_CUSTOM, ID);
	uint64_t told = pnpn_event_get_monotonic_time(event);
	assert_in_range(told, before, monotonic_now());
	struct pnpn_event *copy = copy_of(event);
	uint64_t kept = pnpn_event_get_monotonic_time(copy);
	assert_in_range(kept, before, monotonic_now());
	native_expect_nothing(f->application);
	assert_int_equal(pnpn_event_get_monotonic_time(copy), kept);
	pnpn_event_free(copy);
}

static void expect_taken(struct pnpn_connection *connection, size_t most, size_t wanted,
			 uint64_t first)
{
	struct pnpn_event *events[EVENTS];

	assert_int_equal(pnpn_take_events(connection, events, most), wanted);
	for (size_t i = 0; i < wanted; i++) {
		assert_int_equal(pnpn_event_get_sequence(events[i]), first + i);
		pnpn_event_free(events[i]);
	}
}

/* In their order, no more than there is room for, none twice and none left out. */
static void r11_several_at_once(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *device = native_device(f->driver, ID, NULL);

	assert_int_equal(pnpn_register_device(f->application, ID, 0, NULL, NULL), 0);
	for (uint64_t i = 1; i <= 10; i++)
		native_report(device, i);
	assert_int_equal(pnpn_wait(f->application, -1), 1);
	expect_taken(f->application, 0, 0, 0);
	expect_taken(f->application, 4, 4, 1);
	expect_taken(f->application, 4, 4, 5);
	expect_taken(f->application, EVENTS, 2, 9);
	expect_taken(f->application, EVENTS, 0, 0);
}

struct remover {
	struct pnpn_connection *connection;
	struct pnpn_veto veto;
	int result;
};

static void *remove_device(void *argument)
{
	struct remover *remover = argument;

	remover->result = pnpn_remove(remover->connection, ID, 0, &remover->veto,
				      sizeof(remover->veto));
	return NULL;
}

/* A question that was kept is answered by its number. */
static void d5_a_copy_is_answered_by_its_query(void **state)
{
	struct native_fixture *f = *state;
	struct remover remover;
	pthread_t thread;

	native_device(f->driver, ID, NULL);
	assert_int_equal(pnpn_manager_connect(f->manager, &remover.connection), 0);
	assert_int_equal(
		pnpn_register_device(f->application, ID, PNPN_REGISTER_QUERY_REMOVE, NULL, NULL),
		0);
	assert_int_equal(pthread_create(&thread, NULL, remove_device, &remover), 0);
	struct pnpn_event *copy =
		copy_of(native_expect(f->application, PNPN_EVENT_QUERY_REMOVE, ID));
	native_expect_nothing(f->application);
	assert_int_equal(pnpn_event_answer(copy, false, "kept"), -EINVAL);
	assert_int_equal(
		pnpn_connection_answer(f->application, pnpn_event_get_query(copy), false, "kept"),
		0);
	pnpn_event_free(copy);
	pthread_join(thread, NULL);
	assert_int_equal(remover.result, 1);
	assert_string_equal(remover.veto.who, "kept");
	pnpn_disconnect(remover.connection);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, native_setup, native_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(r11_u6_copies_last),
		TEST(u6_copies_of_what_the_manager_told),
		TEST(u6_the_monotonic_time_is_the_reports),
		TEST(r11_several_at_once),
		TEST(d5_a_copy_is_answered_by_its_query),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
