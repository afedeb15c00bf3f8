/* SPDX-License-Identifier: MIT */
/*
 * Disks, their media and partitions, where udev runs and (with --no-udev) where it does not: which one is
 * there, and which one was: L1-L3, D8.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/events.h>
#include <pnpnotify/manager.h>
#include "linux-fixture.h"

#define DISK_CLASS	"53f56307-b6bf-11d0-94f2-00a0c91efb8b"
#define PARTITION_CLASS "53f5630a-b6bf-11d0-94f2-00a0c91efb8b"

static bool no_udev;

static void settle(struct linux_fixture *f)
{
	if (!no_udev)
		linux_command(f, "udevadm settle");
}

/* A file system of the same size and label in another file. */
static void make_another(const struct linux_fixture *f, char image[160])
{
	char text[400];

	snprintf(image, 160, "%s.another", f->image);
	snprintf(text, sizeof(text), "truncate -s 16M '%s' && mkfs.ext4 -q -L same '%s'", image,
		 image);
	assert_int_equal(linux_run(text, NULL, 0), 0);
}

/* What is in a loop device can be exchanged while that is read-only. */
static void exchange(const struct linux_fixture *f, const char *image)
{
	int disk = open(f->disk, O_RDONLY | O_CLOEXEC), file = open(image, O_RDONLY | O_CLOEXEC);

	assert_true(disk >= 0 && file >= 0);
	assert_int_equal(ioctl(disk, LOOP_CHANGE_FD, file), 0);
	close(disk);
	close(file);
}

static void l2_another_medium_is_a_removal_and_an_arrival(void **state)
{
	struct linux_fixture *f = *state;
	char another[160];

	linux_command(f, "mkfs.ext4 -q -L same '%s'", f->image);
	make_another(f, another);
	f->read_only = true;
	linux_attach_and_settle(f);
	exchange(f, another);
	linux_expect_event(f, PNPN_MEDIA_REMOVAL, NULL);
	linux_expect_event(f, PNPN_MEDIA_ARRIVAL, NULL);
	settle(f);
	exchange(f, f->image);
	linux_expect_event(f, PNPN_MEDIA_REMOVAL, NULL);
	linux_expect_event(f, PNPN_MEDIA_ARRIVAL, NULL);
	unlink(another);
}

/* --- partitions ----------------------------------------------------------------------------------- */

static void wait_for(struct pnpn_connection *connection, const char *name)
{
	struct pnpn_handle *handle;

	while (pnpn_open(connection, name, &handle) < 0)
		usleep(10000);
	pnpn_close(handle);
}

/* In an overrun a partition is deleted and another one made at its number: the next event is that it went. */
static void l3_d8_another_partition_at_its_number(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_connection *connection;
	char address[128], partition[80];

	linux_attach(f);
	linux_command(f, "addpart %s 1 2048 2048", f->disk);
	settle(f);
	pid_t daemon = linux_start_daemon(f, address);
	assert_int_equal(pnpn_connect(&connection, address), 0);
	snprintf(partition, sizeof(partition), "%sp1", f->disk);
	wait_for(connection, partition);
	assert_int_equal(pnpn_register_device(connection, partition, 0, NULL, NULL), 0);
	kill(daemon, SIGSTOP);
	linux_overrun(f);
	linux_command(f, "delpart %s 1 && addpart %s 1 8192 2048", f->disk, f->disk);
	settle(f);
	kill(daemon, SIGCONT);
	assert_int_equal(pnpn_event_get_kind(linux_next(connection)), PNPN_EVENT_DEVICE_REMOVED);
	wait_for(connection, partition);
	pnpn_disconnect(connection);
	linux_end_daemon(daemon);
	linux_command(f, "delpart %s 1", f->disk);
}

