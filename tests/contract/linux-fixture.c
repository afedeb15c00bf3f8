/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/manager.h>
#include "linux-fixture.h"

#define UDEVD	"/lib/systemd/systemd-udevd"
#define CONTROL "/run/udev/control"
#define SKIPPED 77 /* what meson takes for that */

/* --- udev ----------------------------------------------------------------------------------------- */

static pid_t udevd; /* ours */
static bool has_udev; /* one runs */

/* The socket's file outlives udevd; only one that is served counts. */
static bool udev_runs(void)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = CONTROL};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	bool runs = fd >= 0 && connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0;

	if (fd >= 0)
		close(fd);
	return runs;
}

static void exec_udevd(const char *notify)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	setenv("NOTIFY_SOCKET", notify, 1);
	execl(UDEVD, UDEVD, NULL);
	_exit(127);
}

/* Waits until udevd says that it is ready. New events are all that it handles: nothing is triggered. */
static bool start_udevd(void)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	char message[256] = "", folder[] = "/tmp/pnpn-udev-XXXXXX";

	if (!mkdtemp(folder))
		return false;
	snprintf(name.sun_path, sizeof(name.sun_path), "%s/notify", folder);
	/* Of one that was killed: where /run is a disk udevd does not remove them, and they are in its way. */
	(void)linux_run("rm -rf /run/udev/watch /run/udev/watch.old", NULL, 0);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ready = fd >= 0 && bind(fd, (struct sockaddr *)&name, sizeof(name)) == 0;
	if (ready) {
		udevd = fork();
		if (!udevd)
			exec_udevd(name.sun_path);
	}
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	ready = ready && udevd > 0 && poll(&poll_fd, 1, PATIENCE_MS) == 1 &&
		recv(fd, message, sizeof(message) - 1, 0) > 0 && strstr(message, "READY=1");
	if (fd >= 0)
		close(fd);
	unlink(name.sun_path);
	rmdir(folder);
	return ready;
}

static void end_udevd(void)
{
	if (udevd <= 0)
		return;
	kill(udevd, SIGTERM);
	waitpid(udevd, NULL, 0);
	unlink(CONTROL);
}

bool linux_stop_udev(void)
{
	if (udevd <= 0)
		return false;
	end_udevd();
	udevd = 0;
	return true;
}

void linux_start_udev(void)
{
	assert_true(start_udevd());
}

bool linux_pause_udev(bool pause)
{
	return udevd > 0 && kill(udevd, pause ? SIGSTOP : SIGCONT) == 0;
}

/* --- a loop disk ---------------------------------------------------------------------------------- */

/* Runs a command; its first line of output goes to line, if given. */
int linux_run(const char *command, char *line, size_t size)
{
	FILE *pipe = popen(command, "re");

	assert_non_null(pipe);
	if (line && fgets(line, (int)size, pipe))
		line[strcspn(line, "\n")] = 0;
	while (fgetc(pipe) != EOF)
		;
	return pclose(pipe);
}

__attribute__((format(printf, 2, 3))) void linux_command(struct linux_fixture *f,
							 const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	assert_int_equal(linux_run(text, NULL, 0), 0);
}

void linux_attach(struct linux_fixture *f)
{
	char text[256];

	snprintf(text, sizeof(text), "losetup %s -f --show '%s'", f->read_only ? "-r" : "",
		 f->image);
	assert_int_equal(linux_run(text, f->disk, sizeof(f->disk)), 0);
	assert_int_equal(strncmp(f->disk, "/dev/loop", 9), 0);
}

void linux_attach_and_settle(struct linux_fixture *f)
{
	struct pnpn_handle *handle;

	linux_attach(f);
	if (has_udev)
		linux_command(f, "udevadm settle");
	while (pnpn_open(f->application, f->disk, &handle) < 0)
		usleep(10000);
	pnpn_close(handle);
	assert_int_equal(pnpn_register_device(f->application, f->disk, 0, NULL, NULL), 0);
}

void linux_detach(struct linux_fixture *f)
{
	linux_command(f, "losetup -d %s", f->disk);
	f->disk[0] = 0;
}

/*
 * While udev handles an event of a disk it does not notice that the disk is written to. So it is asked
 * to look again, at this disk alone; it may then have looked twice.
 */
void linux_label(struct linux_fixture *f, const char *text)
{
	assert_int_equal(setenv("LABEL", text, true), 0);
	linux_command(f, "e2label %s \"$LABEL\"", f->disk);
	linux_command(f, "echo change > /sys/block/%s/uevent", f->disk + strlen("/dev/"));
}

