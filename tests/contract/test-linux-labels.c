/* SPDX-License-Identifier: MIT */
/*
 * Labels that change, and looking at disks without being in the way, where udev runs and (with --no-udev) where it
 * does not: L2.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/events.h>
#include "linux-fixture.h"

static bool no_udev;

static void expect_label(struct linux_fixture *f, const char *label)
{
	linux_expect_event(f, PNPN_VOLUME_CHANGE, label);
	linux_expect_event(f, PNPN_VOLUME_NAME_CHANGE, label);
}

static void mount_disk(struct linux_fixture *f, const char *disk, char point[128])
{
	snprintf(point, 128, "%s/point", f->folder);
	assert_int_equal(mkdir(point, 0700), 0);
	assert_int_equal(mount(disk, point, "ext4", 0, NULL), 0);
	linux_expect_event(f, PNPN_VOLUME_MOUNT, point);
}

static void ask(struct linux_fixture *f, const char *name)
{
	struct pnpn_handle *handle;

	assert_int_equal(pnpn_open(f->application, name, &handle), 0);
	pnpn_close(handle);
}

/* Sets a label of which Linux tells nobody: it is told once somebody asks for the disk. */
static void label_and_ask(struct linux_fixture *f, const char *disk,
			  struct pnpn_connection *connection)
{
	const struct pnpn_event *event;

	linux_command(f, "e2label %s asked", disk);
	for (int i = 0;
	     pnpn_next_event(connection, &event) <= 0 || !linux_is_event(event, PNPN_VOLUME_CHANGE);
	     i++) {
		assert_true(i < PATIENCE_MS / 100);
		ask(f, disk);
		usleep(100000);
	}
	assert_string_equal(pnpn_event_get_text(event), "asked");
}

/* A label that is set on a mounted file system is found when somebody asks, and when the file system is unmounted. */
static void label_while_mounted(struct linux_fixture *f, const char *disk)
{
	char point[128];

	mount_disk(f, disk, point);
	label_and_ask(f, disk, f->application);
	linux_expect_event(f, PNPN_VOLUME_NAME_CHANGE, "asked");
	linux_command(f, "e2label %s unmounted", disk);
	assert_int_equal(umount(point), 0);
	rmdir(point);
	linux_expect_event(f, PNPN_VOLUME_DISMOUNT, point);
	expect_label(f, "unmounted");
}

static void l2_a_label_set_on_a_mounted_disk(void **state)
{
	struct linux_fixture *f = *state;

	linux_command(f, "mkfs.ext4 -q -L before '%s'", f->image);
	linux_attach_and_settle(f);
	label_while_mounted(f, f->disk);
}

static void make_partition(struct linux_fixture *f, char partition[80])
{
	struct pnpn_handle *handle;

	linux_command(f, "addpart %s 1 2048 20480", f->disk);
	snprintf(partition, 80, "%sp1", f->disk);
	if (!no_udev)
		linux_command(f, "udevadm settle");
	while (pnpn_open(f->application, partition, &handle) < 0)
		usleep(10000);
	pnpn_close(handle);
}

static void l2_a_label_set_on_a_mounted_partition(void **state)
{
	struct linux_fixture *f = *state;
	char partition[80];

	linux_attach(f);
	make_partition(f, partition);
	assert_int_equal(pnpn_register_device(f->application, partition, 0, NULL, NULL), 0);
	linux_command(f, "mkfs.ext4 -q -L before %s", partition);
	/* As in linux_label(). */
	if (!no_udev)
		linux_command(f, "echo change > /sys/class/block/%s/uevent",
			      partition + strlen("/dev/"));
	expect_label(f, "before");
	label_while_mounted(f, partition);
	linux_command(f, "delpart %s 1", f->disk);
}

