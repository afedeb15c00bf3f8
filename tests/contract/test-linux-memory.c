/* SPDX-License-Identifier: MIT */
/*
 * What the manager needs for Linux's devices fails, one thing after the other: it says why it does not start, or is in
 * step with what is there as soon as it can be, and nobody misses that something came, changed or went without being
 * told that he missed something (V2, L3, R15). Where udev runs and (with --no-udev) where it does not.
 */
#include <errno.h>
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
#include <pnpnotify/events.h>
#include "failing-manager.h"
#include "linux-fixture.h"

/* How long nothing may come before the links change once more: what was lost is told with what comes next. */
#define SILENCE_MS 200

/* Looking at everything takes tens of thousands of steps, each like hundreds of others. */
#define STARTS 25
#define DISKS  40

static const char *const links[] = {"LINUX\\NET\\PNPM0", "LINUX\\NET\\PNPM1"};

struct fixture {
	struct linux_fixture *linux_devices; /* its turn on the machine, and its disk */
	struct failing_manager manager;
	struct pnpn_connection *watcher;
	bool is_there[2], is_up[2]; /* the links, as the watcher was told */
	bool disconnected; /* it was told that, instead */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	*state = f;
	failing_manager_init(&f->manager);
	f->manager.has_linux = true;
	void *linux_devices;
	int r = linux_setup(&linux_devices);
	f->linux_devices = linux_devices;
	return r;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	void *linux_devices = f->linux_devices;

	failing_manager_deinit(&f->manager);
	free(f);
	return linux_teardown(&linux_devices);
}

static void run(const char *command)
{
	assert_int_equal(linux_run(command, NULL, 0), 0);
}

/* --- what is told --------------------------------------------------------------------------------- */

static void watch(struct fixture *f)
{
	struct pnpn_guid class;

	f->disconnected = false;
	memset(f->is_there, 0, sizeof(f->is_there));
	f->watcher = failing_manager_connect(&f->manager);
	assert_non_null(f->watcher);
	assert_int_equal(pnpn_guid_from_string(NETWORK_CLASS, &class), 0);
	assert_int_equal(pnpn_register_class(f->watcher, &class, 0, NULL, NULL), 0);
}

static void take(struct fixture *f, const struct pnpn_event *event)
{
	enum pnpn_event_kind kind = pnpn_event_get_kind(event);

	f->disconnected = f->disconnected || kind == PNPN_EVENT_DISCONNECTED;
	for (int i = 0; i < 2; i++) {
		if (strcmp(pnpn_event_get_device(event), links[i]) != 0)
			continue;
		if (kind == PNPN_EVENT_INTERFACE_ARRIVED || kind == PNPN_EVENT_DEVICE_REMOVED) {
			f->is_there[i] = kind == PNPN_EVENT_INTERFACE_ARRIVED;
			f->is_up[i] = false;
		}
		if (linux_is_event(event, PNPN_LINK_UP) || linux_is_event(event, PNPN_LINK_DOWN))
			f->is_up[i] = linux_is_event(event, PNPN_LINK_UP);
	}
}

/* Whether that is told of both within so long, or that the watcher is disconnected. */
static bool is_told(struct fixture *f, const bool told[2], bool wanted, int patience)
{
	const struct pnpn_event *event;

	while (!f->disconnected && (told[0] != wanted || told[1] != wanted)) {
		if (pnpn_next_event(f->watcher, &event) > 0)
			take(f, event);
		else if (!pnpn_wait(f->watcher, patience))
			return false;
	}
	return true;
}

static void come_change_and_go(struct fixture *f, uint64_t at)
{
	run("ip link add pnpm0 type veth peer name pnpm1");
	if (!is_told(f, f->is_there, true, PATIENCE_MS))
		fail_msg("%lu: nobody said that they came", at);
	do
		run("for i in down up; do ip link set pnpm0 $i; ip link set pnpm1 $i; done");
	while (!is_told(f, f->is_up, true, SILENCE_MS));
	run("ip link del pnpm0");
	if (!is_told(f, f->is_there, false, PATIENCE_MS))
		fail_msg("%lu: nobody said that they went", at);
}

/* --- what is there -------------------------------------------------------------------------------- */

/* How many devices are in the list that begin so; an errno. */
static int count_listed(struct pnpn_connection *connection, const char *first)
{
	struct pnpn_device_list *list;
	int r = pnpn_list_devices(connection, &list), count = 0;

	if (r < 0)
		return r;
	for (size_t i = 0; i < pnpn_device_list_get_size(list); i++)
		count += strncmp(pnpn_device_info_get_id(pnpn_device_list_get(list, i)), first,
				 strlen(first)) == 0;
	pnpn_device_list_free(list);
	return count;
}

static void expect_listed(struct fixture *f, const char *first, int count, uint64_t at)
{
	struct pnpn_connection *connection = failing_manager_connect(&f->manager);
	int listed = -1;

	assert_non_null(connection);
	for (int i = 0; i < PATIENCE_MS / 10; i++) {
		listed = count_listed(connection, first);
		if (listed == count)
			break;
		usleep(10000);
	}
	if (listed != count)
		fail_msg("%lu: %d are listed, not %d", at, listed, count);
	pnpn_disconnect(connection);
}

/* --- a disk --------------------------------------------------------------------------------------- */

