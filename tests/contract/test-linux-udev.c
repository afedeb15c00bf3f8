/* SPDX-License-Identifier: MIT */
/* Where udev is, and when it goes without a word: L1-L3. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/events.h>
#include "linux-fixture.h"

#define DISK_CLASS "53f56307-b6bf-11d0-94f2-00a0c91efb8b"

static void expect_label(struct linux_fixture *f, const char *label)
{
	linux_expect_event(f, PNPN_VOLUME_CHANGE, label);
	linux_expect_event(f, PNPN_VOLUME_NAME_CHANGE, label);
}

/* The fixture's disk comes or goes. */
static void expect_disk(struct linux_fixture *f, enum pnpn_event_kind kind)
{
	char id[64];
	const struct pnpn_event *event;

	snprintf(id, sizeof(id), "LINUX\\BLOCK\\LOOP%d", f->loop);
	do
		event = linux_next(f->watcher);
	while (strcmp(pnpn_event_get_device(event), id) != 0);
	assert_int_equal(pnpn_event_get_kind(event), kind);
}

/* The kernel says nothing of it, and a disk is written to: its label is told. */
static void l2_labels_once_udev_was_killed(void **state)
{
	struct linux_fixture *f = *state;

	linux_command(f, "mkfs.ext4 -q -L before '%s'", f->image);
	linux_attach_and_settle(f);
	linux_label(f, "with");
	expect_label(f, "with");
	linux_kill_udev(f);
	linux_command(f, "e2label %s without", f->disk);
	expect_label(f, "without");
	linux_start_udev();
	linux_label(f, "again");
	expect_label(f, "again");
}

/* Disks come and go, and one that was there does. */
static void l1_disks_once_udev_was_killed(void **state)
{
	struct linux_fixture *f = *state;

	linux_watch(f, DISK_CLASS, PNPN_REGISTER_INTERFACES_ONLY);
	linux_attach(f);
	expect_disk(f, PNPN_EVENT_INTERFACE_ARRIVED);
	linux_kill_udev(f);
	linux_detach(f);
	expect_disk(f, PNPN_EVENT_INTERFACE_REMOVED);
	linux_attach(f);
	expect_disk(f, PNPN_EVENT_INTERFACE_ARRIVED);
	linux_start_udev();
	linux_detach(f);
	expect_disk(f, PNPN_EVENT_INTERFACE_REMOVED);
}

/* Whoever began to serve the socket is gone before: the end of udev itself nobody can watch. */
static void l1_disks_once_a_daemon_of_udev_s_was_killed(void **state)
{
	struct linux_fixture *f = *state;

	assert_true(linux_stop_udev());
	linux_start_udev_daemon(f);
	linux_watch(f, DISK_CLASS, PNPN_REGISTER_INTERFACES_ONLY);
	linux_attach(f);
	expect_disk(f, PNPN_EVENT_INTERFACE_ARRIVED);
	linux_kill_udev(f);
	linux_detach(f);
	expect_disk(f, PNPN_EVENT_INTERFACE_REMOVED);
	linux_start_udev();
}

/* A container that has udev's folder and a network of its own: udev is there and not heard. */
static void l1_l2_disks_where_udev_is_not_heard(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_connection *own = f->application, *watcher = f->watcher;
	char address[128];

	linux_command(f, "mkfs.ext4 -q -L before '%s'", f->image);
	pid_t daemon = linux_start_daemon_elsewhere(f, address);
	assert_int_equal(pnpn_connect(&f->application, address), 0);
	assert_int_equal(pnpn_connect(&f->watcher, address), 0);
	linux_watch(f, DISK_CLASS, PNPN_REGISTER_INTERFACES_ONLY);
	linux_attach_and_settle(f);
	expect_disk(f, PNPN_EVENT_INTERFACE_ARRIVED);
	linux_label(f, "after");
	expect_label(f, "after");
	linux_detach(f);
	expect_disk(f, PNPN_EVENT_INTERFACE_REMOVED);
	pnpn_disconnect(f->application);
	pnpn_disconnect(f->watcher);
	f->application = own;
	f->watcher = watcher;
	linux_end_daemon(daemon);
}

/* A container without privileges: the kernel keeps disks from it, which it says. */
static void l1_a_network_that_hears_of_no_disk_is_told(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_connection *connection;
	struct pnpn_handle *handle;
	char address[128];

	pid_t daemon = linux_start_daemon_in_user_namespace(f, address);
	assert_int_equal(pnpn_connect(&connection, address), 0);
	assert_int_equal(pnpn_open(connection, "LINUX\\MEM\\NULL", &handle), 0);
	pnpn_close(handle);
	pnpn_disconnect(connection);
	linux_end_daemon(daemon);
	linux_command(
		f, "test $(grep -c 'tells it of its interfaces and of no other device' %s/log) = 1",
		f->folder);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, linux_setup, linux_teardown)

static int run_all(void)
{
	const struct CMUnitTest tests[] = {
		TEST(l2_labels_once_udev_was_killed),
		TEST(l1_disks_once_udev_was_killed),
		TEST(l1_disks_once_a_daemon_of_udev_s_was_killed),
		TEST(l1_l2_disks_where_udev_is_not_heard),
		TEST(l1_a_network_that_hears_of_no_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
	return linux_run_tests(run_all, true);
}
