/* SPDX-License-Identifier: MIT */
/* Linux's own disks are removed in order, where udev runs and (with --no-udev) where it does not: D5, D6, D9. */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/manager.h>
#include "linux-fixture.h"

#define STRANGER 12345

/* --- whoever removes it: on a thread, for it blocks ----------------------------------------------------- */

struct remover {
	pthread_t thread;
	struct pnpn_connection *connection;
	char disk[64];
	struct pnpn_veto veto;
	int result;
};

static void *remove_it(void *userdata)
{
	struct remover *remover = userdata;

	remover->result = pnpn_remove(remover->connection, remover->disk, 0, &remover->veto,
				      sizeof(remover->veto));
	return NULL;
}

static void remover_start(struct remover *remover, const struct linux_fixture *f)
{
	*remover = (struct remover){0};
	strcpy(remover->disk, f->disk);
	assert_int_equal(pnpn_manager_connect(f->manager, &remover->connection), 0);
	assert_int_equal(pthread_create(&remover->thread, NULL, remove_it, remover), 0);
}

static int remover_join(struct remover *remover)
{
	assert_int_equal(pthread_join(remover->thread, NULL), 0);
	pnpn_disconnect(remover->connection);
	return remover->result;
}

/* By nobody who was asked: Linux uses it. */
static void expect_in_use(struct remover *remover, const char *how)
{
	assert_int_equal(remover_join(remover), 1);
	assert_int_equal(remover->veto.kind, PNPN_VETO_HANDLE);
	assert_int_equal(remover->veto.pid, 0);
	assert_string_equal(remover->veto.who, how);
}

/* --- the disk ------------------------------------------------------------------------------------------- */

/* The flags of what is in the loop device; -ENXIO if it is empty. */
static int read_flags(const struct linux_fixture *f)
{
	struct loop_info64 info;
	int fd = open(f->disk, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	int r = ioctl(fd, LOOP_GET_STATUS64, &info) < 0 ? -errno : (int)info.lo_flags;
	close(fd);
	return r;
}

static void expect_empty(struct linux_fixture *f)
{
	assert_int_equal(read_flags(f), -ENXIO);
	f->disk[0] = 0;
}

/* It stays when whoever has it open now closes it, too. */
static void expect_unharmed(const struct linux_fixture *f)
{
	int flags = read_flags(f);

	assert_true(flags >= 0);
	assert_false(flags & LO_FLAGS_AUTOCLEAR);
}

/* What else is told of the disk is no matter here. */
static const struct pnpn_event *next_news(struct linux_fixture *f)
{
	const struct pnpn_event *event;

	do
		event = linux_next(f->application);
	while (pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM);
	return event;
}

static void expect_news(struct linux_fixture *f, enum pnpn_event_kind kind)
{
	assert_int_equal(pnpn_event_get_kind(next_news(f)), kind);
}

static void expect_and_answer(struct linux_fixture *f, bool agrees)
{
	const struct pnpn_event *event = next_news(f);

	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_QUERY_REMOVE);
	assert_int_equal(pnpn_event_answer(event, agrees, "The Player"), 0);
}

/* The application's registration asks, in place of the one that does not. */
static void attach_asked(struct linux_fixture *f)
{
	struct pnpn_registration *registration;

	linux_attach_and_settle(f);
	assert_int_equal(pnpn_register_device(f->application, f->disk, PNPN_REGISTER_QUERY_REMOVE,
					      NULL, &registration),
			 0);
}

/* --- D5 --------------------------------------------------------------------------------------------------- */

static void d5_a_disk_goes_once_all_agree(void **state)
{
	struct linux_fixture *f = *state;
	struct remover remover;

	attach_asked(f);
	remover_start(&remover, f);
	expect_and_answer(f, true);
	expect_news(f, PNPN_EVENT_REMOVE_PENDING);
	assert_int_equal(remover_join(&remover), 0);
	for (int i = 0; i < 2; i++)
		expect_news(f, PNPN_EVENT_DEVICE_REMOVED);
	expect_empty(f);
}

static void d5_who_refuses_keeps_a_disk(void **state)
{
	struct linux_fixture *f = *state;
	struct remover remover;

	attach_asked(f);
	remover_start(&remover, f);
	expect_and_answer(f, false);
	assert_int_equal(remover_join(&remover), 1);
	assert_int_equal(remover.veto.kind, PNPN_VETO_APPLICATION);
	assert_int_equal(remover.veto.pid, getpid());
	assert_string_equal(remover.veto.who, "The Player");
	expect_news(f, PNPN_EVENT_REMOVE_CANCELLED);
	expect_unharmed(f);
}