int linux_setup(void **state)
{
	struct linux_fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	*state = f;
	strcpy(f->folder, "/tmp/pnpn-linux-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->image, sizeof(f->image), "%s/image", f->folder);
	linux_command(f, "truncate -s 16M '%s'", f->image);
	assert_int_equal(pnpn_manager_start(&f->manager, NULL, true), 0);
	assert_int_equal(pnpn_manager_connect(f->manager, &f->watcher), 0);
	assert_int_equal(pnpn_manager_connect(f->manager, &f->application), 0);
	return 0;
}

int linux_teardown(void **state)
{
	struct linux_fixture *f = *state;

	if (*f->disk) {
		char text[96];
		/* Partitions that a failed test made outlive what is in the loop device. */
		snprintf(text, sizeof(text), "partx -d %s 2>/dev/null", f->disk);
		(void)linux_run(text, NULL, 0);
		linux_detach(f);
	}
	pnpn_disconnect(f->application);
	pnpn_disconnect(f->watcher);
	pnpn_manager_stop(f->manager);
	/* The image, and what managers left: sockets, names. */
	linux_command(f, "rm -r '%s'", f->folder);
	free(f);
	return 0;
}

void linux_watch(struct linux_fixture *f, const char *class_text, unsigned int flags)
{
	struct pnpn_guid class;

	assert_int_equal(pnpn_guid_from_string(class_text, &class), 0);
	assert_int_equal(pnpn_register_class(f->watcher, &class, flags, NULL, NULL), 0);
}

bool linux_is_event(const struct pnpn_event *event, struct pnpn_guid guid)
{
	return pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM &&
	       memcmp(pnpn_event_get_guid(event), &guid, sizeof(guid)) == 0;
}

void linux_expect_event(struct linux_fixture *f, struct pnpn_guid guid, const char *text)
{
	const struct pnpn_event *event = wait_for_event(f->application);
	char got[PNPN_GUID_STRING], wanted[PNPN_GUID_STRING];

	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_CUSTOM);
	pnpn_guid_to_string(pnpn_event_get_guid(event), got);
	pnpn_guid_to_string(&guid, wanted);
	assert_string_equal(got, wanted);
	if (text)
		assert_string_equal(pnpn_event_get_text(event), text);
}

/* --- a manager that its socket is too small for ------------------------------------------------------- */

pid_t linux_start_daemon(struct linux_fixture *f, char address[128])
{
	struct pnpn_connection *connection;

	snprintf(address, 128, "unix:path=%s/manager", f->folder);
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execlp("setpriv", "setpriv", "--inh-caps=-net_admin", "--bounding-set=-net_admin",
		       PNPNOTIFYD, "--address", address, "--state", f->folder, NULL);
		_exit(127);
	}
	while (pnpn_connect(&connection, address) < 0)
		usleep(10000);
	pnpn_disconnect(connection);
	return pid;
}

void linux_overrun(struct linux_fixture *f)
{
	char line[32] = "";
	int fd = open("/sys/class/mem/null/uevent", O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(linux_run("cat /proc/sys/net/core/rmem_max", line, sizeof(line)), 0);
	/* The kernel doubles what is asked for; a message takes 700 bytes or more. */
	for (long i = 0; i < 2 * atol(line) / 700; i++)
		assert_int_equal(write(fd, "change", 6), 6);
	close(fd);
	if (has_udev)
		linux_command(f, "udevadm settle");
}

/* --- running -------------------------------------------------------------------------------------- */

/* What is missing, or NULL. */
static const char *what_is_missing(void)
{
	if (geteuid() != 0)
		return "it needs root, to attach a loop disk";
	if (access("/dev/loop-control", F_OK) < 0)
		return "there are no loop devices here";
	if (system("command -v losetup mkfs.ext4 e2label truncate >/dev/null") != 0)
		return "losetup, mkfs.ext4, e2label and truncate are needed (util-linux, "
		       "e2fsprogs)";
	if (!udev_runs() && access(UDEVD, X_OK) < 0)
		return "there is no systemd-udevd (package udev)";
	return NULL;
}

int linux_run_tests(int (*run)(void), bool wants_udev)
{
	const char *missing = what_is_missing();

	if (!missing && !wants_udev && udev_runs())
		missing = "udev runs here";
	/* Mounts of these tests are nobody else's; children and the manager's thread share them. Where the
	 * root is no mount they can't be kept apart, and are undone all the same. */
	if (!missing && unshare(CLONE_NEWNS) < 0)
		missing = "mount namespaces can't be made here";
	if (!missing)
		(void)mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	if (missing) {
		fprintf(stderr, "skipped: %s\n", missing);
		return SKIPPED;
	}
	if (wants_udev && !udev_runs() && !start_udevd()) {
		fprintf(stderr, "systemd-udevd did not start\n");
		end_udevd();
		return 1;
	}
	has_udev = wants_udev;
	int failed = run();
	end_udevd();
	return failed;
}
