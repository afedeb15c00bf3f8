/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
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
#include <sys/file.h>
#include <sys/ioctl.h>
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

#define FIRST_LOOP 1000 /* of the numbers that tests take */
#define LAST_LOOP  1000000
#define OWN_LOOPS  64 /* of them for one run; more than it takes */
#define UDEVD	   "/lib/systemd/systemd-udevd"
#define CONTROL	   "/run/udev/control"
#define SKIPPED	   77 /* what meson takes for that */

/* --- udev ----------------------------------------------------------------------------------------- */

static bool has_udev; /* tests run with it */
static pid_t udevd; /* ours */
static bool is_paused;

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
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* it may be stopped */
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

void linux_kill_udev(struct linux_fixture *f)
{
	assert_true(udevd > 0);
	kill(udevd, SIGKILL);
	waitpid(udevd, NULL, 0);
	udevd = 0;
	assert_int_equal(access(CONTROL, F_OK), 0);
}

/* The process that we start ends once another serves, which is ours then. */
void linux_start_udev_daemon(struct linux_fixture *f)
{
	char line[32] = "";

	linux_command(f, UDEVD " --daemon");
	assert_int_equal(linux_run("udevadm control --ping && exec pgrep -P $PPID -x systemd-udevd",
				   line, sizeof(line)),
			 0);
	udevd = atoi(line);
	assert_true(udevd > 0);
}

bool linux_pause_udev(bool pause)
{
	is_paused = pause;
	return udevd > 0 && kill(udevd, pause ? SIGSTOP : SIGCONT) == 0;
}

static void settle(void)
{
	if (udevd > 0 && !is_paused)
		assert_int_equal(linux_run("udevadm settle", NULL, 0), 0);
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

/* A number that no other run of tests has, nor had a moment ago: all of them hear of every disk. */
static int first_loop;

static void choose_loops(void)
{
	first_loop = FIRST_LOOP + OWN_LOOPS * (getpid() % ((LAST_LOOP - FIRST_LOOP) / OWN_LOOPS));
}

static int add_loop(void)
{
	static int n;
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), number;

	assert_true(control >= 0);
	do {
		assert_true(n < OWN_LOOPS);
		number = ioctl(control, LOOP_CTL_ADD, first_loop + n++);
	} while (number < 0 && errno == EEXIST);
	assert_true(number >= 0);
	close(control);
	settle();
	return number;
}

/* Whether it is of a loop disk that somebody else has. */
static bool is_of_others(const struct pnpn_event *event)
{
	static const char first[] = "LINUX\\BLOCK\\LOOP";
	const char *device = pnpn_event_get_device(event);

	if (strncmp(device, first, strlen(first)) != 0)
		return false;
	int number = atoi(device + strlen(first)) - first_loop;
	return number < 0 || number >= OWN_LOOPS;
}

/* Somebody may still look at it. */
static void remove_loop(int number)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);

	for (int i = 0; ioctl(control, LOOP_CTL_REMOVE, number) < 0; i++) {
		assert_true(i < PATIENCE_MS / 10);
		usleep(10000);
	}
	close(control);
	settle();
}

void linux_attach(struct linux_fixture *f)
{
	if (!f->loop)
		f->loop = add_loop();
	snprintf(f->disk, sizeof(f->disk), "/dev/loop%d", f->loop);
	linux_command(f, "losetup %s %s '%s'", f->read_only ? "-r" : "", f->disk, f->image);
}

