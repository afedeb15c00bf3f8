/* SPDX-License-Identifier: MIT */
/*
 * What happens on Linux's own devices, with real disks and mounts, where udev runs and (with --no-udev) where
 * it does not: L1-L4, D1, D4.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/events.h>
#include <pnpnotify/manager.h>
#include "linux-fixture.h"

#define MIB 1048576u
/* The name-based GUID of "mem" in our namespace. */
#define MEM_CLASS "dce28a73-3f22-5a9f-baf0-35429d96dca0"

static bool no_udev;

static void l2_mount_and_unmount(void **state)
{
	struct linux_fixture *f = *state;
	char point[128], other[128];

	linux_command(f, "mkfs.ext4 -q '%s'", f->image);
	linux_attach_and_settle(f);
	snprintf(point, sizeof(point), "%s/a point", f->folder);
	snprintf(other, sizeof(other), "%s/other", f->folder);
	assert_int_equal(mkdir(point, 0700) | mkdir(other, 0700), 0);
	linux_command(f, "mount -o ro,noload %s '%s'", f->disk, point);
	linux_expect_event(f, PNPN_VOLUME_MOUNT, point);
	linux_command(f, "mount -o ro,noload %s '%s'", f->disk, other);
	linux_expect_event(f, PNPN_VOLUME_MOUNT, other);
	linux_command(f, "umount '%s'", point);
	linux_expect_event(f, PNPN_VOLUME_DISMOUNT, point);
	linux_command(f, "umount '%s'", other);
	linux_expect_event(f, PNPN_VOLUME_DISMOUNT, other);
	rmdir(point);
	rmdir(other);
}

static void l2_labels_of_ext4_and_fat(void **state)
{
	struct linux_fixture *f = *state;

	linux_command(f, "mkfs.ext4 -q -L before '%s'", f->image);
	linux_attach_and_settle(f);
	linux_label(f, "after");
	linux_expect_event(f, PNPN_VOLUME_CHANGE, "after");
	linux_expect_event(f, PNPN_VOLUME_NAME_CHANGE, "after");
	linux_command(f,
		      "wipefs -qa %s && mkfs.fat -n FATLABEL %s >/dev/null && "
		      "echo change > /sys/block/%s/uevent",
		      f->disk, f->disk, f->disk + strlen("/dev/"));
	/* Where somebody looks in between there is no label for a moment. */
	const struct pnpn_event *event;
	do
		event = wait_for_event(f->application);
	while (!pnpn_event_get_text(event) || strcmp(pnpn_event_get_text(event), "FATLABEL") != 0);
	linux_expect_event(f, PNPN_VOLUME_NAME_CHANGE, "FATLABEL");
}

static void l2_a_changed_size(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_size_change change;
	size_t size;

	linux_attach_and_settle(f);
	linux_command(f, "truncate -s 32M '%s' && losetup -c %s", f->image, f->disk);
	const struct pnpn_event *event = wait_for_event(f->application);
	assert_memory_equal(pnpn_event_get_guid(event), &PNPN_VOLUME_CHANGE_SIZE,
			    sizeof(struct pnpn_guid));
	const void *data = pnpn_event_get_data(event, &size);
	assert_int_equal(size, sizeof(change));
	memcpy(&change, data, sizeof(change));
	assert_int_equal(change.before, 16 * MIB);
	assert_int_equal(change.after, 32 * MIB);
}

/* A mount point whose name a shell would not carry. */
static void mount_at(struct linux_fixture *f, const char *name, char point[128])
{
	snprintf(point, 128, "%s/%s", f->folder, name);
	assert_int_equal(mkdir(point, 0700), 0);
	assert_int_equal(mount(f->disk, point, "ext4", MS_RDONLY, "noload"), 0);
}

static void unmount(const char *point)
{
	assert_int_equal(umount(point), 0);
	assert_int_equal(rmdir(point), 0);
}

static void l4_names_labels_and_paths_as_they_are(void **state)
{
	struct linux_fixture *f = *state;
	static const char label[] = "a \"b' \\x41 \xc3\xa9%";
	char point[128];

	linux_command(f, "mkfs.ext4 -q -L before '%s'", f->image);
	linux_attach_and_settle(f);
	linux_label(f, label);
	linux_expect_event(f, PNPN_VOLUME_CHANGE, label);
	linux_expect_event(f, PNPN_VOLUME_NAME_CHANGE, label);
	mount_at(f, "a \"b\"\t'c'\n\\040 \\x41 \xe2\x82\xac \xf0\x9f\x92\xbe", point);
	linux_expect_event(f, PNPN_VOLUME_MOUNT, point);
	unmount(point);
	linux_expect_event(f, PNPN_VOLUME_DISMOUNT, point);
}