/* An open handle of the manager's counts as of any device. */
static void d5_who_has_it_open_keeps_a_disk(void **state)
{
	struct linux_fixture *f = *state;
	struct remover remover;
	struct pnpn_handle *handle;

	linux_attach_and_settle(f);
	assert_int_equal(pnpn_open(f->application, f->disk, &handle), 0);
	remover_start(&remover, f);
	assert_int_equal(remover_join(&remover), 1);
	assert_int_equal(remover.veto.kind, PNPN_VETO_HANDLE);
	assert_int_equal(remover.veto.pid, getpid());
	pnpn_close(handle);
	expect_unharmed(f);
}

static void d5_a_mounted_disk_stays(void **state)
{
	struct linux_fixture *f = *state;
	struct remover remover;
	char point[96], how[160];

	linux_command(f, "mkfs.ext4 -q '%s'", f->image);
	attach_asked(f);
	snprintf(point, sizeof(point), "%s/point", f->folder);
	snprintf(how, sizeof(how), "mounted at %s", point);
	assert_int_equal(mkdir(point, 0700), 0);
	assert_int_equal(mount(f->disk, point, "ext4", 0, NULL), 0);
	remover_start(&remover, f);
	expect_and_answer(f, true);
	expect_in_use(&remover, how);
	expect_news(f, PNPN_EVENT_REMOVE_CANCELLED);
	assert_int_equal(umount(point), 0);
	expect_unharmed(f);
	/* Who unmounts it when he is asked is in nobody's way. */
	assert_int_equal(mount(f->disk, point, "ext4", 0, NULL), 0);
	remover_start(&remover, f);
	const struct pnpn_event *event = next_news(f);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_QUERY_REMOVE);
	assert_int_equal(umount(point), 0);
	assert_int_equal(pnpn_event_answer(event, true, ""), 0);
	assert_int_equal(remover_join(&remover), 0);
	expect_empty(f);
}

static void d5_a_disk_stays_whose_partition_is_mounted(void **state)
{
	struct linux_fixture *f = *state;
	struct remover remover;
	char point[96], how[160], partition[80];

	linux_attach_and_settle(f);
	linux_command(f, "addpart %s 1 2048 20480", f->disk);
	snprintf(partition, sizeof(partition), "%sp1", f->disk);
	snprintf(point, sizeof(point), "%s/point", f->folder);
	snprintf(how, sizeof(how), "mounted at %s", point);
	linux_command(f, "test -b %s && mkfs.ext4 -q %s", partition, partition);
	assert_int_equal(mkdir(point, 0700), 0);
	assert_int_equal(mount(partition, point, "ext4", 0, NULL), 0);
	remover_start(&remover, f);
	expect_in_use(&remover, how);
	assert_int_equal(umount(point), 0);
	linux_command(f, "delpart %s 1", f->disk);
	expect_unharmed(f);
}

static void d5_a_disk_stays_that_a_process_has(void **state)
{
	struct linux_fixture *f = *state;
	const int flags[] = {O_RDONLY, O_RDONLY | O_EXCL};
	struct remover remover;

	linux_attach_and_settle(f);
	for (size_t i = 0; i < 2; i++) {
		int fd = open(f->disk, flags[i] | O_CLOEXEC);
		assert_true(fd >= 0);
		remover_start(&remover, f);
		expect_in_use(&remover, "open elsewhere");
		expect_unharmed(f);
		close(fd);
		expect_unharmed(f);
	}
}

/* Who asked for it ends before all agreed. */
static void d5_who_asked_for_it_gives_up(void **state)
{
	struct linux_fixture *f = *state;
	char address[128];
	struct pnpn_connection *application;

	linux_attach_and_settle(f);
	pid_t daemon = linux_start_daemon(f, address);
	assert_int_equal(pnpn_connect(&application, address), 0);
	while (pnpn_register_device(application, f->disk, PNPN_REGISTER_QUERY_REMOVE, NULL, NULL) <
	       0)
		usleep(10000);
	pid_t child = fork();
	if (!child) {
		struct pnpn_connection *connection;
		_exit(pnpn_connect(&connection, address) < 0 ||
		      pnpn_remove(connection, f->disk, 0, NULL, 0));
	}
	while (pnpn_event_get_kind(linux_next(application)) != PNPN_EVENT_QUERY_REMOVE)
		;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	while (pnpn_event_get_kind(linux_next(application)) != PNPN_EVENT_REMOVE_CANCELLED)
		;
	expect_unharmed(f);
	pnpn_disconnect(application);
	kill(daemon, SIGTERM);
	waitpid(daemon, NULL, 0);
}

