/* SPDX-License-Identifier: MIT */
/* Real processes that are stopped, killed and restarted: R1, R11, R12, R14, R15, D8. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include "process.h"

#define LINK "\\\\.\\System"

static const struct pnpn_guid guid = {0x0f2a7d11, 0x3c44, 0x4b0e, {9, 8, 7, 6, 5, 4, 3, 2}};

static int setup(void **state)
{
	struct manager_process *manager = calloc(1, sizeof(*manager));

	manager_process_init(manager);
	*state = manager;
	return 0;
}

static int teardown(void **state)
{
	manager_process_deinit(*state);
	free(*state);
	return 0;
}

static struct pnpn_connection *connect_to(const char *address)
{
	struct pnpn_connection *connection = NULL;
	int r = pnpn_connect(&connection, address);

	if (r < 0) {
		fprintf(stderr, "connect: %s\n", strerror(-r));
		abort();
	}
	return connection;
}

static struct pnpn_device *make_device(struct pnpn_connection *connection)
{
	struct pnpn_device *device = NULL;

	if (pnpn_device_new(connection, "ROOT\\SYSTEM\\0000", &device) < 0 ||
	    pnpn_device_add_link(device, LINK) < 0 || pnpn_device_start(device) < 0)
		abort();
	return device;
}

static void report_numbers(struct pnpn_device *device, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i <= to; i++)
		if (pnpn_device_report(device, &guid, &i, sizeof(i), PNPN_NAME_OFFSET_NONE) < 0)
			abort();
}

/* Waits for the next event; NULL if nothing comes for so long that the test is hung. */
static const struct pnpn_event *next(struct pnpn_connection *connection)
{
	const struct pnpn_event *event;
	time_t until = time(NULL) + PATIENCE_MS / 1000;

	while (pnpn_next_event(connection, &event) <= 0)
		/* Being stopped ends a wait early. */
		if (pnpn_wait(connection, PATIENCE_MS) < 0 || time(NULL) > until)
			return NULL;
	return event;
}

static uint64_t number_of(const struct pnpn_event *event)
{
	uint64_t number = 0;
	size_t size;
	const void *data = pnpn_event_get_data(event, &size);

	if (size == sizeof(number))
		memcpy(&number, data, sizeof(number));
	return number;
}

/* Takes from..to in order without a gap. Returns 0 if so, else what was wrong, for the exit status. */
static int take_numbers(struct pnpn_connection *connection, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i <= to; i++) {
		const struct pnpn_event *event = next(connection);
		if (!event)
			return 2;
		if (pnpn_event_get_kind(event) != PNPN_EVENT_CUSTOM)
			return 3;
		if (pnpn_event_get_lost(event) || number_of(event) != i ||
		    pnpn_event_get_sequence(event) != i)
			return 4;
	}
	return 0;
}

struct plan {
	const char *address;
	uint64_t from, to;
};

/* A registrant: registers ('r'), takes what the plan says, then waits to be told to end ('e'). */
static int run_registrant(int socket, const void *argument)
{
	const struct plan *plan = argument;
	struct pnpn_connection *connection = connect_to(plan->address);

	if (pnpn_register_device(connection, LINK, 0, NULL, NULL) < 0)
		return 1;
	step_send(socket, 'r');
	int r = take_numbers(connection, plan->from, plan->to);
	step_send(socket, 't');
	step_expect(socket, 'e');
	pnpn_disconnect(connection);
	return r;
}

static void r1_r15_a_stopped_registrant_gets_200000_events_in_order(void **state)
{
	struct manager_process *manager = *state;
	struct pnpn_connection *connection = connect_to(manager->address);
	struct pnpn_device *device = make_device(connection);
	struct plan plan = {manager->address, 1, 200000};
	struct child stopped, awake;

	child_init(&stopped, run_registrant, &plan);
	child_init(&awake, run_registrant, &plan);
	step_expect(stopped.socket, 'r');
	step_expect(awake.socket, 'r');
	kill(stopped.pid, SIGSTOP);
	child_wait_stopped(&stopped);
	report_numbers(device, 1, 200000);
	step_expect(awake.socket, 't'); /* the slow one holds up nobody (R1) */
	kill(stopped.pid, SIGCONT);
	step_expect(stopped.socket, 't');
	step_send(stopped.socket, 'e');
	step_send(awake.socket, 'e');
	assert_int_equal(child_wait(&stopped), 0);
	assert_int_equal(child_wait(&awake), 0);
	pnpn_device_remove(device);
	pnpn_disconnect(connection);
}

