/* SPDX-License-Identifier: MIT */
/* Mounts of Linux's disks, where udev runs and (with --no-udev) where it does not: L2. */
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
#include "linux-fixture.h"

#define PATH_BYTES 128

static void make_point(const struct linux_fixture *f, const char *name, char point[PATH_BYTES])
{
	snprintf(point, PATH_BYTES, "%s/%s", f->folder, name);
	assert_int_equal(mkdir(point, 0700), 0);
}

static void mount_disk(const struct linux_fixture *f, const char *point)
{
	assert_int_equal(mount(f->disk, point, "ext4", MS_RDONLY, "noload"), 0);
}

static void attach_volume(struct linux_fixture *f)
{
	linux_command(f, "mkfs.ext4 -q '%s'", f->image);
	linux_attach_and_settle(f);
}

/* Twice at the same place, once more elsewhere: as many are told as there are. */
static void l2_each_mount_of_a_disk(void **state)
{
	struct linux_fixture *f = *state;
	char point[PATH_BYTES], other[PATH_BYTES];

	attach_volume(f);
	make_point(f, "point", point);
	make_point(f, "other", other);
	mount_disk(f, point);
	linux_expect_event(f, PNPN_VOLUME_MOUNT, point);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(mount(point, point, NULL, MS_BIND, NULL), 0);
		linux_expect_event(f, PNPN_VOLUME_MOUNT, point);
	}
	mount_disk(f, other);
	linux_expect_event(f, PNPN_VOLUME_MOUNT, other);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(umount(point), 0);
		linux_expect_event(f, PNPN_VOLUME_DISMOUNT, point);
	}
	assert_int_equal(umount(other), 0);
	linux_expect_event(f, PNPN_VOLUME_DISMOUNT, other);
	rmdir(point);
	rmdir(other);
}

/* Both happen before the manager looks; the kernel gives the second mount the number of the first. */
static void l2_an_unmount_and_a_mount_at_once(void **state)
{
	struct linux_fixture *f = *state;
	char point[PATH_BYTES], address[128];
	struct pnpn_connection *own = f->application;

	attach_volume(f);
	make_point(f, "point", point);
	mount_disk(f, point);
	pid_t daemon = linux_start_daemon(f, address);
	assert_int_equal(pnpn_connect(&f->application, address), 0);
	assert_int_equal(pnpn_register_device(f->application, f->disk, 0, NULL, NULL), 0);
	kill(daemon, SIGSTOP);
	assert_int_equal(umount(point), 0);
	mount_disk(f, point);
	kill(daemon, SIGCONT);
	linux_expect_event(f, PNPN_VOLUME_DISMOUNT, point);
	linux_expect_event(f, PNPN_VOLUME_MOUNT, point);
	assert_int_equal(umount(point), 0);
	linux_expect_event(f, PNPN_VOLUME_DISMOUNT, point);
	pnpn_disconnect(f->application);
	f->application = own;
	linux_end_daemon(daemon);
	rmdir(point);
}

static void mount_fuse(const char *source, const char *point, const char *type)
{
	char options[64];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	assert_int_equal(mount(source, point, type, 0, options), 0);
	close(fd);
}

static void wait_for(struct pnpn_connection *connection, const char *name)
{
	struct pnpn_handle *handle;

	while (pnpn_open(connection, name, &handle) < 0)
		usleep(10000);
	pnpn_close(handle);
}

/* A partition is unmounted and deleted before the manager looks: both are told, in that order. */
static void l2_d8_unmounted_and_gone_at_once(void **state)
{
	struct linux_fixture *f = *state;
	char point[PATH_BYTES], address[128], partition[80];
	struct pnpn_connection *own = f->application;

	make_point(f, "point", point);
	linux_attach(f);
	linux_command(f, "addpart %s 1 2048 20480", f->disk);
	snprintf(partition, sizeof(partition), "%sp1", f->disk);
	wait_for(f->application, partition);
	linux_command(f, "mkfs.ext4 -q %s", partition);
	assert_int_equal(mount(partition, point, "ext4", MS_RDONLY, "noload"), 0);
	pid_t daemon = linux_start_daemon(f, address);
	assert_int_equal(pnpn_connect(&f->application, address), 0);
	wait_for(f->application, partition);
	assert_int_equal(pnpn_register_device(f->application, partition, 0, NULL, NULL), 0);
	kill(daemon, SIGSTOP);
	assert_int_equal(umount(point), 0);
	linux_command(f, "until delpart %s 1; do sleep 0.1; done 2>/dev/null", f->disk);
	kill(daemon, SIGCONT);
	linux_expect_event(f, PNPN_VOLUME_DISMOUNT, point);
	assert_int_equal(pnpn_event_get_kind(linux_next(f->application)),
			 PNPN_EVENT_DEVICE_REMOVED);
	pnpn_disconnect(f->application);
	f->application = own;
	linux_end_daemon(daemon);
	rmdir(point);
}

