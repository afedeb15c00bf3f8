/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <string.h>

#include "source/mount-table.h"
#include "source/system-volume.h"

static bool is_system_folder(const char *path)
{
	static const char *const folders[] = {"/boot", "/home", "/opt", "/snap",
					      "/srv",  "/usr",	"/var"};

	if (strcmp(path, "/") == 0)
		return true;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		size_t length = strlen(folders[i]);
		if (strncmp(path, folders[i], length) == 0 &&
		    (!path[length] || path[length] == '/'))
			return true;
	}
	return false;
}

bool pnpn_is_system_volume(struct udev_device *device)
{
	struct pnpn_mount_table table;
	dev_t number = udev_device_get_devnum(device);
	bool is = false;

	if (pnpn_mount_table_read(&table) < 0)
		return false;
	for (size_t i = 0; !is && i < table.n_mounts; i++)
		is = table.mounts[i].device == number && is_system_folder(table.mounts[i].target);
	pnpn_mount_table_deinit(&table);
	return is;
}
