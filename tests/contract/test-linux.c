/* SPDX-License-Identifier: MIT */
/* Linux's own devices with a real loop disk and a real udev: L1 (block), L2 (label), D8. Needs root. */
#include <errno.h>
#include <fcntl.h>
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
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/manager.h>
#include "linux-fixture.h"

static const char disk_class[] = "53f56307-b6bf-11d0-94f2-00a0c91efb8b";
static const char volume_class[] = "53f5630d-b6bf-11d0-94f2-00a0c91efb8b";
static const char volume_change[] = "7373654a-812a-11d0-bec7-08002be2092f";
static const char volume_name_change[] = "2de97f83-4c06-11d2-a532-00609713055a";

/* --- what is told --------------------------------------------------------------------------------- */

/* LINUX\BLOCK\LOOPn */
static void instance_id(const struct linux_fixture *f, char id[64])
{
	snprintf(id, 64, "LINUX\\BLOCK\\LOOP%s", f->disk + strlen("/dev/loop"));
}

static void expect_interface(struct linux_fixture *f, enum pnpn_event_kind kind, const char *id,
			     const char *class_text)
{
	const struct pnpn_event *event;
	char class[PNPN_GUID_STRING];

	/* The machine's own disks may be told late. */
	do
		event = linux_next(f->watcher);
	while (strcmp(pnpn_event_get_device(event), id) != 0);
	assert_int_equal(pnpn_event_get_kind(event), kind);
	pnpn_guid_to_string(pnpn_event_get_guid(event), class);
	assert_string_equal(class, class_text);
}

static void expect_label_event(struct linux_fixture *f, const char *guid, const char *label)
{
	const struct pnpn_event *event = linux_next(f->application);
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

static void expect_label(struct linux_fixture *f, const char *label)
{
	expect_label_event(f, volume_change, label);
	expect_label_event(f, volume_name_change, label);
}

/* --- the tests ------------------------------------------------------------------------------------ */

/* L2: between two changes the same label is written again, which is none: the next event would show it. */
static void l2_d8_each_changed_label_once_then_the_removal(void **state)
{
	struct linux_fixture *f = *state;
	char id[64];

	linux_command(f, "mkfs.ext4 -q -L first '%s'", f->image);
	linux_watch(f, disk_class, PNPN_REGISTER_INTERFACES_ONLY);
	linux_attach(f);
	instance_id(f, id);
	expect_interface(f, PNPN_EVENT_INTERFACE_ARRIVED, id, disk_class);
	assert_int_equal(pnpn_register_device(f->application, f->disk, 0, NULL, NULL), 0);
	linux_label(f, "second");
	expect_label(f, "second");
	linux_label(f, "second");
	linux_label(f, "third");
	expect_label(f, "third");
	linux_label(f, "");
	expect_label(f, "");
	linux_detach(f);
	const struct pnpn_event *event = linux_next(f->application);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_DEVICE_REMOVED);
	assert_string_equal(pnpn_event_get_device(event), id);
	expect_interface(f, PNPN_EVENT_INTERFACE_REMOVED, id, disk_class);
}

/* L1: a file system makes a volume of a disk; the disk is known by four names. */
static void l1_a_loop_disk_and_its_volume(void **state)
{
	struct linux_fixture *f = *state;
	char id[64], link[64], syspath[96];
	struct pnpn_handle *handle;

	linux_watch(f, disk_class, PNPN_REGISTER_INTERFACES_ONLY);
	linux_attach(f);
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
	linux_watch(f, volume_class, PNPN_REGISTER_INTERFACES_ONLY);
	linux_command(f, "mkfs.ext4 -q %s", f->disk);
	expect_interface(f, PNPN_EVENT_INTERFACE_ARRIVED, id, volume_class);
}

static void expect_opens(struct linux_fixture *f, const char *name, const char *id)
{
	struct pnpn_handle *handle;

	assert_int_equal(pnpn_open(f->application, name, &handle), 0);
	assert_string_equal(pnpn_handle_get_device(handle), id);
	pnpn_close(handle);
}

