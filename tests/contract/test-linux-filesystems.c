/* SPDX-License-Identifier: MIT */
/*
 * Which mounts are a disk's mounts, and of which disk: bound, moved, shared, in layers, without a device, on a disk
 * that lies in another. With udev, without, and with a slow one: L2.
 */
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
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/events.h>
#include "linux-told.h"

#define WORD_BYTES 160

/* "mount" or "unmount" and where, below the test's folder. */
static const char *at(const struct linux_fixture *f, const char *word, const char *name)
{
	static char words[4][WORD_BYTES];
	static unsigned int n;
	char *text = words[n++ % 4];

	snprintf(text, WORD_BYTES, "%s %s/%s", word, f->folder, name);
	return text;
}

/* A disk with a file system, in its own time, and a folder "a" to mount it on; all others are made there. */
static void attach_volume(struct linux_fixture *f)
{
	linux_command(f, "mkfs.ext4 -q '%s' && mkdir '%s/a' '%s/b' '%s/c'", f->image, f->folder,
		      f->folder, f->folder);
	linux_attach_and_settle(f);
	linux_told_disk(f, "+disk", "+volume", NULL);
}

static void mount_it(struct linux_fixture *f)
{
	linux_command(f, "mount %s '%s/a'", f->disk, f->folder);
	linux_told_disk(f, at(f, "mount", "a"), NULL);
}

static void unmount_it(struct linux_fixture *f)
{
	linux_command(f, "umount '%s/a'", f->folder);
	linux_told_disk(f, at(f, "unmount", "a"), NULL);
}

/* It goes with what it told last, and nothing was told besides. */
static void remove_volume(struct linux_fixture *f)
{
	linux_detach(f);
	linux_told_disk(f, "-disk", "-volume", NULL);
	linux_told_no_more(f);
}

/* --- the disk's own ------------------------------------------------------------------------------- */

/* A folder of it, a file of it, a tree of mounts: each is one. */
static void l2_bound(void **state)
{
	struct linux_fixture *f = *state;

	attach_volume(f);
	mount_it(f);
	linux_command(f,
		      "cd '%s' && mkdir a/folder && touch a/file c/file && mount --bind a/folder b",
		      f->folder);
	linux_told_disk(f, at(f, "mount", "b"), NULL);
	linux_command(f, "cd '%s' && mount --bind a/file c/file", f->folder);
	linux_told_disk(f, at(f, "mount", "c/file"), NULL);
	linux_command(f, "umount '%s/b'", f->folder);
	linux_told_disk(f, at(f, "unmount", "b"), NULL);
	linux_command(f, "umount '%s/c/file'", f->folder);
	linux_told_disk(f, at(f, "unmount", "c/file"), NULL);
	linux_command(f, "cd '%s' && mount --bind a/folder a/folder && mount --rbind a b",
		      f->folder);
	linux_told_disk(f, at(f, "mount", "a/folder"), at(f, "mount", "b"),
			at(f, "mount", "b/folder"), NULL);
	linux_command(f, "umount -R '%s/b'", f->folder);
	linux_told_disk(f, at(f, "unmount", "b/folder"), at(f, "unmount", "b"), NULL);
	linux_command(f, "umount -R '%s/a'", f->folder);
	linux_told_disk(f, at(f, "unmount", "a/folder"), at(f, "unmount", "a"), NULL);
	remove_volume(f);
}

/* A mount that is moved is there no longer and here now. One that is changed is where it was. */
static void l2_moved_and_changed(void **state)
{
	struct linux_fixture *f = *state;

	attach_volume(f);
	mount_it(f);
	linux_command(f, "cd '%s' && mount -o remount,ro a && mount -o remount,rw,noatime a",
		      f->folder);
	linux_told_no_more(f);
	linux_command(f, "cd '%s' && mount --move a b", f->folder);
	linux_told_disk(f, at(f, "unmount", "a"), at(f, "mount", "b"), NULL);
	linux_command(f, "cd '%s' && mount --move b a", f->folder);
	linux_told_disk(f, at(f, "unmount", "b"), at(f, "mount", "a"), NULL);
	unmount_it(f);
	remove_volume(f);
}