static void d5_what_can_not_go(void **state)
{
	struct linux_fixture *f = *state;
	char partition[80];

	linux_attach_and_settle(f);
	assert_int_equal(pnpn_remove(f->application, "/dev/null", 0, NULL, 0), -EOPNOTSUPP);
	assert_int_equal(pnpn_remove(f->application, f->disk, PNPN_REMOVE_FORCE, NULL, 0),
			 -EOPNOTSUPP);
	linux_command(f, "addpart %s 1 2048 2048", f->disk);
	snprintf(partition, sizeof(partition), "%sp1", f->disk);
	struct pnpn_handle *handle;
	while (pnpn_open(f->application, partition, &handle) < 0)
		usleep(10000);
	pnpn_close(handle);
	assert_int_equal(pnpn_remove(f->application, partition, 0, NULL, 0), -EOPNOTSUPP);
	linux_command(f, "delpart %s 1", f->disk);
	expect_unharmed(f);
}

/* --- D9 --------------------------------------------------------------------------------------------------- */

/* What another user is answered. */
static int remove_as_stranger(const struct linux_fixture *f, const char *address)
{
	struct pnpn_connection *connection;
	int status;
	pid_t child = fork();

	if (!child) {
		if (setresgid(STRANGER, STRANGER, STRANGER) < 0 ||
		    setresuid(STRANGER, STRANGER, STRANGER) < 0 ||
		    pnpn_connect(&connection, address) < 0)
			_exit(255);
		_exit(-pnpn_remove(connection, f->disk, 0, NULL, 0));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return -WEXITSTATUS(status);
}

static pid_t start_for_all(struct linux_fixture *f, char address[128])
{
	pid_t daemon = linux_start_daemon(f, address);

	assert_int_equal(chmod(f->folder, 0755), 0);
	assert_int_equal(chmod(address + strlen("unix:path="), 0666), 0);
	return daemon;
}

/* Who may read it may not; nor does anybody hear that he asked. Who may write may, whoever he is. */
static void d9_who_may_write_to_a_disk_may_have_it_go(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_connection *application;
	char address[128];

	for (int i = 0; i < 2; i++) {
		f->read_only = i;
		linux_attach_and_settle(f);
		pid_t daemon = start_for_all(f, address);
		assert_int_equal(pnpn_connect(&application, address), 0);
		while (pnpn_register_device(application, f->disk, PNPN_REGISTER_QUERY_REMOVE, NULL,
					    NULL) < 0)
			usleep(10000);
		assert_int_equal(chmod(f->disk, 0644), 0);
		assert_int_equal(remove_as_stranger(f, address), -EACCES);
		expect_unharmed(f);
		/* It agrees by its end (D6), and would not have done so before. */
		pnpn_disconnect(application);
		assert_int_equal(chmod(f->disk, 0666), 0);
		assert_int_equal(remove_as_stranger(f, address), 0);
		assert_int_equal(chmod(f->disk, 0660), 0);
		expect_empty(f);
		kill(daemon, SIGTERM);
		waitpid(daemon, NULL, 0);
	}
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, linux_setup, linux_teardown)

static int run_all(void)
{
	const struct CMUnitTest tests[] = {
		TEST(d5_a_disk_goes_once_all_agree),
		TEST(d5_who_refuses_keeps_a_disk),
		TEST(d5_who_has_it_open_keeps_a_disk),
		TEST(d5_a_mounted_disk_stays),
		TEST(d5_a_disk_stays_whose_partition_is_mounted),
		TEST(d5_a_disk_stays_that_a_process_has),
		TEST(d5_who_asked_for_it_gives_up),
		TEST(d5_what_can_not_go),
		TEST(d9_who_may_write_to_a_disk_may_have_it_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	return linux_run_tests(run_all, argc < 2 || strcmp(argv[1], "--no-udev") != 0);
}