/* File systems without a device, whose source is whatever their user says: only the last is of the disk. */
static void l2_no_other_mount_is_of_a_disk(void **state)
{
	struct linux_fixture *f = *state;
	char point[PATH_BYTES], real[PATH_BYTES];

	attach_volume(f);
	make_point(f, "point", point);
	make_point(f, "real", real);
	assert_int_equal(mount(f->disk, point, "tmpfs", 0, NULL), 0);
	if (access("/dev/fuse", F_OK) == 0) {
		mount_fuse(f->disk, point, "fuse");
		mount_fuse(f->disk, point, "fuse.btrfs");
	}
	mount_disk(f, real);
	linux_expect_event(f, PNPN_VOLUME_MOUNT, real);
	while (umount2(point, MNT_DETACH) == 0)
		;
	assert_int_equal(umount(real), 0);
	linux_expect_event(f, PNPN_VOLUME_DISMOUNT, real);
	rmdir(point);
	rmdir(real);
}

static void expect_of_any(struct linux_fixture *f, struct pnpn_guid guid, const char *text)
{
	const struct pnpn_event *event;

	do
		event = wait_for_event(f->watcher);
	while (!linux_is_event(event, PNPN_VOLUME_MOUNT) &&
	       !linux_is_event(event, PNPN_VOLUME_DISMOUNT));
	assert_true(linux_is_event(event, guid));
	assert_string_equal(pnpn_event_get_text(event), text);
}

/* The disk is made with the mount, and goes with it: each of both is told all the same. */
static void l2_each_mount_of_a_file(void **state)
{
	struct linux_fixture *f = *state;
	char point[PATH_BYTES];

	linux_command(f, "mkfs.ext4 -q '%s'", f->image);
	make_point(f, "point", point);
	assert_int_equal(pnpn_register_all(f->watcher, 0, NULL, NULL), 0);
	for (int i = 0; i < 10; i++) {
		linux_command(f, "mount -o loop,ro,noload '%s' '%s'", f->image, point);
		expect_of_any(f, PNPN_VOLUME_MOUNT, point);
		linux_command(f, "umount '%s'", point);
		expect_of_any(f, PNPN_VOLUME_DISMOUNT, point);
	}
	rmdir(point);
}

/* --- several disks -------------------------------------------------------------------------------- */

#define BTRFS_BYTES "128M"

static bool has_btrfs(void)
{
	return linux_run("command -v mkfs.btrfs >/dev/null && "
			 "{ grep -qw btrfs /proc/filesystems || modprobe -q btrfs; }",
			 NULL, 0) == 0;
}

static struct linux_fixture *second_disk(struct linux_fixture *f)
{
	struct linux_fixture *second = malloc(sizeof(*second));

	assert_non_null(second);
	*second = *f;
	snprintf(second->image, sizeof(second->image), "%s/second", f->folder);
	linux_command(f, "truncate -s " BTRFS_BYTES " '%s' '%s'", f->image, second->image);
	linux_attach_and_settle(f);
	linux_attach_and_settle(second);
	return second;
}

/* Each of the two disks is told once, in whatever order. */
static void expect_both(struct linux_fixture *f, const struct linux_fixture *second,
			struct pnpn_guid guid, const char *point)
{
	const char *disks[] = {f->disk, second->disk};
	bool told[2] = {false, false};

	while (!told[0] || !told[1]) {
		const struct pnpn_event *event = wait_for_event(f->application);
		if (!linux_is_event(event, PNPN_VOLUME_MOUNT) &&
		    !linux_is_event(event, PNPN_VOLUME_DISMOUNT))
			continue;
		assert_true(linux_is_event(event, guid));
		assert_string_equal(pnpn_event_get_text(event), point);
		for (int i = 0; i < 2; i++)
			if (strcmp(strrchr(pnpn_event_get_device(event), '\\') + strlen("\\LOOP"),
				   disks[i] + strlen("/dev/loop")) == 0) {
				assert_false(told[i]);
				told[i] = true;
			}
	}
}

static void l2_a_btrfs_is_of_all_its_disks(void **state)
{
	struct linux_fixture *f = *state;
	char point[PATH_BYTES];

	if (!has_btrfs())
		skip();
	struct linux_fixture *second = second_disk(f);
	make_point(f, "point", point);
	linux_command(f, "mkfs.btrfs -qfK %s %s", f->disk, second->disk);
	linux_command(f, "mount %s '%s'", second->disk, point);
	expect_both(f, second, PNPN_VOLUME_MOUNT, point);
	assert_int_equal(mount(point, point, NULL, MS_BIND, NULL), 0);
	expect_both(f, second, PNPN_VOLUME_MOUNT, point);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(umount(point), 0);
		expect_both(f, second, PNPN_VOLUME_DISMOUNT, point);
	}
	linux_remove(second);
	unlink(second->image);
	free(second);
	rmdir(point);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, linux_setup, linux_teardown)

static int run_all(void)
{
	const struct CMUnitTest tests[] = {
		TEST(l2_each_mount_of_a_disk),		 TEST(l2_d8_unmounted_and_gone_at_once),
		TEST(l2_an_unmount_and_a_mount_at_once), TEST(l2_no_other_mount_is_of_a_disk),
		TEST(l2_each_mount_of_a_file),		 TEST(l2_a_btrfs_is_of_all_its_disks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	return linux_run_tests(run_all, argc < 2 || strcmp(argv[1], "--no-udev") != 0);
}