static void r15_past_the_limit_only_the_slowest_loses_and_is_told(void **state)
{
	struct manager_process *manager = *state;
	struct pnpn_connection *owner = connect_to(manager->address);
	struct pnpn_device *device = make_device(owner);
	struct plan plan = {manager->address, 1, 700000};
	struct pnpn_connection *slow = connect_to(manager->address);
	struct child fast;
	uint64_t lost = 0, taken = 0;
	uint8_t big[200] = {0};

	assert_int_equal(pnpn_register_device(slow, LINK, 0, NULL, NULL), 0);
	child_init(&fast, run_registrant, &plan);
	step_expect(fast.socket, 'r');
	/* So slowly that the fast one keeps up: in lots, each smaller than the backlog. */
	report_numbers(device, 1, 700000);
	step_expect(fast.socket, 't');
	step_send(fast.socket, 'e');
	assert_int_equal(child_wait(&fast), 0);
	for (int i = 0; i < 300000; i++)
		assert_int_equal(
			pnpn_device_report(device, &guid, big, sizeof(big), PNPN_NAME_OFFSET_NONE),
			0);
	while (taken + lost < 1000000) {
		const struct pnpn_event *event = next(slow);
		assert_non_null(event);
		lost += pnpn_event_get_lost(event);
		taken++;
		assert_int_equal(pnpn_event_get_sequence(event), taken + lost);
	}
	assert_true(lost > 0);
	/* The manager knows too. */
	struct pnpn_status *status;
	struct pnpn_status_row row;
	uint64_t told = 0;
	const struct pnpn_event *event;
	assert_int_equal(pnpn_next_event(slow, &event), 0);
	assert_int_equal(pnpn_get_status(owner, &status), 0);
	for (size_t i = 0; pnpn_status_get(status, i, &row, sizeof(row)); i++)
		told += row.lost;
	assert_int_equal(told, lost);
	pnpn_status_free(status);
	pnpn_disconnect(slow);
	pnpn_device_remove(device);
	pnpn_disconnect(owner);
}

static void r1_a_killed_registrant_harms_nobody(void **state)
{
	struct manager_process *manager = *state;
	struct pnpn_connection *connection = connect_to(manager->address);
	struct pnpn_device *device = make_device(connection);
	struct plan plan = {manager->address, 1, 40000};
	struct child victim, other;

	child_init(&victim, run_registrant, &plan);
	child_init(&other, run_registrant, &plan);
	step_expect(victim.socket, 'r');
	step_expect(other.socket, 'r');
	report_numbers(device, 1, 20000);
	child_kill(&victim);
	report_numbers(device, 20001, 40000);
	step_expect(other.socket, 't');
	step_send(other.socket, 'e');
	assert_int_equal(child_wait(&other), 0);
	pnpn_device_remove(device);
	pnpn_disconnect(connection);
}

/* A driver host: makes the device ('d'), then reports until it is killed. */
__attribute__((noreturn)) static int run_owner(int socket, const void *argument)
{
	struct pnpn_connection *connection = connect_to(argument);
	struct pnpn_device *device = make_device(connection);

	step_send(socket, 'd');
	step_expect(socket, 'g');
	for (uint64_t i = 1;; i++) {
		report_numbers(device, i, i);
		if (i == 1000)
			step_send(socket, 'b');
	}
}

/* Takes 1, 2, 3 … and then the removal; says how many there were. */
static uint64_t take_until_removal(struct pnpn_connection *connection)
{
	uint64_t taken = 0;

	for (;;) {
		const struct pnpn_event *event = next(connection);
		assert_non_null(event);
		assert_int_equal(pnpn_event_get_lost(event), 0);
		if (pnpn_event_get_kind(event) == PNPN_EVENT_DEVICE_REMOVED)
			return taken;
		assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_CUSTOM);
		assert_int_equal(number_of(event), ++taken);
		assert_int_equal(pnpn_event_get_sequence(event), taken);
	}
}