/* Registered for it once it is there; what could not be answered is asked again. */
static void watch_disk(struct fixture *f, uint64_t at)
{
	for (int i = 0; i < PATIENCE_MS / 10; i++) {
		f->watcher = failing_manager_connect(&f->manager);
		if (f->watcher &&
		    pnpn_register_device(f->watcher, f->linux_devices->disk, 0, NULL, NULL) >= 0)
			return;
		pnpn_disconnect(f->watcher);
		usleep(10000);
	}
	fail_msg("%lu: the disk is not there", at);
}

/* Whether the watcher hears of it, that it lost something, or that it is disconnected, within so long. */
static bool is_heard(struct fixture *f, enum pnpn_event_kind kind, const struct pnpn_guid *guid,
		     int patience)
{
	const struct pnpn_event *event;

	while (!f->disconnected) {
		if (pnpn_next_event(f->watcher, &event) <= 0) {
			if (!pnpn_wait(f->watcher, patience))
				return false;
			continue;
		}
		f->disconnected = pnpn_event_get_kind(event) == PNPN_EVENT_DISCONNECTED;
		if (pnpn_event_get_lost(event) ||
		    (pnpn_event_get_kind(event) == kind && (!guid || linux_is_event(event, *guid))))
			return true;
	}
	return true;
}

/* Whether nobody finds it any more. */
static void expect_no_disk(struct fixture *f, const char *disk, uint64_t at)
{
	for (int i = 0; i < PATIENCE_MS / 10; i++) {
		struct pnpn_connection *connection = failing_manager_connect(&f->manager);
		struct pnpn_handle *handle;
		int r = connection ? pnpn_open(connection, disk, &handle) : 0;
		pnpn_disconnect(connection);
		if (r == -ENOENT)
			return;
		usleep(10000);
	}
	fail_msg("%lu: the disk is there still", at);
}

static void use_disk(struct fixture *f, uint64_t at)
{
	struct linux_fixture *l = f->linux_devices;
	char disk[sizeof(l->disk)];

	linux_attach(l);
	strcpy(disk, l->disk);
	watch_disk(f, at);
	do
		linux_command(l, "mkdir -p '%s/at'; umount '%s/at' 2>/dev/null; mount %s '%s/at'",
			      l->folder, l->folder, disk, l->folder);
	while (!is_heard(f, PNPN_EVENT_CUSTOM, &PNPN_VOLUME_MOUNT, SILENCE_MS));
	linux_command(l, "umount '%s/at'", l->folder);
	linux_detach(l);
	if (!is_heard(f, PNPN_EVENT_DEVICE_REMOVED, NULL, PATIENCE_MS))
		fail_msg("%lu: nobody said that the disk went", at);
	expect_no_disk(f, disk, at);
}

/* --- the tests ------------------------------------------------------------------------------------ */

static void v2_l3_r15_links_come_change_and_go(void **state)
{
	struct fixture *f = *state;
	uint64_t made, at = 0;

	assert_true(failing_manager_start(&f->manager));
	do {
		watch(f);
		failing_set(f->manager.failing, ++at);
		come_change_and_go(f, at);
		made = failing_stop(f->manager.failing);
		failing_manager_expect_there(&f->manager, at);
		expect_listed(f, "LINUX\\NET\\PNPM", 0, at);
		pnpn_disconnect(f->watcher);
	} while (made >= at && at < FAILING_MOST);
	assert_in_range(at, 100, FAILING_MOST - 1);
	failing_manager_stop(&f->manager);
}

/* The first time nothing fails, and is counted. */
static void v2_l3_r15_a_disk_comes_is_mounted_and_goes(void **state)
{
	struct fixture *f = *state;
	uint64_t most = 0;

	linux_command(f->linux_devices, "mkfs.ext4 -q -L label '%s'", f->linux_devices->image);
	assert_true(failing_manager_start(&f->manager));
	for (uint64_t at = 0; at <= most; at += 1 + most / DISKS) {
		f->disconnected = false;
		failing_set(f->manager.failing, at);
		use_disk(f, at);
		uint64_t made = failing_stop(f->manager.failing);
		failing_manager_expect_there(&f->manager, at);
		pnpn_disconnect(f->watcher);
		if (!at)
			most = made;
	}
	failing_manager_stop(&f->manager);
}

static void v2_l3_the_start(void **state)
{
	struct fixture *f = *state;
	uint64_t most, at;

	failing_set(f->manager.failing, 0);
	assert_true(failing_manager_start(&f->manager));
	most = failing_stop(f->manager.failing);
	struct pnpn_connection *connection = failing_manager_connect(&f->manager);
	int count = count_listed(connection, "LINUX\\MEM\\");
	assert_true(count > 0);
	pnpn_disconnect(connection);
	failing_manager_stop(&f->manager);
	for (at = 1; at < most; at += most / STARTS) {
		failing_set(f->manager.failing, at);
		bool serves = failing_manager_start(&f->manager);
		(void)failing_stop(f->manager.failing);
		if (!serves)
			continue;
		expect_listed(f, "LINUX\\MEM\\", count, at);
		failing_manager_stop(&f->manager);
	}
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static int run_all(void)
{
	const struct CMUnitTest tests[] = {
		TEST(v2_l3_r15_links_come_change_and_go),
		TEST(v2_l3_r15_a_disk_comes_is_mounted_and_goes),
		TEST(v2_l3_the_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	return linux_run_tests(run_all, argc < 2);
}