/* Mounted and given another label before anybody looked at it: it came with the first one. */
static void l2_a_label_set_on_a_disk_that_just_came(void **state)
{
	struct linux_fixture *f = *state;
	const struct pnpn_event *event;
	char point[128];

	if (!no_udev)
		skip();
	linux_command(f, "mkfs.ext4 -q -L before '%s'", f->image);
	assert_int_equal(pnpn_register_all(f->watcher, 0, NULL, NULL), 0);
	snprintf(point, sizeof(point), "%s/point", f->folder);
	assert_int_equal(mkdir(point, 0700), 0);
	linux_attach(f);
	assert_int_equal(mount(f->disk, point, "ext4", 0, NULL), 0);
	do
		event = linux_next(f->watcher);
	while (!linux_is_event(event, PNPN_VOLUME_MOUNT));
	label_and_ask(f, f->disk, f->watcher);
	assert_int_equal(umount(point), 0);
	rmdir(point);
}

/* udev goes while a disk is there: its labels are told as before. */
static void l2_labels_once_udev_is_gone(void **state)
{
	struct linux_fixture *f = *state;

	if (no_udev || !linux_stop_udev())
		skip();
	linux_start_udev();
	linux_command(f, "mkfs.ext4 -q -L before '%s'", f->image);
	linux_attach_and_settle(f);
	linux_label(f, "with");
	expect_label(f, "with");
	linux_stop_udev();
	/* It is noticed by the time that this is told. */
	linux_watch(f, NETWORK_CLASS, PNPN_REGISTER_INTERFACES_ONLY);
	linux_command(f, "ip link add pnpu0 type bridge");
	wait_for_event(f->watcher);
	linux_command(f, "ip link del pnpu0");
	linux_command(f, "e2label %s without", f->disk);
	expect_label(f, "without");
	linux_start_udev();
}

/* --- not being in the way ------------------------------------------------------------------------- */

/* Waits until somebody has opened the disk for reading and closed it again. */
static void wait_for_a_look(const char *disk, int watch)
{
	struct pollfd poll_fd = {.fd = watch, .events = POLLIN};
	char buffer[4096];

	assert_int_equal(poll(&poll_fd, 1, PATIENCE_MS), 1);
	assert_true(read(watch, buffer, sizeof(buffer)) > 0);
}

/* Who has the disk locked is not looked at: what is there meanwhile nobody hears of. */
static void l2_a_locked_disk_is_looked_at_later(void **state)
{
	struct linux_fixture *f = *state;

	linux_command(f, "mkfs.ext4 -q -L before '%s'", f->image);
	linux_attach_and_settle(f);
	int disk = open(f->disk, O_RDONLY | O_CLOEXEC);
	assert_true(disk >= 0);
	while (flock(disk, LOCK_EX) < 0)
		assert_int_equal(errno, EINTR);
	linux_command(f, "e2label %s meanwhile", f->disk);
	int watch = inotify_init1(IN_CLOEXEC);
	assert_true(inotify_add_watch(watch, f->disk, IN_CLOSE_NOWRITE) >= 0);
	wait_for_a_look(f->disk, watch);
	close(watch);
	linux_command(f, "e2label %s after", f->disk);
	assert_int_equal(flock(disk, LOCK_UN), 0);
	close(disk);
	expect_label(f, "after");
}

/* Runs it many times while the manager looks; it must never fail. */
static void many_times(struct linux_fixture *f, const char *round)
{
	linux_command(f, "disk=%s image='%s'; for i in $(seq 20); do %s || exit 1; done 2>&1",
		      f->disk, f->image, round);
}

static void l2_partitions_can_be_deleted_at_any_time(void **state)
{
	struct linux_fixture *f = *state;

	if (!no_udev)
		skip();
	linux_attach_and_settle(f);
	assert_int_equal(pnpn_register_all(f->watcher, 0, NULL, NULL), 0);
	many_times(
		f,
		"addpart $disk 1 2048 20480 && mkfs.fat ${disk}p1 >/dev/null && delpart $disk 1");
	many_times(f, "addpart $disk 1 2048 20480 && flock -x $disk sh -c \"mkfs.fat ${disk}p1 "
		      ">/dev/null && delpart $disk 1\"");
	many_times(f,
		   "addpart $disk 1 2048 2048 && addpart $disk 2 4096 2048 && delpart $disk 1 && "
		   "delpart $disk 2");
}

/* A disk is looked at when nobody wrote to it for a quarter of a second: just then this one goes, and its manager is
 * there as before. */