void linux_attach_and_settle(struct linux_fixture *f)
{
	struct pnpn_handle *handle;

	linux_attach(f);
	settle();
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

void linux_remove(struct linux_fixture *f)
{
	char text[96];

	if (*f->disk) {
		/* Partitions that a failed test made outlive what is in the loop device. */
		snprintf(text, sizeof(text), "partx -d %s 2>/dev/null", f->disk);
		(void)linux_run(text, NULL, 0);
		linux_detach(f);
	}
	if (f->loop)
		remove_loop(f->loop);
	f->loop = 0;
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

/* Whoever has its turn has a loop disk, so what is there now is of a run that was killed. Nobody waits for it: what is
 * in use still the next turn meets again. */
static void remove_left_loops(void)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	DIR *folder = opendir("/sys/block");
	const struct dirent *entry;
	char disk[32];
	int number;

	assert_true(control >= 0 && folder);
	while ((entry = readdir(folder))) {
		if (sscanf(entry->d_name, "loop%d", &number) != 1 || number < FIRST_LOOP)
			continue;
		snprintf(disk, sizeof(disk), "/dev/loop%d", number);
		int fd = open(disk, O_RDONLY | O_CLOEXEC);
		if (fd >= 0) {
			(void)ioctl(fd, LOOP_CLR_FD);
			close(fd);
		}
		(void)ioctl(control, LOOP_CTL_REMOVE, number);
	}
	closedir(folder);
	close(control);
	settle();
}

/*
 * Every udev on the machine looks at every disk, and what it looks at can't be detached. So one test at a time is on,
 * of all runs, and while it is none of the other runs' udev does anything. Whoever is killed has no turn any more.
 */
static int turn = -1;

static void take_turn(void)
{
	turn = open("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(turn >= 0);
	while (flock(turn, LOCK_EX) < 0)
		assert_int_equal(errno, EINTR);
}

static void give_turn(void)
{
	close(turn);
	turn = -1;
}

static void end_turn(void)
{
	settle();
	(void)linux_pause_udev(true);
	give_turn();
}

static void begin_turn(void)
{
	/* Where setting up failed nothing was taken down: its turn would never end. */
	if (turn >= 0)
		end_turn();
	take_turn();
	if (has_udev && !linux_pause_udev(false))
		linux_start_udev(); /* a test that failed had it stopped */
	remove_left_loops();
}

int linux_setup(void **state)
{
	struct linux_fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	begin_turn();
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

	linux_remove(f);
	pnpn_disconnect(f->application);
	pnpn_disconnect(f->watcher);
	pnpn_manager_stop(f->manager);
	/* The image, and what managers left: sockets, names. */
	linux_command(f, "rm -r '%s'", f->folder);
	free(f);
	end_turn();
	return 0;
}

void linux_watch(struct linux_fixture *f, const char *class_text, unsigned int flags)
{
	struct pnpn_guid class;

	assert_int_equal(pnpn_guid_from_string(class_text, &class), 0);
	assert_int_equal(pnpn_register_class(f->watcher, &class, flags, NULL, NULL), 0);
}

const struct pnpn_event *linux_next(struct pnpn_connection *connection)
{
	const struct pnpn_event *event;

	do
		event = wait_for_event(connection);
	while (is_of_others(event));
	return event;
}

bool linux_is_event(const struct pnpn_event *event, struct pnpn_guid guid)
{
	return pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM &&
	       memcmp(pnpn_event_get_guid(event), &guid, sizeof(guid)) == 0;
}

void linux_expect_event(struct linux_fixture *f, struct pnpn_guid guid, const char *text)
{
	const struct pnpn_event *event = linux_next(f->application);
	char got[PNPN_GUID_STRING], wanted[PNPN_GUID_STRING];

	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_CUSTOM);
	pnpn_guid_to_string(pnpn_event_get_guid(event), got);
	pnpn_guid_to_string(&guid, wanted);
	assert_string_equal(got, wanted);
	if (text)
		assert_string_equal(pnpn_event_get_text(event), text);
}

/* --- a manager that its socket is too small for ------------------------------------------------------- */

static pid_t start_daemon(struct linux_fixture *f, char address[128], const char *around,
			  const char *arguments)
{
	struct pnpn_connection *connection;
	char command[512];

	snprintf(address, 128, "unix:path=%s/manager", f->folder);
	snprintf(command, sizeof(command), "exec %s %s " PNPNOTIFYD " --address '%s' --state '%s'",
		 around, arguments, address, f->folder);
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	while (pnpn_connect(&connection, address) < 0)
		usleep(10000);
	pnpn_disconnect(connection);
	return pid;
}

pid_t linux_start_daemon(struct linux_fixture *f, char address[128])
{
	return start_daemon(f, address, "setpriv",
			    "--inh-caps=-net_admin --bounding-set=-net_admin");
}

pid_t linux_start_daemon_elsewhere(struct linux_fixture *f, char address[128])
{
	return start_daemon(f, address, "unshare", "--net");
}

pid_t linux_start_daemon_in_user_namespace(struct linux_fixture *f, char address[128])
{
	char around[128];

	snprintf(around, sizeof(around), "2>'%s/log' unshare", f->folder);
	return start_daemon(f, address, around, "--user --map-root-user --net");
}

void linux_end_daemon(pid_t daemon)
{
	int status;

	kill(daemon, SIGTERM);
	waitpid(daemon, &status, 0);
	assert_int_equal(status, 0);
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
	settle();
}

/* --- running -------------------------------------------------------------------------------------- */

/* The demo has one while it has its turn. */
static bool udev_runs_besides(void)
{
	take_turn();
	bool runs = udev_runs();
	give_turn();
	return runs;
}

/* What is missing, or NULL. */
static const char *what_is_missing(bool wants_udev)
{
	if (geteuid() != 0)
		return "it needs root, to attach a loop disk";
	if (access("/dev/loop-control", F_OK) < 0)
		return "there are no loop devices here";
	if (system("command -v losetup mkfs.ext4 e2label truncate >/dev/null") != 0)
		return "losetup, mkfs.ext4, e2label and truncate are needed (util-linux, "
		       "e2fsprogs)";
	if (wants_udev && access(UDEVD, X_OK) < 0)
		return "there is no systemd-udevd (package udev)";
	if (!wants_udev && udev_runs_besides())
		return "udev runs here";
	return NULL;
}

/*
 * Mounts, network interfaces, udev and processes are this run's own, and go with it. Where the root is no mount they
 * can't be kept apart, and are undone all the same. Only the child is in all of them. Returns as fork().
 */
static pid_t enter_namespaces(void)
{
	choose_loops();
	if (unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID) < 0)
		return -1;
	(void)mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	if (mount("sysfs", "/sys", "sysfs", 0, NULL) < 0 ||
	    mount("tmpfs", "/run", "tmpfs", 0, "mode=755") < 0)
		return -1;
	pid_t pid = fork();
	if (pid == 0 &&
	    (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || mount("proc", "/proc", "proc", 0, NULL) < 0))
		_exit(1);
	return pid;
}

static int run_with_udev(int (*run)(void))
{
	if (!start_udevd()) {
		fprintf(stderr, "systemd-udevd did not start\n");
		return 1;
	}
	has_udev = true;
	(void)linux_pause_udev(true);
	return run();
}

int linux_run_tests(int (*run)(void), bool wants_udev)
{
	const char *missing = what_is_missing(wants_udev);
	pid_t pid = missing ? -1 : enter_namespaces();
	int status;

	if (pid == 0)
		exit(wants_udev ? run_with_udev(run) : run());
	if (!missing && pid < 0)
		missing = "namespaces can't be made here";
	if (missing) {
		fprintf(stderr, "skipped: %s\n", missing);
		return SKIPPED;
	}
	/* Where the first process has ended there can be no other: one that looks for leaks would fail. */
	_exit(waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}