/* L1: a node counts for its number, whatever its name; links lead to it from wherever they are. */
static void l1_a_node_of_any_name_and_links_to_it(void **state)
{
	struct linux_fixture *f = *state;
	char id[64], folder[] = "/dev/pnpn-XXXXXX", path[64];
	struct pnpn_handle *handle;
	struct stat st;

	linux_watch(f, disk_class, PNPN_REGISTER_INTERFACES_ONLY);
	linux_attach(f);
	instance_id(f, id);
	expect_interface(f, PNPN_EVENT_INTERFACE_ARRIVED, id, disk_class);
	assert_int_equal(stat(f->disk, &st), 0);
	assert_non_null(mkdtemp(folder));
	linux_command(f, "cd %s && mknod node b %u %u && ln -s ../%s link && ln -s %s far", folder,
		      major(st.st_rdev), minor(st.st_rdev), f->disk + strlen("/dev/"), f->disk);
	linux_command(f,
		      "cd %s && ln -s far again && ln -s /dev/shm/none out && ln -s round round "
		      "&& mknod null c 1 3",
		      folder);
	static const char *const names[] = {"node", "link", "far", "again"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		expect_opens(f, path, id);
		assert_int_equal(pnpn_register_device(f->application, path, 0, NULL, NULL), 0);
	}
	snprintf(path, sizeof(path), "%s/null", folder);
	expect_opens(f, path, "LINUX\\MEM\\NULL");
	if (access("/sys/dev/char/10:200", F_OK) == 0 && access("/dev/net/tun", F_OK) == 0)
		expect_opens(f, "/dev/net/tun", "LINUX\\MISC\\TUN");
	static const char *const others[] = {"out", "round", "none", "."};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, others[i]);
		assert_int_equal(pnpn_open(f->application, path, &handle), -ENOENT);
	}
	linux_command(f, "rm -r %s", folder);
}

/* Nobody answers. Returns its descriptor. */
static int mount_fuse(const char *point)
{
	char options[64];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	assert_int_equal(mount("pnpn", point, "fuse", 0, options), 0);
	return fd;
}

/* L1: a node on another file system below /dev, or with one of its own, is its device too; one that would ask a process
 * is not entered. */
static void l1_nodes_on_mounts_below_dev(void **state)
{
	struct linux_fixture *f = *state;
	char id[64], folder[] = "/dev/pnpn-XXXXXX", path[64];
	struct pnpn_handle *handle;

	linux_watch(f, disk_class, PNPN_REGISTER_INTERFACES_ONLY);
	linux_attach(f);
	instance_id(f, id);
	expect_interface(f, PNPN_EVENT_INTERFACE_ARRIVED, id, disk_class);
	assert_non_null(mkdtemp(folder));
	linux_command(f,
		      "cd %s && mkdir memory && mount -t tmpfs none memory && touch bound && "
		      "mount --bind %s bound && cp -a /dev/null memory && mkdir memory/again && "
		      "mount -t tmpfs none memory/again && cp -a %s memory/again/disk && "
		      "ln -s %s memory/far && ln -s memory/far link",
		      folder, f->disk, f->disk, f->disk);
	static const char *const disks[] = {"bound", "memory/again/disk", "memory/far", "link"};
	for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, disks[i]);
		expect_opens(f, path, id);
	}
	snprintf(path, sizeof(path), "%s/memory/null", folder);
	expect_opens(f, path, "LINUX\\MEM\\NULL");
	if (access("/dev/pts/ptmx", F_OK) == 0)
		expect_opens(f, "/dev/pts/ptmx", "LINUX\\TTY\\PTMX");
	if (access("/dev/fuse", F_OK) == 0) {
		char point[64];
		snprintf(point, sizeof(point), "%s/memory/again", folder);
		snprintf(path, sizeof(path), "%s/memory/again/disk", folder);
		int fuse = mount_fuse(point);
		assert_int_equal(pnpn_open(f->application, path, &handle), -ENOENT);
		close(fuse);
		assert_int_equal(umount2(point, MNT_DETACH), 0);
	}
	linux_command(f, "cd %s && umount memory/again memory bound && rm -r %s", folder, folder);
}

/* L1: an empty loop device is no disk. */
static void l1_nothing_attached_is_not_there(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_device_list *list;
	const struct pnpn_device_info *info;

	assert_int_equal(pnpn_list_devices(f->application, &list), 0);
	for (size_t i = 0; (info = pnpn_device_list_get(list, i)); i++) {
		char path[256], size[32] = "";
		if (strncmp(pnpn_device_info_get_id(info), "LINUX\\BLOCK\\LOOP", 16) != 0)
			continue;
		snprintf(path, sizeof(path), "cat '%s/size'", pnpn_device_info_get_syspath(info));
		assert_int_equal(linux_run(path, size, sizeof(size)), 0);
		assert_string_not_equal(size, "0");
	}
	pnpn_device_list_free(list);
}

static int run_all(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(l2_d8_each_changed_label_once_then_the_removal,
						linux_setup, linux_teardown),
		cmocka_unit_test_setup_teardown(l1_a_loop_disk_and_its_volume, linux_setup,
						linux_teardown),
		cmocka_unit_test_setup_teardown(l1_a_node_of_any_name_and_links_to_it, linux_setup,
						linux_teardown),
		cmocka_unit_test_setup_teardown(l1_nodes_on_mounts_below_dev, linux_setup,
						linux_teardown),
		cmocka_unit_test_setup_teardown(l1_nothing_attached_is_not_there, linux_setup,
						linux_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
	return linux_run_tests(run_all, true);
}