static void l2_a_partition_goes_while_it_is_looked_at(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_device_list *list;

	if (!no_udev)
		skip();
	linux_attach_and_settle(f);
	many_times(f, "addpart $disk 1 2048 20480 && mkfs.fat ${disk}p1 >/dev/null && "
		      "sleep 0.$((240 + i * 7 % 30)) && delpart $disk 1");
	assert_int_equal(pnpn_list_devices(f->application, &list), 0);
	pnpn_device_list_free(list);
}

#define QUIET_MS 250 /* after so long a disk is looked at */

static long milliseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static bool attach_again(const struct linux_fixture *f, int image)
{
	int disk = open(f->disk, O_RDWR | O_CLOEXEC);
	bool is_done = ioctl(disk, LOOP_SET_FD, image) == 0;

	assert_true(is_done || errno == EBUSY);
	close(disk);
	return is_done;
}

/* Writes to the disk, detaches what is in it and attaches it again. Who takes his time over that may meet somebody who
 * looks at it; then it is attached once he is done. */
static void write_and_attach_again(const struct linux_fixture *f, int image, long *attached)
{
	int disk = open(f->disk, O_RDWR | O_CLOEXEC);

	assert_true(disk >= 0);
	assert_int_equal(pwrite(disk, "text", 4, 0), 4);
	close(disk);
	disk = open(f->disk, O_RDONLY | O_CLOEXEC);
	assert_int_equal(ioctl(disk, LOOP_CLR_FD), 0);
	close(disk);
	long now = milliseconds();
	while (!attach_again(f, image))
		assert_true(milliseconds() - *attached >= QUIET_MS);
	*attached = now;
}

static void l2_disks_can_be_detached_at_any_time(void **state)
{
	struct linux_fixture *f = *state;

	if (!no_udev)
		skip();
	linux_attach_and_settle(f);
	int image = open(f->image, O_RDWR | O_CLOEXEC);
	assert_true(image >= 0);
	long attached = milliseconds() - QUIET_MS;
	for (int i = 0; i < 200; i++)
		write_and_attach_again(f, image, &attached);
	close(image);
}

/* Asks for the disk all the time, until it is killed. */
static pid_t start_asking(const char *address, const char *disk)
{
	struct pnpn_connection *connection;
	struct pnpn_handle *handle;
	pid_t pid = fork();

	if (pid)
		return pid;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || pnpn_connect(&connection, address) < 0)
		_exit(1);
	for (;;)
		if (pnpn_open(connection, disk, &handle) == 0)
			pnpn_close(handle);
}

/* Whoever asks for a disk has nobody look at it who would be in the way. */
static void l2_disks_can_be_detached_while_somebody_asks(void **state)
{
	struct linux_fixture *f = *state;
	char address[128];

	if (!no_udev)
		skip();
	linux_attach_and_settle(f);
	pid_t daemon = linux_start_daemon(f, address);
	pid_t asking = start_asking(address, f->disk);
	assert_true(asking > 0);
	int image = open(f->image, O_RDWR | O_CLOEXEC);
	assert_true(image >= 0);
	long attached = milliseconds() - QUIET_MS;
	for (int i = 0; i < 200; i++)
		write_and_attach_again(f, image, &attached);
	close(image);
	kill(asking, SIGKILL);
	waitpid(asking, NULL, 0);
	linux_end_daemon(daemon);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, linux_setup, linux_teardown)

static int run_all(void)
{
	const struct CMUnitTest tests[] = {
		TEST(l2_a_label_set_on_a_mounted_disk),
		TEST(l2_a_label_set_on_a_mounted_partition),
		TEST(l2_a_label_set_on_a_disk_that_just_came),
		TEST(l2_labels_once_udev_is_gone),
		TEST(l2_a_locked_disk_is_looked_at_later),
		TEST(l2_partitions_can_be_deleted_at_any_time),
		TEST(l2_a_partition_goes_while_it_is_looked_at),
		TEST(l2_disks_can_be_detached_at_any_time),
		TEST(l2_disks_can_be_detached_while_somebody_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	no_udev = argc > 1 && strcmp(argv[1], "--no-udev") == 0;
	return linux_run_tests(run_all, !no_udev);
}