/* Text and bytes of the next event. */
static void expect_bytes(struct linux_fixture *f, struct pnpn_guid guid, const char *text,
			 const char *bytes)
{
	const struct pnpn_event *event = wait_for_event(f->application);
	size_t size;

	assert_memory_equal(pnpn_event_get_guid(event), &guid, sizeof(guid));
	assert_string_equal(pnpn_event_get_text(event), text);
	const void *data = pnpn_event_get_data(event, &size);
	assert_true(size > strlen(bytes));
	assert_string_equal(data, bytes);
}

static void l4_bytes_that_are_no_utf8(void **state)
{
	struct linux_fixture *f = *state;
	char point[128], text[128];

	linux_command(f, "mkfs.ext4 -q -L before '%s'", f->image);
	linux_attach_and_settle(f);
	linux_label(f, "a\xff \xc3\xa9 \xc3");
	expect_bytes(f, PNPN_VOLUME_CHANGE, "a\\xff \xc3\xa9 \\xc3", "a\xff \xc3\xa9 \xc3");
	expect_bytes(f, PNPN_VOLUME_NAME_CHANGE, "a\\xff \xc3\xa9 \\xc3", "a\xff \xc3\xa9 \xc3");
	mount_at(f, "b\xfe\xed\xa0\x80", point);
	snprintf(text, sizeof(text), "%s/b\\xfe\\xed\\xa0\\x80", f->folder);
	expect_bytes(f, PNPN_VOLUME_MOUNT, text, point);
	unmount(point);
	expect_bytes(f, PNPN_VOLUME_DISMOUNT, text, point);
}

/* Looking again, or closing what was opened for writing, is no change: the next event is the mount. */
static void l2_a_second_look_is_no_event(void **state)
{
	struct linux_fixture *f = *state;
	char point[128];

	linux_command(f, "mkfs.ext4 -q -L same '%s'", f->image);
	linux_attach_and_settle(f);
	for (int i = 0; i < 5; i++) {
		linux_command(f, "echo change > /sys/block/%s/uevent", f->disk + strlen("/dev/"));
		close(open(f->disk, O_RDWR));
	}
	if (!no_udev)
		linux_command(f, "udevadm settle");
	snprintf(point, sizeof(point), "%s/point", f->folder);
	assert_int_equal(mkdir(point, 0700), 0);
	linux_command(f, "mount -o ro,noload %s '%s'", f->disk, point);
	linux_expect_event(f, PNPN_VOLUME_MOUNT, point);
	linux_command(f, "umount '%s'", point);
	rmdir(point);
}

/* What no other GUID stands for: udev finds another UUID on the disk. */
static void l2_everything_else_is_a_uevent(void **state)
{
	struct linux_fixture *f = *state;

	if (no_udev)
		skip();
	linux_command(f, "mkfs.ext4 -q -L same -U 11111111-1111-4111-8111-111111111111 '%s'",
		      f->image);
	linux_attach_and_settle(f);
	linux_command(f, "tune2fs -f -U 22222222-2222-4222-8222-222222222222 %s >/dev/null",
		      f->disk);
	linux_command(f, "echo change > /sys/block/%s/uevent", f->disk + strlen("/dev/"));
	const struct pnpn_event *event = wait_for_event(f->application);
	assert_memory_equal(pnpn_event_get_guid(event), &PNPN_UEVENT, sizeof(struct pnpn_guid));
	assert_non_null(strstr(pnpn_event_get_text(event),
			       "ID_FS_UUID=22222222-2222-4222-8222-222222222222\n"));
}

/* A disk is mounted before udev has looked at it. */
static void l2_a_disk_that_comes_is_mounted(void **state)
{
	struct linux_fixture *f = *state;
	char point[128];
	const struct pnpn_event *event;

	linux_command(f, "mkfs.ext4 -q '%s'", f->image);
	assert_int_equal(pnpn_register_all(f->watcher, 0, NULL, NULL), 0);
	if (!no_udev && !linux_pause_udev(true))
		skip();
	linux_attach(f);
	mount_at(f, "point", point);
	(void)linux_pause_udev(false);
	do
		event = wait_for_event(f->watcher);
	while (!linux_is_event(event, PNPN_VOLUME_MOUNT));
	assert_string_equal(pnpn_event_get_text(event), point);
	unmount(point);
}

