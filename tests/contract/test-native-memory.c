/* SPDX-License-Identifier: MIT */
/* Each allocation, descriptor and mapping of a client fails in turn: it is told, or does without; nothing aborts,
 * crashes or hangs (V2). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include "failing-in-turn.h"

static const struct pnpn_guid guid = {0x3d0e5a10, 0x6d6e, 0x4d0b, {1, 2, 3, 4, 5, 6, 7, 8}};
static const struct pnpn_guid class = {0x3d0e5a11, 0x6d6e, 0x4d0b, {1, 2, 3, 4, 5, 6, 7, 8}};

/* --- what a client does --------------------------------------------------------------------------- */

static void take(struct pnpn_connection *connection)
{
	const struct pnpn_event *event;

	for (int i = 0; i < 5; i++) {
		(void)pnpn_wait(connection, 1);
		while (pnpn_next_event(connection, &event) > 0)
			(void)pnpn_event_get_text(event);
	}
}

static void own_and_follow(struct pnpn_connection *driver, struct pnpn_connection *application)
{
	struct pnpn_device *device = NULL;
	struct pnpn_handle *handle = NULL;
	struct pnpn_question *question = NULL;
	char id[64], *name = NULL;

	snprintf(id, sizeof(id), "ROOT\\MEMORY\\%d", (int)getpid());
	(void)pnpn_register_class(application, &class, PNPN_REGISTER_EXISTING, NULL, NULL);
	if (pnpn_device_new(driver, id, &device) < 0)
		return;
	(void)pnpn_device_add_link(device, "\\\\.\\Memory");
	if (pnpn_device_add_interface(device, &class, NULL, &name) >= 0)
		(void)pnpn_device_enable_interface(device, name, true);
	(void)pnpn_device_start(device);
	(void)pnpn_register_device(application, id, 0, NULL, NULL);
	(void)pnpn_open(application, id, &handle);
	(void)pnpn_device_report_text(device, &guid, "x", 1, "text");
	(void)pnpn_ask_devices(application, NULL, &question);
	(void)pnpn_ask_properties(application, id, NULL, &question);
	take(application);
	pnpn_device_remove(device);
	take(application);
	pnpn_close(handle);
	free(name);
}

static int run_client(int socket, const void *argument)
{
	const struct failing_run *run = argument;
	struct pnpn_connection *driver = NULL, *application = NULL;

	alarm(FAILING_PATIENCE_SECONDS);
	failing_use(run->failing);
	failing_set(run->failing, run->at);
	if (pnpn_connect(&driver, run->address) >= 0 &&
	    pnpn_connect_lasting(&application, run->address) >= 0)
		own_and_follow(driver, application);
	pnpn_disconnect(application);
	pnpn_disconnect(driver);
	return 0;
}

#define TAKEN 3

/* Until all of them were taken, or the connection says that something is missing. Returns whether none was left out. */
static bool take_all(struct pnpn_connection *connection)
{
	struct pnpn_event *events[2];
	uint64_t taken = 0;

	while (taken < TAKEN && pnpn_wait(connection, -1) >= 0) {
		int n;
		while ((n = pnpn_take_events(connection, events, 2)) != 0) {
			bool whole = true;
			for (int i = 0; i < n; i++) {
				whole = whole &&
					pnpn_event_get_kind(events[i]) == PNPN_EVENT_CUSTOM &&
					pnpn_event_get_sequence(events[i]) == ++taken;
				pnpn_event_free(events[i]);
			}
			if (!whole)
				return false;
		}
	}
	return taken == TAKEN || pnpn_connection_get_error(connection) < 0;
}

static bool report_all(struct pnpn_connection *connection)
{
	struct pnpn_device *device = NULL;
	char id[64];

	snprintf(id, sizeof(id), "ROOT\\TAKEN\\%d", (int)getpid());
	if (pnpn_device_new(connection, id, &device) < 0 || pnpn_device_start(device) < 0 ||
	    pnpn_register_device(connection, id, 0, NULL, NULL) < 0)
		return false;
	for (int i = 0; i < TAKEN; i++)
		if (pnpn_device_report_text(device, &guid, "x", 1, "text") < 0)
			return false;
	return true;
}

static int run_taker(int socket, const void *argument)
{
	const struct failing_run *run = argument;
	struct pnpn_connection *connection = NULL;
	bool whole = true;

	alarm(FAILING_PATIENCE_SECONDS);
	failing_use(run->failing);
	failing_set(run->failing, run->at);
	if (pnpn_connect(&connection, run->address) >= 0 && report_all(connection))
		whole = take_all(connection);
	pnpn_disconnect(connection);
	return whole ? 0 : 1;
}

/* What can't be copied is not lost: it is there the next time. */
static void v2_r11_none_is_left_out_of_those_taken_at_once(void **state)
{
	failing_in_turn(run_taker, FAILING_KEPT_ANY);
}

static void v2_each_allocation_of_a_client_fails_in_turn(void **state)
{
	failing_in_turn(run_client, FAILING_KEPT_ANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v2_each_allocation_of_a_client_fails_in_turn),
		cmocka_unit_test(v2_r11_none_is_left_out_of_those_taken_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
