/* SPDX-License-Identifier: MIT */
/* R15 where there is no ring: events of Linux's own devices that wait for who does not read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/manager.h>
#include "../support/waiting.h"

/* A device that every machine has. */
#define ID "LINUX\\NET\\LO"

/* More than may wait: src/manager/limits.h. A socket holds some besides. */
#define EVENTS	     600
#define EVENT_BYTES  60000
#define SMALL_EVENTS 20000
#define SMALL_BYTES  sizeof(uint32_t)

static const struct pnpn_guid guid = {0x6e0a9c11, 0x2b3c, 0x4d5e, {8, 7, 6, 5, 4, 3, 2, 1}};

static void report(struct pnpn_connection *connection, uint32_t number, size_t size)
{
	static char data[EVENT_BYTES];

	memcpy(data, &number, sizeof(number));
	assert_int_equal(
		pnpn_report_by_hand(connection, ID, &guid, data, size, PNPN_NAME_OFFSET_NONE), 0);
}

/* The number of the next event, and how many are said to be lost before it. */
static uint32_t next(struct pnpn_connection *connection, size_t expected, uint64_t *ret_lost)
{
	const struct pnpn_event *event = wait_for_event(connection);
	uint32_t number;
	size_t size;

	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_CUSTOM);
	memcpy(&number, pnpn_event_get_data(event, &size), sizeof(number));
	assert_int_equal(size, expected);
	*ret_lost = pnpn_event_get_lost(event);
	return number;
}

/* What the manager sent by now: one after the other, none missing. A round trip comes after all of it. */
static uint32_t drain(struct pnpn_connection *connection)
{
	struct pnpn_device_list *list;
	const struct pnpn_event *event;
	uint32_t taken = 0;

	assert_int_equal(pnpn_list_devices(connection, &list), 0);
	pnpn_device_list_free(list);
	while (pnpn_next_event(connection, &event) > 0) {
		assert_int_equal(pnpn_event_get_lost(event), 0);
		taken++;
	}
	return taken;
}

static void lose(uint32_t events, size_t size)
{
	struct pnpn_manager *manager;
	struct pnpn_connection *slow, *reporter;
	uint32_t taken;
	uint64_t lost;

	assert_int_equal(pnpn_manager_start(&manager, NULL, true), 0);
	assert_int_equal(pnpn_manager_connect(manager, &slow), 0);
	assert_int_equal(pnpn_manager_connect(manager, &reporter), 0);
	assert_int_equal(pnpn_register_device(slow, ID, 0, NULL, NULL), 0);
	for (uint32_t i = 1; i <= events; i++)
		report(reporter, i, size);
	taken = drain(slow);
	assert_in_range(taken, 1, events - 1);
	report(reporter, events + 1, size);
	assert_int_equal(next(slow, size, &lost), events + 1);
	assert_int_equal(lost, events - taken);
	report(reporter, events + 2, size);
	assert_int_equal(next(slow, size, &lost), events + 2);
	assert_int_equal(lost, 0);
	pnpn_disconnect(slow);
	pnpn_disconnect(reporter);
	pnpn_manager_stop(manager);
}

/* What waits is bounded; what was lost is told once, with the first event that is not. */
static void r15_what_is_lost_without_a_ring_is_told_once(void **state)
{
	lose(EVENTS, EVENT_BYTES);
}

/* Small ones would fit in the bytes: their number is bounded, too. */
static void r15_small_ones_that_are_lost_without_a_ring(void **state)
{
	lose(SMALL_EVENTS, SMALL_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(r15_what_is_lost_without_a_ring_is_told_once),
		cmocka_unit_test(r15_small_ones_that_are_lost_without_a_ring),
	};

	if (getuid()) {
		puts("needs root, who reports on devices of Linux's");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