/* The list as text: ids, and names of interfaces. */
static char *list_all(struct pnpn_connection *connection)
{
	struct pnpn_device_list *list;
	const struct pnpn_device_info *info;
	const char *name;
	char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	assert_int_equal(pnpn_list_devices(connection, &list), 0);
	for (size_t i = 0; (info = pnpn_device_list_get(list, i)); i++) {
		fprintf(stream, "%s", pnpn_device_info_get_id(info));
		for (size_t j = 0; (name = pnpn_device_info_get_interface(info, j, NULL, NULL));
		     j++)
			fprintf(stream, " %s", name);
		fputc('\n', stream);
	}
	pnpn_device_list_free(list);
	fclose(stream);
	return text;
}

static void l1_d1_every_subsystem_and_the_same_names_again(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_connection *connection;
	struct pnpn_manager *again;
	char *first = list_all(f->application);

	assert_non_null(strstr(first, "LINUX\\NET\\LO \\\\?\\LINUX#NET#lo#{" NETWORK_CLASS "}\n"));
	assert_non_null(strstr(first, "LINUX\\MEM\\NULL \\\\?\\LINUX#MEM#null#{" MEM_CLASS "}\n"));
	assert_int_equal(pnpn_manager_start(&again, NULL, PNPN_MANAGER_LINUX_DEVICES), 0);
	assert_int_equal(pnpn_manager_connect(again, &connection), 0);
	char *second = list_all(connection);
	assert_string_equal(first, second);
	free(first);
	free(second);
	pnpn_disconnect(connection);
	pnpn_manager_stop(again);
}

/* --- L3 ------------------------------------------------------------------------------------------- */

static int count_pairs(const char *address)
{
	struct pnpn_connection *connection;
	int count = 0;

	assert_int_equal(pnpn_connect(&connection, address), 0);
	char *text = list_all(connection);
	for (const char *at = text; (at = strstr(at, "LINUX\\NET\\PNPO")); at++)
		count++;
	free(text);
	pnpn_disconnect(connection);
	return count;
}

#define PAIRS 50

static void l3_an_overrun_is_noticed_and_made_good(void **state)
{
	struct linux_fixture *f = *state;
	char address[128], batch[128];

	pid_t daemon = linux_start_daemon(f, address);
	snprintf(batch, sizeof(batch), "%s/batch", f->folder);
	kill(daemon, SIGSTOP);
	linux_overrun(f);
	linux_command(f,
		      "for i in $(seq %d); do echo link add pnpoa$i type veth peer name pnpob$i; "
		      "done > %s && ip -batch %s",
		      PAIRS, batch, batch);
	if (!no_udev)
		linux_command(f, "udevadm settle");
	kill(daemon, SIGCONT);
	while (count_pairs(address) != 2 * PAIRS)
		usleep(50000);
	kill(daemon, SIGSTOP);
	linux_overrun(f);
	linux_command(f, "for i in $(seq %d); do echo link del pnpoa$i; done > %s && ip -batch %s",
		      PAIRS, batch, batch);
	if (!no_udev)
		linux_command(f, "udevadm settle");
	kill(daemon, SIGCONT);
	while (count_pairs(address) != 0)
		usleep(50000);
	linux_end_daemon(daemon);
	unlink(batch);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, linux_setup, linux_teardown)

static int run_all(void)
{
	const struct CMUnitTest tests[] = {
		TEST(l1_d1_every_subsystem_and_the_same_names_again),
		TEST(l2_mount_and_unmount),
		TEST(l2_labels_of_ext4_and_fat),
		TEST(l4_names_labels_and_paths_as_they_are),
		TEST(l4_bytes_that_are_no_utf8),
		TEST(l2_a_changed_size),
		TEST(l2_a_second_look_is_no_event),
		TEST(l2_everything_else_is_a_uevent),
		TEST(l2_a_disk_that_comes_is_mounted),
		TEST(l3_an_overrun_is_noticed_and_made_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	no_udev = argc > 1 && strcmp(argv[1], "--no-udev") == 0;
	return linux_run_tests(run_all, !no_udev);
}
