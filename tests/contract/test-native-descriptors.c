/* SPDX-License-Identifier: MIT */
/* An application without descriptors loses the devices that it can't follow, is told of each, and nothing else is
 * lost: R15. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include "process.h"

#define DEVICES 120
#define LIMIT	100

static const struct pnpn_guid guid = {0x21f6c7d0, 0x4f6b, 0x4c57, {1, 2, 3, 4, 5, 6, 7, 8}};
static const struct pnpn_guid class = {0x21f6c7d1, 0x4f6b, 0x4c57, {1, 2, 3, 4, 5, 6, 7, 8}};

static void set_limit(rlim_t limit)
{
	struct rlimit own;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &own), 0);
	own.rlim_cur = limit ? limit : own.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &own), 0);
}

static struct pnpn_device *make(struct pnpn_connection *connection, int number)
{
	struct pnpn_device *device;
	char id[64], *name;

	snprintf(id, sizeof(id), "ROOT\\MANY\\%04d", number);
	assert_int_equal(pnpn_device_new(connection, id, &device), 0);
	assert_int_equal(pnpn_device_add_interface(device, &class, NULL, &name), 0);
	assert_int_equal(pnpn_device_enable_interface(device, name, true), 0);
	free(name);
	assert_int_equal(pnpn_device_start(device), 0);
	return device;
}

/* --- the application ------------------------------------------------------------------------------ */

static const struct pnpn_event *next(struct pnpn_connection *connection)
{
	const struct pnpn_event *event;

	while (pnpn_next_event(connection, &event) <= 0)
		if (pnpn_wait(connection, PATIENCE_MS) <= 0)
			return NULL;
	return event;
}

static bool is_kind(const struct pnpn_event *event, enum pnpn_event_kind kind)
{
	return event && pnpn_event_get_kind(event) == kind;
}

#define CHECK(condition)                                                        \
	do {                                                                    \
		if (!(condition)) {                                             \
			fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
			return 1;                                               \
		}                                                               \
	} while (0)

/* Each interface is told, and after it that its device is lost where it can't be followed. */
static int take_arrivals(struct pnpn_connection *connection, int devices, int *ret_lost)
{
	const struct pnpn_event *event;
	int arrived = 0, lost = 0;

	while (arrived < devices || !lost) {
		event = next(connection);
		CHECK(event);
		arrived += is_kind(event, PNPN_EVENT_INTERFACE_ARRIVED);
		lost += is_kind(event, PNPN_EVENT_LOST);
	}
	while (pnpn_next_event(connection, &event) > 0) {
		CHECK(is_kind(event, PNPN_EVENT_LOST) && pnpn_event_get_lost(event) > 0);
		lost++;
	}
	*ret_lost = lost;
	return 0;
}

static int application(int socket, const void *argument)
{
	const char *address = argument;
	struct pnpn_connection *connection;
	struct pnpn_registration *all, *one;
	struct pnpn_device_list *list;
	int lost, late;

	step_expect(socket, 'b');
	set_limit(LIMIT);
	CHECK(pnpn_connect(&connection, address) == 0);
	CHECK(pnpn_register_class(connection, &class, PNPN_REGISTER_EXISTING, NULL, &all) == 0);
	CHECK(take_arrivals(connection, DEVICES, &lost) == 0);
	CHECK(lost > 0 && lost < DEVICES);
	step_send(socket, 'r');
	for (int i = 0; i < DEVICES - lost; i++)
		CHECK(is_kind(next(connection), PNPN_EVENT_CUSTOM));
	/* Who asks for one device is answered. */
	CHECK(pnpn_register_device(connection, "ROOT\\MANY\\0119", 0, NULL, &one) == -EMFILE);
	/* With not a single one left, not even for a message. */
	while (fcntl(socket, F_DUPFD_CLOEXEC, 0) >= 0)
		;
	step_send(socket, 'n');
	CHECK(take_arrivals(connection, 1, &late) == 0 && late == 1);
	CHECK(pnpn_list_devices(connection, &list) == 0);
	CHECK(pnpn_device_list_get_size(list) > DEVICES);
	pnpn_device_list_free(list);
	/* And with some more. */
	set_limit(0);
	CHECK(pnpn_register_device(connection, "ROOT\\MANY\\0119", 0, connection, &one) == 0);
	step_send(socket, 'l');
	const struct pnpn_event *event = next(connection);
	CHECK(is_kind(event, PNPN_EVENT_CUSTOM) && pnpn_event_get_registration(event) == one);
	step_send(socket, 'g');
	for (int removed = 0; removed < DEVICES + 1;) {
		event = next(connection);
		CHECK(event);
		if (pnpn_event_get_registration(event) == all)
			removed += pnpn_event_get_kind(event) == PNPN_EVENT_DEVICE_REMOVED;
	}
	pnpn_disconnect(connection);
	return 0;
}

/* --- the devices ---------------------------------------------------------------------------------- */

static void r15_more_devices_than_descriptors(void **state)
{
	struct manager_process manager;
	struct child child;
	struct pnpn_connection *driver;
	struct pnpn_device *devices[DEVICES];

	set_limit(0);
	manager_process_init(&manager);
	/* Before there are descriptors to inherit. */
	child_init(&child, application, manager.address);
	assert_int_equal(pnpn_connect(&driver, manager.address), 0);
	for (int i = 0; i < DEVICES; i++)
		devices[i] = make(driver, i);
	step_send(child.socket, 'b');
	step_expect(child.socket, 'r');
	for (int i = 0; i < DEVICES; i++)
		assert_int_equal(pnpn_device_report(devices[i], &guid, "x", 1, -1), 0);
	step_expect(child.socket, 'n');
	make(driver, DEVICES);
	step_expect(child.socket, 'l');
	assert_int_equal(pnpn_device_report(devices[DEVICES - 1], &guid, "y", 1, -1), 0);
	step_expect(child.socket, 'g');
	pnpn_disconnect(driver);
	assert_int_equal(child_wait(&child), 0);
	manager_process_deinit(&manager);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(r15_more_devices_than_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
