/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include <pnpnotify.h>

#include "win32/connect.h"
#include "win32/disk-number.h"

/* Where the kernel has it, the caller's; NULL if it has none. */
static char *place_of(dev_t device)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major(device), minor(device));
	return realpath(path, NULL);
}

/* 0 for what is none. */
static unsigned int partition_at(const char *place)
{
	char path[PATH_MAX];
	unsigned int number = 0;

	snprintf(path, sizeof(path), "%s/partition", place);
	FILE *file = fopen(path, "re");
	if (file && fscanf(file, "%u", &number) != 1)
		number = 0;
	if (file)
		fclose(file);
	return number;
}

/* Among a device's links. */
static bool number_of(const struct pnpn_device_info *info, unsigned int *ret_number)
{
	const char *link;
	int end;

	for (size_t i = 0; (link = pnpn_device_info_get_link(info, i)); i++) {
		end = 0;
		if (sscanf(link, "\\\\.\\PhysicalDrive%3u%n", ret_number, &end) == 1 && end &&
		    !link[end])
			return true;
	}
	return false;
}

static bool has_link(const struct pnpn_device_info *info, const char *name)
{
	const char *link;

	for (size_t i = 0; (link = pnpn_device_info_get_link(info, i)); i++)
		if (strncmp(link, "\\\\.\\", 4) == 0 && strcmp(link + 4, name) == 0)
			return true;
	return false;
}

/* name: the kernel's. */
static bool find(const char *name, unsigned int *ret_number)
{
	struct pnpn_connection *connection;
	struct pnpn_device_list *devices = NULL;
	const struct pnpn_device_info *info;
	bool found = false;

	if (pnpn_win32_connect(&connection) < 0)
		return false;
	if (pnpn_list_devices(connection, &devices) >= 0)
		for (size_t i = 0; !found && (info = pnpn_device_list_get(devices, i)); i++)
			found = has_link(info, name) && number_of(info, ret_number);
	pnpn_device_list_free(devices);
	pnpn_disconnect(connection);
	return found;
}

bool pnpn_disk_number(dev_t device, unsigned int *ret_disk, unsigned int *ret_partition)
{
	char *place = place_of(device);

	if (!place)
		return false;
	*ret_partition = partition_at(place);
	if (*ret_partition)
		*strrchr(place, '/') = 0; /* a partition is below its disk */
	bool found = find(strrchr(place, '/') + 1, ret_disk);
	free(place);
	return found;
}
