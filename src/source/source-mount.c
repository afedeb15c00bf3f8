/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <libmount.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <pnpnotify/events.h>
#include "source/known.h"
#include "source/source-internal.h"
#include "source/source-mount.h"

#define MOUNTINFO "/proc/self/mountinfo"

struct pnpn_mounts {
	struct pnpn_source *source;
	struct libmnt_table *table; /* as it was told */
	struct libmnt_monitor *monitor;
	sd_event_source *readable;
};

/* Some file systems have device numbers of their own: what they were mounted from tells then. */
static struct pnpn_known *find_device(struct pnpn_source *source, struct libmnt_fs *fs)
{
	const char *from = mnt_fs_get_srcpath(fs);
	dev_t number = mnt_fs_get_devno(fs);
	struct pnpn_known *known = NULL;
	struct stat st;

	if (!major(number) && from && stat(from, &st) == 0 && S_ISBLK(st.st_mode))
		number = st.st_rdev;
	if (!major(number))
		return NULL;
	struct udev_device *device = udev_device_new_from_devnum(source->udev, 'b', number);
	if (device)
		known = pnpn_known_find(source, udev_device_get_syspath(device));
	udev_device_unref(device);
	return known;
}

static void tell(struct pnpn_source *source, struct libmnt_fs *fs, const struct pnpn_guid *guid)
{
	struct pnpn_known *known = fs ? find_device(source, fs) : NULL;

	if (known)
		pnpn_source_tell_text(source, known, guid,
				      mnt_fs_get_target(fs) ? mnt_fs_get_target(fs) : "");
}

/* A mount that was moved is there no longer and here now. */
static void tell_change(struct pnpn_source *source, int operation, struct libmnt_fs *before,
			struct libmnt_fs *after)
{
	if (operation == MNT_TABDIFF_UMOUNT || operation == MNT_TABDIFF_MOVE)
		tell(source, before, &PNPN_VOLUME_DISMOUNT);
	if (operation == MNT_TABDIFF_MOUNT || operation == MNT_TABDIFF_MOVE)
		tell(source, after, &PNPN_VOLUME_MOUNT);
}

static int tell_differences(struct pnpn_source *source, struct libmnt_table *before,
			    struct libmnt_table *after)
{
	struct libmnt_tabdiff *difference = mnt_new_tabdiff();
	struct libmnt_iter *iterator = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *old, *new;
	int operation;
	int r = difference && iterator ? mnt_diff_tables(difference, before, after) : -ENOMEM;

	if (r > 0)
		while (mnt_tabdiff_next_change(difference, iterator, &old, &new, &operation) == 0)
			tell_change(source, operation, old, new);
	mnt_free_iter(iterator);
	mnt_free_tabdiff(difference);
	return r;
}

static int on_readable(sd_event_source *event_source, int fd, uint32_t events, void *userdata)
{
	struct pnpn_mounts *mounts = userdata;

	(void)mnt_monitor_event_cleanup(mounts->monitor);
	struct libmnt_table *now = mnt_new_table_from_file(MOUNTINFO);
	if (!now)
		return 0;
	(void)tell_differences(mounts->source, mounts->table, now);
	mnt_unref_table(mounts->table);
	mounts->table = now;
	return 0;
}

void pnpn_mounts_came(struct pnpn_mounts *mounts, const struct pnpn_known *known)
{
	struct libmnt_iter *iterator = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;

	while (iterator && mnt_table_next_fs(mounts->table, iterator, &fs) == 0)
		if (find_device(mounts->source, fs) == known)
			tell(mounts->source, fs, &PNPN_VOLUME_MOUNT);
	mnt_free_iter(iterator);
}

int pnpn_mounts_new(struct pnpn_mounts **ret_mounts, struct pnpn_source *source)
{
	struct pnpn_mounts *mounts = calloc(1, sizeof(*mounts));

	if (!mounts)
		return -ENOMEM;
	mounts->source = source;
	mounts->monitor = mnt_new_monitor();
	int r = mounts->monitor ? mnt_monitor_enable_kernel(mounts->monitor, 1) : -ENOMEM;
	int fd = r < 0 ? r : mnt_monitor_get_fd(mounts->monitor);
	if (fd >= 0)
		mounts->table = mnt_new_table_from_file(MOUNTINFO);
	r = fd < 0 ? fd : !mounts->table ? -EIO : 0;
	if (r >= 0)
		r = sd_event_add_io(source->event, &mounts->readable, fd, EPOLLIN, on_readable,
				    mounts);
	if (r < 0) {
		pnpn_mounts_free(mounts);
		return r;
	}
	*ret_mounts = mounts;
	return 0;
}

struct pnpn_mounts *pnpn_mounts_free(struct pnpn_mounts *mounts)
{
	if (!mounts)
		return NULL;
	sd_event_source_disable_unref(mounts->readable);
	mnt_unref_monitor(mounts->monitor);
	mnt_unref_table(mounts->table);
	free(mounts);
	return NULL;
}