/* Whoever still uses it: it is unmounted when it is in no folder any more. */
static void l2_unmounted_while_in_use(void **state)
{
	struct linux_fixture *f = *state;
	char path[WORD_BYTES];

	attach_volume(f);
	mount_it(f);
	snprintf(path, sizeof(path), "%s/a/file", f->folder);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	linux_command(f, "umount -l '%s/a'", f->folder);
	linux_told_disk(f, at(f, "unmount", "a"), NULL);
	linux_told_no_more(f);
	close(fd);
	remove_volume(f);
}

/* Somebody else's mounts are not ours, unless they are shared with us: then they come here too. */
static void l2_in_another_mount_namespace(void **state)
{
	struct linux_fixture *f = *state;

	attach_volume(f);
	linux_command(f,
		      "cd '%s' && mount --bind b b && mount --make-shared b && mkdir b/in && "
		      "unshare --mount --propagation unchanged sh -c 'mount %s a && mount %s b/in'",
		      f->folder, f->disk, f->disk);
	linux_told_disk(f, at(f, "mount", "b/in"), NULL);
	linux_told_no_more(f);
	linux_command(f, "cd '%s' && umount b/in && umount b", f->folder);
	linux_told_disk(f, at(f, "unmount", "b/in"), NULL);
	remove_volume(f);
}

/* Under another name of its node, as FUSE does it for others' file systems, or by label. */
static void l2_under_other_names(void **state)
{
	struct linux_fixture *f = *state;
	char options[64], target[WORD_BYTES];

	attach_volume(f);
	linux_command(f,
		      "cd '%s' && mknod node b $(stat -c '0x%%t 0x%%T' %s) && ln -s node link && "
		      "mount link a",
		      f->folder, f->disk);
	linux_told_disk(f, at(f, "mount", "a"), NULL);
	unmount_it(f);
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fd >= 0) {
		snprintf(target, sizeof(target), "%s/a", f->folder);
		snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
		assert_int_equal(mount(f->disk, target, "fuseblk", 0, options), 0);
		linux_told_disk(f, at(f, "mount", "a"), NULL);
		close(fd);
		unmount_it(f);
	}
	remove_volume(f);
}

/* All before the manager looks: what was mounted last is told first. */
static void l2_unmounted_at_once(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_connection *own = f->application;
	char address[128], path[WORD_BYTES];

	attach_volume(f);
	linux_command(f,
		      "cd '%s' && mount %s a && mkdir a/folder && mount %s a/folder && mount %s b",
		      f->folder, f->disk, f->disk, f->disk);
	pid_t daemon = linux_start_daemon(f, address);
	assert_int_equal(pnpn_connect(&f->application, address), 0);
	assert_int_equal(pnpn_register_device(f->application, f->disk, 0, NULL, NULL), 0);
	kill(daemon, SIGSTOP);
	linux_command(f, "cd '%s' && umount b && umount -R a", f->folder);
	kill(daemon, SIGCONT);
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", f->folder,
			 (const char *[]){"b", "a/folder", "a"}[i]);
		linux_expect_event(f, PNPN_VOLUME_DISMOUNT, path);
	}
	pnpn_disconnect(f->application);
	f->application = own;
	linux_end_daemon(daemon);
}

/* --- others' -------------------------------------------------------------------------------------- */

/* What lies upon a disk's mount, and what has its name, is no mount of it. */
static void l2_what_is_no_mount_of_it(void **state)
{
	struct linux_fixture *f = *state;

	attach_volume(f);
	mount_it(f);
	linux_command(f, "cd '%s' && mkdir a/lower a/upper a/work", f->folder);
	linux_command(f,
		      "cd '%s' && mount -t tmpfs %s b && mount -t ramfs %s b && mount -t proc %s b",
		      f->folder, f->disk, f->disk, f->disk);
	if (linux_run("grep -qw overlay /proc/filesystems", NULL, 0) == 0)
		linux_command(f,
			      "cd '%s' && mount -t overlay -o lowerdir=a/lower,upperdir=a/upper,"
			      "workdir=a/work %s c && mount --bind c c && umount c && umount c",
			      f->folder, f->disk);
	linux_command(f, "cd '%s' && umount b && umount b && umount b", f->folder);
	linux_told_no_more(f);
	unmount_it(f);
	remove_volume(f);
}

