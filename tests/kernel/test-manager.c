/* SPDX-License-Identifier: MIT */
/* A manager, pnpnotifyd, beside many devices of kernel modules and many changes: D10, R15. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include "driver-call.h"

#define ADDRESS	    "unix:path=/tmp/test-manager"
#define DEVICES	    64u
#define NAMES	    64u
#define PATIENCE_MS 60000

struct fixture {
	int driver;
	pid_t manager;
	struct pnpn_connection *connection;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->driver = open("/dev/pnpnotify-test", O_RDWR | O_CLOEXEC);
	assert_true(f->driver >= 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pnpn_disconnect(f->connection);
	close(f->driver);
	if (f->manager > 0) {
		kill(f->manager, SIGKILL);
		waitpid(f->manager, NULL, 0);
	}
	unlink(strchr(ADDRESS, '/'));
	free(f);
	return 0;
}

static void start_manager(struct fixture *f)
{
	f->manager = fork();
	if (f->manager == 0) {
		execlp("pnpnotifyd", "pnpnotifyd", "--address", ADDRESS, "--no-linux", NULL);
		_exit(127);
	}
	for (int i = 0; i < 600 && pnpn_connect(&f->connection, ADDRESS) < 0; i++)
		usleep(100000);
	assert_non_null(f->connection);
}

static void come(struct fixture *f, unsigned int device)
{
	struct test_call call = {.what = TEST_NEW, .value = 256 << 10};

	snprintf(call.text, sizeof(call.text), "ROOT\\MANY\\%04u", device);
	assert_int_equal(driver_call(f->driver, &call), 0);
	assert_int_equal(call.device, device);
	assert_int_equal(driver_ask(f->driver, TEST_START, device, "", 0), 0);
}

static void add_link(struct fixture *f, unsigned int device, unsigned int number)
{
	char link[64];

	snprintf(link, sizeof(link), "\\\\.\\Many%u_%u", device, number);
	assert_int_equal(driver_ask(f->driver, TEST_ADD_LINK, device, link, 0), 0);
}

static void count(struct fixture *f, unsigned int *ret_devices, unsigned int *ret_names)
{
	struct pnpn_device_list *list;

	*ret_devices = *ret_names = 0;
	assert_int_equal(pnpn_list_devices(f->connection, &list), 0);
	for (size_t i = 0; pnpn_device_list_get(list, i); i++) {
		const struct pnpn_device_info *info = pnpn_device_list_get(list, i);
		if (strcmp(pnpn_device_info_get_source(info), "kernel") != 0)
			continue;
		(*ret_devices)++;
		for (size_t j = 0; pnpn_device_info_get_link(info, j); j++)
			(*ret_names)++;
	}
	pnpn_device_list_free(list);
}

static void d10_many_devices_are_there_before_the_manager(void **state)
{
	struct fixture *f = *state;
	unsigned int devices, names;

	for (unsigned int i = 0; i < DEVICES; i++) {
		come(f, i);
		for (unsigned int j = 0; j < NAMES; j++)
			add_link(f, i, j);
	}
	start_manager(f);
	count(f, &devices, &names);
	assert_int_equal(devices, DEVICES);
	assert_int_equal(names, DEVICES * NAMES);
}

/* It is stopped while more changes than are kept for it; then a name, an interface and a device are gone, and
 * another device is there under the same id. */
static void r15_a_manager_that_missed_changes_gets_in_step_again(void **state)
{
	struct fixture *f = *state;
	struct test_call add = {.what = TEST_ADD_INTERFACE, .guid = {1}};
	struct pnpn_registration *registration;
	const struct pnpn_event *event;
	unsigned int devices, names;
	int removals = 0, departures = 0;

	for (unsigned int i = 0; i < 3; i++)
		come(f, i);
	add_link(f, 0, 0);
	assert_int_equal(driver_call(f->driver, &add), 0);
	assert_int_equal(driver_ask(f->driver, TEST_ENABLE, 0, add.text, 1), 0);
	start_manager(f);
	assert_int_equal(pnpn_register_all(f->connection, 0, NULL, &registration), 0);
	count(f, &devices, &names);
	assert_int_equal(devices, 3);
	assert_int_equal(names, 1);
	assert_int_equal(kill(f->manager, SIGSTOP), 0);
	assert_int_equal(waitpid(f->manager, NULL, WUNTRACED), f->manager);
	assert_int_equal(driver_ask(f->driver, TEST_REMOVE_LINK, 0, "\\\\.\\Many0_0", 0), 0);
	assert_int_equal(driver_ask(f->driver, TEST_ENABLE, 0, add.text, 0), 0);
	assert_int_equal(driver_ask(f->driver, TEST_REMOVE, 1, "", 0), 0);
	come(f, 1);
	assert_int_equal(driver_ask(f->driver, TEST_REMOVE, 2, "", 0), 0);
	for (int i = 0; i < 3000; i++) {
		add_link(f, 1, 0);
		assert_int_equal(driver_ask(f->driver, TEST_REMOVE_LINK, 1, "\\\\.\\Many1_0", 0),
				 0);
	}
	assert_int_equal(kill(f->manager, SIGCONT), 0);
	count(f, &devices, &names);
	assert_int_equal(devices, 2);
	assert_int_equal(names, 0);
	while (removals + departures < 3 && pnpn_wait(f->connection, PATIENCE_MS) > 0)
		while (pnpn_next_event(f->connection, &event) > 0) {
			removals += pnpn_event_get_kind(event) == PNPN_EVENT_DEVICE_REMOVED;
			departures += pnpn_event_get_kind(event) == PNPN_EVENT_INTERFACE_REMOVED;
		}
	assert_int_equal(removals, 2);
	assert_int_equal(departures, 1);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(d10_many_devices_are_there_before_the_manager),
		TEST(r15_a_manager_that_missed_changes_gets_in_step_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
