/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <libmount.h>
#include <stdlib.h>

#include <pnpnotify/events.h>
#include "core/guid.h"
#include "source/known.h"
#include "source/shortage.h"
#include "source/mount-table.h"
#include "source/sink.h"
#include "source/source-mount.h"
#include "source/volume-look.h"

struct pnpn_mounts {
	struct pnpn_known_devices *devices;
	const struct pnpn_source_sink *sink;
	struct pnpn_mount_table table; /* as it was told */
	struct libmnt_monitor *monitor;
	sd_event_source *readable;
};

/* By its number, which it has after it went, too. Takes no memory, so that each mount is told of. */
static struct pnpn_known *find_device(struct pnpn_mounts *mounts, const struct pnpn_mount *mount)
{
	pnpn_list_for_each_safe (link, after, &mounts->devices->all) {
		struct pnpn_known *known = pnpn_list_entry(link, struct pnpn_known, link);
		if (known->state.number == mount->device)
			return known;
	}
	return NULL;
}

static void tell_of(struct pnpn_mounts *mounts, struct pnpn_known *known,
		    const struct pnpn_mount *mount, const struct pnpn_guid *guid)
{
	if (pnpn_guid_equal(guid, &PNPN_VOLUME_MOUNT))
		pnpn_volume_look_mounted(&known->look);
	pnpn_source_sink_tell_text(mounts->sink, known->instance_id, guid, mount->target);
	pnpn_volume_look_soon(&known->look);
}

static void tell(struct pnpn_mounts *mounts, const struct pnpn_mount *mount,
		 const struct pnpn_guid *guid)
{
	struct pnpn_known *known = find_device(mounts, mount);
	bool is_mount = pnpn_guid_equal(guid, &PNPN_VOLUME_MOUNT);

	/* The mount of one that took its place is told once that has come. */
	if (known &&
	    (!is_mount || pnpn_device_incarnation(known->syspath) == known->state.incarnation))
		tell_of(mounts, known, mount, guid);
}

static int compare(const void *a, const void *b)
{
	return pnpn_mount_compare(a, b);
}

static bool has(const struct pnpn_mount_table *table, const struct pnpn_mount *mount)
{
	return bsearch(mount, table->mounts, table->n_mounts, sizeof(*mount), compare);
}

/* Of several at once the last that was mounted went first: whatever it was mounted upon was in use until then. */
static void tell_unmounted(struct pnpn_mounts *mounts, const struct pnpn_mount_table *before)
{
	for (size_t i = before->n_mounts; i-- > 0;)
		if (!has(&mounts->table, &before->mounts[i]))
			tell(mounts, &before->mounts[i], &PNPN_VOLUME_DISMOUNT);
}

static void tell_mounted(struct pnpn_mounts *mounts, const struct pnpn_mount_table *before)
{
	for (size_t i = 0; i < mounts->table.n_mounts; i++)
		if (!has(before, &mounts->table.mounts[i]))
			tell(mounts, &mounts->table.mounts[i], &PNPN_VOLUME_MOUNT);
}

/* A mount that was moved is there no longer and here now. */
void pnpn_mounts_again(struct pnpn_mounts *mounts)
{
	struct pnpn_mount_table before = mounts->table;
	int r = pnpn_mount_table_read(&mounts->table);

	pnpn_shortage_note(r);
	if (r < 0)
		return;
	tell_unmounted(mounts, &before);
	tell_mounted(mounts, &before);
	pnpn_mount_table_deinit(&before);
}

static int on_readable(sd_event_source *event_source, int fd, uint32_t events, void *userdata)
{
	struct pnpn_mounts *mounts = userdata;

	(void)mnt_monitor_event_cleanup(mounts->monitor);
	pnpn_mounts_again(mounts);
	return 0;
}

void pnpn_mounts_came(struct pnpn_mounts *mounts, struct pnpn_known *known)
{
	for (size_t i = 0; i < mounts->table.n_mounts; i++)
		if (known->state.number == mounts->table.mounts[i].device)
			tell_of(mounts, known, &mounts->table.mounts[i], &PNPN_VOLUME_MOUNT);
}

void pnpn_mounts_goes(struct pnpn_mounts *mounts, const struct pnpn_known *known)
{
	if (pnpn_mounts_has(mounts, known->state.number))
		pnpn_mounts_again(mounts);
}

bool pnpn_mounts_has(const struct pnpn_mounts *mounts, dev_t device)
{
	for (size_t i = 0; mounts && i < mounts->table.n_mounts; i++)
		if (mounts->table.mounts[i].device == device)
			return true;
	return false;
}

int pnpn_mounts_new(struct pnpn_mounts **ret_mounts, sd_event *event,
		    struct pnpn_known_devices *devices, const struct pnpn_source_sink *sink)
{
	struct pnpn_mounts *mounts = calloc(1, sizeof(*mounts));

	if (!mounts)
		return -ENOMEM;
	mounts->devices = devices;
	mounts->sink = sink;
	mounts->monitor = mnt_new_monitor();
	int r = mounts->monitor ? mnt_monitor_enable_kernel(mounts->monitor, 1) : -ENOMEM;
	int fd = r < 0 ? r : mnt_monitor_get_fd(mounts->monitor);
	r = fd < 0 ? fd : pnpn_mount_table_read(&mounts->table);
	if (r >= 0)
		r = sd_event_add_io(event, &mounts->readable, fd, EPOLLIN, on_readable, mounts);
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
	pnpn_mount_table_deinit(&mounts->table);
	free(mounts);
	return NULL;
}