/* Linux tells nobody of it: who asks finds it. */
static void l2_a_partition_is_resized(void **state)
{
	struct linux_fixture *f = *state;
	char partition[80];
	struct pnpn_size_change change;
	const struct pnpn_event *event;
	size_t size;

	linux_attach(f);
	linux_command(f, "addpart %s 1 2048 2048", f->disk);
	settle(f);
	snprintf(partition, sizeof(partition), "%sp1", f->disk);
	wait_for(f->application, partition);
	assert_int_equal(pnpn_register_device(f->application, partition, 0, NULL, NULL), 0);
	linux_command(f, "resizepart %s 1 4096", f->disk);
	wait_for(f->application, partition);
	do
		event = linux_next(f->application);
	while (!linux_is_event(event, PNPN_VOLUME_CHANGE_SIZE));
	const void *data = pnpn_event_get_data(event, &size);
	assert_int_equal(size, sizeof(change));
	memcpy(&change, data, sizeof(change));
	assert_int_equal(change.before, 2048 * 512);
	assert_int_equal(change.after, 4096 * 512);
	linux_command(f, "delpart %s 1", f->disk);
}

#define ROUNDS 60

/* Each partition comes once and goes once, and none comes back after the last. */
static void l3_what_went_does_not_come_again(void **state)
{
	struct linux_fixture *f = *state;
	const struct pnpn_event *event;
	char last[80];
	int arrived = 0, removed = 0;

	linux_attach_and_settle(f);
	linux_watch(f, PARTITION_CLASS, PNPN_REGISTER_INTERFACES_ONLY);
	for (int i = 0; i < ROUNDS; i++) {
		linux_command(f, "addpart %s 1 2048 2048", f->disk);
		settle(f);
		close(open(f->disk, O_RDWR));
		linux_command(f,
			      "exec 3<>%sp1; exec 3>&-; until delpart %s 1; do :; done 2>/dev/null",
			      f->disk, f->disk);
		settle(f);
	}
	linux_command(f, "addpart %s 2 2048 2048", f->disk);
	snprintf(last, sizeof(last), "LINUX\\BLOCK\\LOOP%sP2", f->disk + strlen("/dev/loop"));
	do {
		event = linux_next(f->watcher);
		if (pnpn_event_get_kind(event) == PNPN_EVENT_INTERFACE_ARRIVED)
			arrived++;
		else
			removed++;
	} while (strcmp(pnpn_event_get_device(event), last) != 0);
	assert_int_equal(arrived, ROUNDS + 1);
	assert_int_equal(removed, ROUNDS);
	linux_command(f, "delpart %s 2", f->disk);
}

/* --- events that are read late -------------------------------------------------------------------- */

static void expect_one(struct pnpn_connection *connection, enum pnpn_event_kind kind,
		       const char *id)
{
	const struct pnpn_event *event = linux_next(connection);

	assert_int_equal(pnpn_event_get_kind(event), kind);
	assert_string_equal(pnpn_event_get_device(event), id);
}

/* The manager reads of changes when what changed is gone: it goes once, and comes back under no name. */
static void l3_a_late_change_is_no_arrival(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_connection *connection;
	char address[128], disk[64];
	struct pnpn_guid disks, networks;

	linux_attach(f);
	settle(f);
	snprintf(disk, sizeof(disk), "LINUX\\BLOCK\\LOOP%d", f->loop);
	linux_command(f, "ip link add pnpd0 type bridge");
	settle(f);
	pid_t daemon = linux_start_daemon(f, address);
	assert_int_equal(pnpn_connect(&connection, address), 0);
	wait_for(connection, disk);
	wait_for(connection, "LINUX\\NET\\PNPD0");
	assert_int_equal(pnpn_guid_from_string(DISK_CLASS, &disks), 0);
	assert_int_equal(pnpn_guid_from_string(NETWORK_CLASS, &networks), 0);
	assert_int_equal(
		pnpn_register_class(connection, &disks, PNPN_REGISTER_INTERFACES_ONLY, NULL, NULL),
		0);
	assert_int_equal(pnpn_register_class(connection, &networks, PNPN_REGISTER_INTERFACES_ONLY,
					     NULL, NULL),
			 0);
	kill(daemon, SIGSTOP);
	linux_remove(f);
	linux_command(f, "echo change > /sys/class/net/pnpd0/uevent && ip link del pnpd0");
	settle(f);
	kill(daemon, SIGCONT);
	expect_one(connection, PNPN_EVENT_INTERFACE_REMOVED, disk);
	expect_one(connection, PNPN_EVENT_INTERFACE_REMOVED, "LINUX\\NET\\PNPD0");
	linux_command(f, "ip link add pnpd1 type bridge");
	expect_one(connection, PNPN_EVENT_INTERFACE_ARRIVED, "LINUX\\NET\\PNPD1");
	linux_command(f, "ip link del pnpd1");
	pnpn_disconnect(connection);
	linux_end_daemon(daemon);
}