static void r14_d8_an_owner_killed_in_mid_burst(void **state)
{
	struct manager_process *manager = *state;
	struct pnpn_connection *registrants[3];
	struct child owner;

	child_init(&owner, run_owner, manager->address);
	step_expect(owner.socket, 'd');
	for (int i = 0; i < 3; i++) {
		registrants[i] = connect_to(manager->address);
		assert_int_equal(pnpn_register_device(registrants[i], LINK, 0, NULL, NULL), 0);
	}
	step_send(owner.socket, 'g');
	step_expect(owner.socket, 'b');
	child_kill(&owner);
	uint64_t first = take_until_removal(registrants[0]);
	assert_true(first >= 1000);
	for (int i = 1; i < 3; i++)
		assert_int_equal(take_until_removal(registrants[i]), first);
	/* The name is free again (D8: nothing follows). */
	struct pnpn_device *device = make_device(registrants[0]);
	report_numbers(device, 1, 10);
	const struct pnpn_event *event;
	if (pnpn_next_event(registrants[1], &event) > 0)
		fail_msg("event of kind %d, number %lu", pnpn_event_get_kind(event),
			 number_of(event));
	pnpn_device_remove(device);
	for (int i = 0; i < 3; i++)
		pnpn_disconnect(registrants[i]);
}

static void a_killed_manager_is_noticed_and_a_new_one_serves(void **state)
{
	struct manager_process *manager = *state;
	struct pnpn_connection *owner = connect_to(manager->address);
	struct pnpn_device *device = make_device(owner);
	struct pnpn_connection *registrant = connect_to(manager->address);

	assert_int_equal(pnpn_register_device(registrant, LINK, 0, NULL, NULL), 0);
	report_numbers(device, 1, 5);
	manager_process_kill(manager);
	/* What was reported is still delivered, then the end is told, once. */
	assert_int_equal(take_numbers(registrant, 1, 5), 0);
	const struct pnpn_event *event = next(registrant);
	assert_non_null(event);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_DISCONNECTED);
	assert_int_equal(pnpn_next_event(registrant, &event), 0);
	assert_int_equal(pnpn_dispatch(registrant), -ENOTCONN);
	assert_int_equal(pnpn_register_device(registrant, LINK, 0, NULL, NULL), -ENOTCONN);
	event = next(owner);
	assert_non_null(event);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_DISCONNECTED);
	assert_int_equal(pnpn_device_report(device, &guid, NULL, 0, PNPN_NAME_OFFSET_NONE),
			 -ENODEV);
	pnpn_device_remove(device);
	pnpn_disconnect(registrant);
	pnpn_disconnect(owner);

	manager_process_start(manager);
	owner = connect_to(manager->address);
	device = make_device(owner);
	registrant = connect_to(manager->address);
	assert_int_equal(pnpn_register_device(registrant, LINK, 0, NULL, NULL), 0);
	report_numbers(device, 1, 5);
	assert_int_equal(take_numbers(registrant, 1, 5), 0);
	pnpn_device_remove(device);
	pnpn_disconnect(registrant);
	pnpn_disconnect(owner);
}

static void without_a_manager_connecting_says_so(void **state)
{
	struct manager_process *manager = *state;
	struct pnpn_connection *connection = NULL;

	manager_process_kill(manager);
	assert_int_equal(pnpn_connect(&connection, manager->address), -ECONNREFUSED);
	assert_int_equal(pnpn_connect(&connection, "unix:path=/nonexistent/socket"), -ENOENT);
	assert_int_equal(pnpn_connect(&connection, "nonsense"), -EINVAL);
	assert_null(connection);
	manager_process_start(manager);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			r1_r15_a_stopped_registrant_gets_200000_events_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(
			r15_past_the_limit_only_the_slowest_loses_and_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(r1_a_killed_registrant_harms_nobody, setup,
						teardown),
		cmocka_unit_test_setup_teardown(r14_d8_an_owner_killed_in_mid_burst, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_killed_manager_is_noticed_and_a_new_one_serves,
						setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_manager_connecting_says_so, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