/* NFS, 9p and their like have no device; only where this machine can. */
static void l2_from_elsewhere(void **state)
{
	struct linux_fixture *f = *state;
	char line[64] = "";

	if (linux_run("command -v exportfs rpc.nfsd rpc.mountd >/dev/null && "
		      "grep -qw nfsd /proc/filesystems",
		      line, sizeof(line)) != 0)
		skip();
	attach_volume(f);
	mount_it(f);
	linux_command(
		f,
		"cd '%s' && rpc.nfsd 1 && rpc.mountd && exportfs -o fsid=0 127.0.0.1:$PWD/a && "
		"ip link set lo up && mount -t nfs4 127.0.0.1:/ b && umount b && exportfs -ua && "
		"rpc.nfsd 0",
		f->folder);
	linux_told_no_more(f);
	unmount_it(f);
	remove_volume(f);
}

/* --- several disks -------------------------------------------------------------------------------- */

/* A disk whose file lies on another one: each has its own mounts, and its own end. */
static void l2_a_disk_in_a_disk(void **state)
{
	struct linux_fixture *f = *state;
	struct linux_fixture inner = *f;

	attach_volume(f);
	mount_it(f);
	inner.loop = 0;
	snprintf(inner.image, sizeof(inner.image), "%s/a/inner", f->folder);
	linux_command(f, "truncate -s 4M '%s' && mkfs.ext4 -q '%s'", inner.image, inner.image);
	linux_attach_and_settle(&inner);
	linux_told_disk(&inner, "+disk", "+volume", NULL);
	linux_command(f, "mount %s '%s/b'", inner.disk, f->folder);
	linux_told_disk(&inner, at(f, "mount", "b"), NULL);
	/* It goes when it is unmounted, being let go of now. */
	linux_command(f, "losetup -d %s", inner.disk);
	linux_told_no_more(f);
	linux_command(f, "umount '%s/b'", f->folder);
	linux_told_disk(&inner, at(f, "unmount", "b"), "-disk", "-volume", NULL);
	inner.disk[0] = 0;
	linux_remove(&inner);
	unmount_it(f);
	remove_volume(f);
}

/* A partition's mount is not its disk's. */
static void l2_a_partition(void **state)
{
	struct linux_fixture *f = *state;
	char partition[64];

	linux_command(f, "mkdir '%s/a'", f->folder);
	linux_attach_and_settle(f);
	linux_told_disk(f, "+disk", NULL);
	linux_command(f, "addpart %s 1 2048 8192", f->disk);
	snprintf(partition, sizeof(partition), "BLOCK\\LOOP%dP1", f->loop);
	linux_told(f, partition, "+partition", NULL);
	linux_command(f, "until mkfs.ext4 -qFL first %sp1; do :; done 2>/dev/null", f->disk);
	linux_told(f, partition, "+volume", "label first", NULL);
	linux_command(f, "mount %sp1 '%s/a'", f->disk, f->folder);
	linux_told(f, partition, at(f, "mount", "a"), NULL);
	linux_told_no_more(f);
	linux_command(f, "umount '%s/a'", f->folder);
	linux_told(f, partition, at(f, "unmount", "a"), NULL);
	linux_command(f, "until delpart %s 1; do :; done 2>/dev/null", f->disk);
	linux_told(f, partition, "-partition", "-volume", NULL);
	linux_detach(f);
	linux_told_disk(f, "-disk", NULL);
	linux_told_no_more(f);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, linux_told_setup, linux_told_teardown)

static int run_all(void)
{
	const struct CMUnitTest tests[] = {
		TEST(l2_bound),
		TEST(l2_moved_and_changed),
		TEST(l2_unmounted_while_in_use),
		TEST(l2_in_another_mount_namespace),
		TEST(l2_under_other_names),
		TEST(l2_unmounted_at_once),
		TEST(l2_what_is_no_mount_of_it),
		TEST(l2_from_elsewhere),
		TEST(l2_a_disk_in_a_disk),
		TEST(l2_a_partition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	return linux_told_main(argc, argv, run_all);
}
