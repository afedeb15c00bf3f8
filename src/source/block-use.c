/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "source/block-use.h"
#include "source/mount-table.h"

#define LOOPS "/sys/devices/virtual/block/loop"

static bool read_number(const char *folder, dev_t *ret_number)
{
	char path[PATH_MAX];
	unsigned int major_part, minor_part;

	snprintf(path, sizeof(path), "%s/dev", folder);
	FILE *file = fopen(path, "re");
	bool is_read = file && fscanf(file, "%u:%u", &major_part, &minor_part) == 2;
	if (file)
		fclose(file);
	if (is_read)
		*ret_number = makedev(major_part, minor_part);
	return is_read;
}

int pnpn_block_find_loop(const char *syspath, char *ret_path, size_t size, dev_t *ret_number)
{
	const char *name = strrchr(syspath, '/') + 1;
	bool is_loop = strncmp(syspath, LOOPS, strlen(LOOPS)) == 0 &&
		       name == syspath + strlen(LOOPS) - strlen("loop");

	if (!is_loop || !read_number(syspath, ret_number))
		return -EOPNOTSUPP;
	snprintf(ret_path, size, "/dev/%s", name);
	return 0;
}

/* --- mounts --------------------------------------------------------------------------------------------- */

/* Its folder, and those of its partitions. */
static bool find_folders(const char *syspath, glob_t *ret_folders)
{
	char pattern[PATH_MAX];

	snprintf(pattern, sizeof(pattern), "%s/dev", syspath);
	if (glob(pattern, GLOB_NOSORT, NULL, ret_folders) != 0)
		return false;
	snprintf(pattern, sizeof(pattern), "%s/*/partition", syspath);
	(void)glob(pattern, GLOB_NOSORT | GLOB_APPEND, NULL, ret_folders);
	for (size_t i = 0; i < ret_folders->gl_pathc; i++)
		*strrchr(ret_folders->gl_pathv[i], '/') = 0;
	return true;
}

static bool describe_mount(const char *folder, const struct pnpn_mount_table *table, char *ret_text,
			   size_t size)
{
	dev_t number;

	if (!read_number(folder, &number))
		return false;
	for (size_t i = 0; i < table->n_mounts; i++) {
		if (table->mounts[i].device != number)
			continue;
		snprintf(ret_text, size, "mounted at %s", table->mounts[i].target);
		return true;
	}
	return false;
}

/* Another block device on top: of the device mapper, of RAID. */
static bool describe_holder(const char *folder, char *ret_text, size_t size)
{
	char pattern[PATH_MAX];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/holders/*", folder);
	if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
		return false;
	snprintf(ret_text, size, "used by %s", strrchr(found.gl_pathv[0], '/') + 1);
	globfree(&found);
	return true;
}

void pnpn_block_describe_use(const char *syspath, char *ret_text, size_t size)
{
	struct pnpn_mount_table table;
	glob_t folders;
	bool found = false;

	snprintf(ret_text, size, "open elsewhere");
	if (!find_folders(syspath, &folders))
		return;
	bool has_table = pnpn_mount_table_read(&table) >= 0;
	for (size_t i = 0; i < folders.gl_pathc && !found; i++)
		found = (has_table &&
			 describe_mount(folders.gl_pathv[i], &table, ret_text, size)) ||
			describe_holder(folders.gl_pathv[i], ret_text, size);
	if (has_table)
		pnpn_mount_table_deinit(&table);
	globfree(&folders);
}
