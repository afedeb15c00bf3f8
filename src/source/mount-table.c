/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <glob.h>
#include <libmount.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "source/mount-id.h"
#include "source/mount-table.h"
#include "source/shortage.h"

#define MOUNTINFO "/proc/self/mountinfo"

static int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int pnpn_mount_compare(const struct pnpn_mount *a, const struct pnpn_mount *b)
{
	int difference = order(a->id, b->id);

	difference = difference ? difference : order((uint64_t)a->number, (uint64_t)b->number);
	difference = difference ? difference : order(a->device, b->device);
	return difference ? difference : strcmp(a->target, b->target);
}

static int compare(const void *a, const void *b)
{
	return pnpn_mount_compare(a, b);
}

static int add(struct pnpn_mount_table *table, const struct pnpn_mount *mount)
{
	struct pnpn_mount *more = realloc(table->mounts,
					  (table->n_mounts + 1) * sizeof(*table->mounts));

	if (!more)
		return -ENOMEM;
	table->mounts = more;
	more[table->n_mounts] = *mount;
	more[table->n_mounts].target = strdup(mount->target);
	if (!more[table->n_mounts].target)
		return -ENOMEM;
	table->n_mounts++;
	return 0;
}

/* --- btrfs, which may lie on several devices ------------------------------------------------------ */

static bool read_number(const char *path, dev_t *ret_number)
{
	unsigned int major_part, minor_part;
	FILE *file = fopen(path, "re");
	bool is_read = file && fscanf(file, "%u:%u", &major_part, &minor_part) == 2;

	if (file)
		fclose(file);
	if (is_read)
		*ret_number = makedev(major_part, minor_part);
	return is_read;
}

/* The mount of each device in a file system's folder. */
static int add_each(struct pnpn_mount_table *table, const struct pnpn_mount *mount,
		    const char *folder)
{
	struct pnpn_mount each = *mount;
	char pattern[PATH_MAX];
	glob_t found = {0};
	int r = 0;

	snprintf(pattern, sizeof(pattern), "%s/*/dev", folder);
	if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc && r >= 0; i++)
			if (read_number(found.gl_pathv[i], &each.device))
				r = add(table, &each);
	globfree(&found);
	return r;
}

/* The kernel's name of a block device, behind the last slash of what its number leads to. */
static const char *find_name(const char *node, char target[PATH_MAX])
{
	char link[64];
	struct stat st;

	if (!node || stat(node, &st) < 0 || !S_ISBLK(st.st_mode))
		return NULL;
	snprintf(link, sizeof(link), "/sys/dev/block/%u:%u", major(st.st_rdev), minor(st.st_rdev));
	ssize_t length = readlink(link, target, PATH_MAX - 1);
	if (length < 0)
		return NULL;
	target[length] = 0;
	const char *slash = strrchr(target, '/');
	return slash ? slash + 1 : target;
}

/*
 * The device number of a btrfs is of nothing else, but its source is no user's word: the kernel itself names
 * one of the devices there, and all of them in a folder.
 */
static int add_btrfs(struct pnpn_mount_table *table, const struct pnpn_mount *mount,
		     const char *source)
{
	char target[PATH_MAX], pattern[PATH_MAX + 64];
	const char *name = find_name(source, target);
	glob_t found = {0};
	int r = 0;

	if (!name)
		return 0;
	snprintf(pattern, sizeof(pattern), "/sys/fs/btrfs/*/devices/%s", name);
	if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
		*strrchr(found.gl_pathv[0], '/') = 0;
		r = add_each(table, mount, found.gl_pathv[0]);
	}
	globfree(&found);
	return r;
}

/* --- reading -------------------------------------------------------------------------------------- */

/*
 * Only the kernel is believed (L2): whoever mounts a file system without a device, FUSE for one, may call its
 * source what he likes.
 */
static int add_fs(struct pnpn_mount_table *table, struct libmnt_fs *fs, uint64_t id)
{
	const char *target = mnt_fs_get_target(fs), *type = mnt_fs_get_fstype(fs);
	struct pnpn_mount mount = {
		.id = id,
		.number = mnt_fs_get_id(fs),
		.device = mnt_fs_get_devno(fs),
		.target = (char *)(target ? target : ""),
	};

	if (major(mount.device))
		return add(table, &mount);
	return type && strcmp(type, "btrfs") == 0 ? add_btrfs(table, &mount, mnt_fs_get_source(fs))
						  : 0;
}

static int add_all(struct pnpn_mount_table *table, struct libmnt_table *mountinfo)
{
	struct pnpn_mount_ids ids = {0};
	struct libmnt_iter *iterator = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	int r = pnpn_mount_ids_read(&ids);
	bool has_ids = r >= 0;

	r = !iterator || r == -ENOMEM ? -ENOMEM : 0;
	while (r >= 0 && mnt_table_next_fs(mountinfo, iterator, &fs) == 0) {
		uint64_t id = pnpn_mount_ids_find(&ids, (uint32_t)mnt_fs_get_id(fs));
		/* One that went after its line was read. */
		if (has_ids && !id)
			continue;
		r = add_fs(table, fs, id);
	}
	mnt_free_iter(iterator);
	pnpn_mount_ids_deinit(&ids);
	return r;
}

int pnpn_mount_table_read(struct pnpn_mount_table *ret_table)
{
	struct pnpn_mount_table table = {0};
	errno = 0;
	struct libmnt_table *mountinfo = mnt_new_table_from_file(MOUNTINFO);

	if (!mountinfo)
		return pnpn_is_shortage(errno) ? -errno : -EIO;
	int r = add_all(&table, mountinfo);
	mnt_unref_table(mountinfo);
	if (r < 0) {
		pnpn_mount_table_deinit(&table);
		return r;
	}
	qsort(table.mounts, table.n_mounts, sizeof(*table.mounts), compare);
	*ret_table = table;
	return 0;
}

void pnpn_mount_table_deinit(struct pnpn_mount_table *table)
{
	for (size_t i = 0; i < table->n_mounts; i++)
		free(table->mounts[i].target);
	free(table->mounts);
	*table = (struct pnpn_mount_table){0};
}