/* --- udev at work --------------------------------------------------------------------------------- */

#define RULES "/run/udev/rules.d"

/* From now on udev is not done with disks of that name before the file "go" is there. */
static void slow_udev_down(struct linux_fixture *f, const char *name, char rule[128])
{
	snprintf(rule, 128, RULES "/00-pnpnotify-%d.rules", (int)getpid());
	linux_command(
		f,
		"mkdir -p " RULES " && echo 'KERNEL==\"%s*\", "
		"PROGRAM=\"/bin/sh -c \\\"until [ -e %s/go ]; do sleep 0.05; done\\\"\"' >%s && "
		"udevadm control --reload",
		name, f->folder, rule);
}

static bool is_there(struct pnpn_connection *connection, const char *name)
{
	struct pnpn_handle *handle;

	if (pnpn_open(connection, name, &handle) < 0)
		return false;
	pnpn_close(handle);
	return true;
}

/* A manager that starts while udev is at work on a disk presents it once that is done. */
static void l1_what_udev_is_at_work_on_is_not_there_yet(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_manager *manager;
	struct pnpn_connection *connection;
	char rule[128], partition[80];

	if (no_udev || !linux_pause_udev(false))
		skip();
	linux_attach(f);
	settle(f);
	linux_command(f, "losetup -d %s", f->disk);
	settle(f);
	slow_udev_down(f, f->disk + strlen("/dev/"), rule);
	linux_command(f, "losetup %s '%s' && addpart %s 1 2048 2048", f->disk, f->image, f->disk);
	while (access("/run/udev/queue", F_OK) < 0)
		usleep(10000);
	assert_int_equal(pnpn_manager_start(&manager, NULL, PNPN_MANAGER_LINUX_DEVICES), 0);
	assert_int_equal(pnpn_manager_connect(manager, &connection), 0);
	snprintf(partition, sizeof(partition), "%sp1", f->disk);
	assert_false(is_there(connection, f->disk));
	assert_false(is_there(connection, partition));
	assert_true(is_there(connection, "LINUX\\MEM\\NULL"));
	linux_command(f, "touch %s/go", f->folder);
	wait_for(connection, f->disk);
	wait_for(connection, partition);
	pnpn_disconnect(connection);
	pnpn_manager_stop(manager);
	linux_command(f, "rm %s && udevadm control --reload && delpart %s 1", rule, f->disk);
	linux_remove(f);
	/* Last: what comes late may be held by the rule that was. */
	linux_command(f, "rm %s/go", f->folder);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, linux_setup, linux_teardown)

static int run_all(void)
{
	const struct CMUnitTest tests[] = {
		TEST(l2_another_medium_is_a_removal_and_an_arrival),
		TEST(l3_d8_another_partition_at_its_number),
		TEST(l2_a_partition_is_resized),
		TEST(l3_what_went_does_not_come_again),
		TEST(l3_a_late_change_is_no_arrival),
		TEST(l1_what_udev_is_at_work_on_is_not_there_yet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	no_udev = argc > 1 && strcmp(argv[1], "--no-udev") == 0;
	return linux_run_tests(run_all, !no_udev);
}
