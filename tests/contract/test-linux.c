/* SPDX-License-Identifier: MIT */
/* Linux's own devices with a real loop disk and a real udev: L1 (block), L2 (label), D8. Needs root. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/manager.h>

#define PATIENCE_MS 60000
#define UDEVD	    "/lib/systemd/systemd-udevd"
#define CONTROL	    "/run/udev/control"
#define SKIPPED	    77 /* what meson takes for that */

static const char disk_class[] = "53f56307-b6bf-11d0-94f2-00a0c91efb8b";
static const char volume_class[] = "53f5630d-b6bf-11d0-94f2-00a0c91efb8b";
static const char volume_change[] = "7373654a-812a-11d0-bec7-08002be2092f";
static const char volume_name_change[] = "2de97f83-4c06-11d2-a532-00609713055a";

/* --- udev ----------------------------------------------------------------------------------------- */

static pid_t udevd;

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

/* --- a loop disk ---------------------------------------------------------------------------------- */

struct fixture {
	char folder[64];
	char image[128];
	char disk[64]; /* /dev/loopN; "" while nothing is attached */
	struct pnpn_manager *manager;
	struct pnpn_connection *watcher; /* of classes */
	struct pnpn_connection *application; /* of the disk */
};

/* Runs a command; its first line of output goes to line, if given. */
static int run(const char *command, char *line, size_t size)
{
	FILE *pipe = popen(command, "re");

	assert_non_null(pipe);
	if (line && fgets(line, (int)size, pipe))
		line[strcspn(line, "\n")] = 0;
	while (fgetc(pipe) != EOF)
		;
	return pclose(pipe);
}

__attribute__((format(printf, 2, 3))) static void command(struct fixture *f, const char *format,
							  ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	assert_int_equal(run(text, NULL, 0), 0);
}

static void attach(struct fixture *f)
{
	char text[256];

	snprintf(text, sizeof(text), "losetup -f --show '%s'", f->image);
	assert_int_equal(run(text, f->disk, sizeof(f->disk)), 0);
	assert_int_equal(strncmp(f->disk, "/dev/loop", 9), 0);
}

static void detach(struct fixture *f)
{
	command(f, "losetup -d %s", f->disk);
	f->disk[0] = 0;
}

/*
 * While udev handles an event of a disk it does not notice that the disk is written to. So it is asked
 * to look again, at this disk alone; it may then have looked twice.
 */
static void label(struct fixture *f, const char *text)
{
	command(f, "e2label %s '%s'", f->disk, text);
	command(f, "echo change > /sys/block/%s/uevent", f->disk + strlen("/dev/"));
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	*state = f;
	strcpy(f->folder, "/tmp/pnpn-linux-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->image, sizeof(f->image), "%s/image", f->folder);
	command(f, "truncate -s 16M '%s'", f->image);
	assert_int_equal(pnpn_manager_start(&f->manager, NULL, true), 0);
	assert_int_equal(pnpn_manager_connect(f->manager, &f->watcher), 0);
	assert_int_equal(pnpn_manager_connect(f->manager, &f->application), 0);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	if (*f->disk)
		detach(f);
	pnpn_disconnect(f->application);
	pnpn_disconnect(f->watcher);
	pnpn_manager_stop(f->manager);
	unlink(f->image);
	rmdir(f->folder);
	free(f);
	return 0;
}

/* --- what is told --------------------------------------------------------------------------------- */

static const struct pnpn_event *next(struct pnpn_connection *connection)
{
	const struct pnpn_event *event;

	while (pnpn_next_event(connection, &event) <= 0)
		assert_true(pnpn_wait(connection, PATIENCE_MS) > 0);
	return event;
}

static void watch(struct fixture *f, const char *class_text)
{
	struct pnpn_guid class;

	assert_int_equal(pnpn_guid_from_string(class_text, &class), 0);
	assert_int_equal(
		pnpn_register_class(f->watcher, &class, PNPN_REGISTER_INTERFACES_ONLY, NULL, NULL),
		0);
}

/* LINUX\BLOCK\LOOPn */
static void instance_id(const struct fixture *f, char id[64])
{
	snprintf(id, 64, "LINUX\\BLOCK\\LOOP%s", f->disk + strlen("/dev/loop"));
}

static void expect_interface(struct fixture *f, enum pnpn_event_kind kind, const char *id,
			     const char *class_text)
{
	const struct pnpn_event *event = next(f->watcher);
	char class[PNPN_GUID_STRING];

	assert_int_equal(pnpn_event_get_kind(event), kind);
	assert_string_equal(pnpn_event_get_device(event), id);
	pnpn_guid_to_string(pnpn_event_get_guid(event), class);
	assert_string_equal(class, class_text);
}

static void expect_label_event(struct fixture *f, const char *guid, const char *label)
{
	const struct pnpn_event *event = next(f->application);
	char got[PNPN_GUID_STRING];
	size_t size;

	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_CUSTOM);
	pnpn_guid_to_string(pnpn_event_get_guid(event), got);
	assert_string_equal(got, guid);
	assert_int_equal(pnpn_event_get_name_offset(event), 0);
	assert_string_equal(pnpn_event_get_text(event), label);
	(void)pnpn_event_get_data(event, &size);
	assert_int_equal(size, 2 * (strlen(label) + 1));
	assert_int_equal(pnpn_event_get_lost(event), 0);
}

static void expect_label(struct fixture *f, const char *label)
{
	expect_label_event(f, volume_change, label);
	expect_label_event(f, volume_name_change, label);
}

/* --- the tests ------------------------------------------------------------------------------------ */

/* L2: between two changes the same label is written again, which is none: the next event would show it. */
static void l2_d8_each_changed_label_once_then_the_removal(void **state)
{
	struct fixture *f = *state;
	char id[64];

	command(f, "mkfs.ext4 -q -L first '%s'", f->image);
	watch(f, disk_class);
	attach(f);
	instance_id(f, id);
	expect_interface(f, PNPN_EVENT_INTERFACE_ARRIVED, id, disk_class);
	assert_int_equal(pnpn_register_device(f->application, f->disk, 0, NULL, NULL), 0);
	label(f, "second");
	expect_label(f, "second");
	label(f, "second");
	label(f, "third");
	expect_label(f, "third");
	label(f, "");
	expect_label(f, "");
	detach(f);
	const struct pnpn_event *event = next(f->application);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_DEVICE_REMOVED);
	assert_string_equal(pnpn_event_get_device(event), id);
	expect_interface(f, PNPN_EVENT_INTERFACE_REMOVED, id, disk_class);
}

/* L1: a file system makes a volume of a disk; the disk is known by four names. */
static void l1_a_loop_disk_and_its_volume(void **state)
{
	struct fixture *f = *state;
	char id[64], link[64], syspath[96];
	struct pnpn_handle *handle;

	watch(f, disk_class);
	attach(f);
	instance_id(f, id);
	expect_interface(f, PNPN_EVENT_INTERFACE_ARRIVED, id, disk_class);
	snprintf(link, sizeof(link), "\\\\.\\%s", f->disk + strlen("/dev/"));
	snprintf(syspath, sizeof(syspath), "/sys/block/%s", f->disk + strlen("/dev/"));
	const char *names[] = {id, link, f->disk, syspath};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(pnpn_open(f->application, names[i], &handle), 0);
		assert_string_equal(pnpn_handle_get_device(handle), id);
		pnpn_close(handle);
	}
	watch(f, volume_class);
	command(f, "mkfs.ext4 -q %s", f->disk);
	expect_interface(f, PNPN_EVENT_INTERFACE_ARRIVED, id, volume_class);
}

/* L1: an empty loop device is no disk. */
static void l1_nothing_attached_is_not_there(void **state)
{
	struct fixture *f = *state;
	struct pnpn_device_list *list;
	const struct pnpn_device_info *info;

	assert_int_equal(pnpn_list_devices(f->application, &list), 0);
	for (size_t i = 0; (info = pnpn_device_list_get(list, i)); i++) {
		char path[128], size[32] = "";
		const char *name = strrchr(pnpn_device_info_get_syspath(info), '/');
		if (!name || strncmp(name, "/loop", 5) != 0)
			continue;
		snprintf(path, sizeof(path), "cat /sys/block%s/size", name);
		assert_int_equal(run(path, size, sizeof(size)), 0);
		assert_string_not_equal(size, "0");
	}
	pnpn_device_list_free(list);
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(l2_d8_each_changed_label_once_then_the_removal,
						setup, teardown),
		cmocka_unit_test_setup_teardown(l1_a_loop_disk_and_its_volume, setup, teardown),
		cmocka_unit_test_setup_teardown(l1_nothing_attached_is_not_there, setup, teardown),
	};
	const char *missing = what_is_missing();

	if (missing) {
		fprintf(stderr, "skipped: %s\n", missing);
		return SKIPPED;
	}
	if (!udev_runs() && !start_udevd()) {
		fprintf(stderr, "systemd-udevd did not start\n");
		end_udevd();
		return 1;
	}
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	end_udevd();
	return failed;
}
