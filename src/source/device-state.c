/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/device-state.h"
#include "source/linux-name.h"
#include "source/volume.h"

#define SECTOR_BYTES 512

static const char *property(struct udev_device *device, const char *name)
{
	const char *value = udev_device_get_property_value(device, name);

	return value ? value : "";
}

static bool is_block(struct udev_device *device)
{
	const char *subsystem = udev_device_get_subsystem(device);

	return subsystem && strcmp(subsystem, "block") == 0;
}

static uint64_t number(const char *text)
{
	return text ? strtoull(text, NULL, 10) : 0;
}

static uint64_t hash(const char *text)
{
	uint64_t value = 14695981039346656037ull;

	for (; text && *text; text++)
		value = (value ^ (unsigned char)*text) * 1099511628211ull;
	return value;
}

/* What udev found out, in any order: not what differs from event to event. */
static uint64_t sum_properties(struct udev_device *device)
{
	struct udev_list_entry *entry;
	uint64_t sum = 0;

	udev_list_entry_foreach (entry, udev_device_get_properties_list_entry(device))
		if (strncmp(udev_list_entry_get_name(entry), "ID_", 3) == 0)
			sum += hash(udev_list_entry_get_name(entry)) ^
			       3 * hash(udev_list_entry_get_value(entry));
	return sum;
}

/* Where udev has not looked, we do later. */
static int read_volume(struct pnpn_device_state *state, struct udev_device *device, bool looked)
{
	state->is_read = state->by_udev = looked;
	if (looked)
		state->has_volume = strcmp(property(device, "ID_FS_USAGE"), "filesystem") == 0;
	state->label = strdup(looked ? property(device, "ID_FS_LABEL_ENC") : "");
	if (!state->label)
		return -ENOMEM;
	pnpn_linux_decode_label(state->label);
	return 0;
}

static bool is_removable(struct udev_device *device)
{
	const char *removable = udev_device_get_sysattr_value(device, "removable");

	return removable && strcmp(removable, "1") == 0;
}

/* The file is made with the device, and the first thing of it that goes: Linux tells of the removal after that. */
uint64_t pnpn_device_incarnation(const char *syspath)
{
	char path[512];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s/uevent", syspath) >= (int)sizeof(path) ||
	    stat(path, &st) < 0)
		return 0;
	return st.st_ino;
}

static uint64_t read_size(struct udev_device *device)
{
	return SECTOR_BYTES * number(udev_device_get_sysattr_value(device, "size"));
}

/* Each medium has its size, of which the drive may hear a moment later. */
uint64_t pnpn_device_size(struct udev_device *device)
{
	return is_removable(device) ? 0 : read_size(device);
}

static bool has_medium(struct udev_device *device, bool looked)
{
	const char *devnode = udev_device_get_devnode(device);

	if (!is_removable(device))
		return true;
	if (strncmp(udev_device_get_sysname(device), "sr", 2) != 0)
		return read_size(device);
	if (looked)
		return strcmp(property(device, "ID_CDROM_MEDIA"), "1") == 0;
	return devnode && pnpn_volume_has_medium(devnode);
}

/* An array's number counts up at its first opening: it is the same array. */
static bool is_array(struct udev_device *device)
{
	return strncmp(udev_device_get_sysname(device), "md", 2) == 0;
}

static void read_medium(struct pnpn_device_state *state, struct udev_device *device, bool looked)
{
	state->has_medium = has_medium(device, looked);
	if (state->has_medium && !is_array(device))
		state->medium = number(udev_device_get_sysattr_value(device, "diskseq"));
}

/* Linux says that a medium is another one before it has read how large that is: when somebody opens it. udev does. */
static void have_size_read(struct udev_device *device)
{
	const char *devnode = udev_device_get_devnode(device);
	int fd = devnode && is_removable(device) &&
				 strcmp(property(device, "DISK_MEDIA_CHANGE"), "1") == 0
			 ? open(devnode, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
			 : -1;

	if (fd >= 0)
		close(fd);
}

static int read_block(struct pnpn_device_state *state, struct udev_device *device, bool looked)
{
	state->number = udev_device_get_devnum(device);
	if (!looked)
		have_size_read(device);
	read_medium(state, device, looked);
	state->size = pnpn_device_size(device);
	return read_volume(state, device, looked);
}

int pnpn_device_state_read(struct pnpn_device_state *state, struct udev_device *device,
			   bool has_udev)
{
	/* What is suspended udev's rules leave alone. */
	bool looked = has_udev && udev_device_get_is_initialized(device) > 0 &&
		      strcmp(property(device, "DM_SUSPENDED"), "1") != 0;
	const char *syspath = udev_device_get_syspath(device);
	int r = 0;

	*state = (struct pnpn_device_state){.has_medium = true};
	state->incarnation = pnpn_device_incarnation(syspath);
	state->identity = number(udev_device_get_sysattr_value(device, "ifindex"));
	/* The kernel's events have none of them, what udev left lying about has. */
	state->properties = has_udev ? sum_properties(device) : 0;
	if (is_block(device))
		r = read_block(state, device, looked);
	/* What was read of two devices is no device's. */
	if (state->incarnation != pnpn_device_incarnation(syspath))
		state->incarnation = 0;
	return r;
}

bool pnpn_device_state_is_exchanged(const struct pnpn_device_state *state,
				    struct udev_device *device)
{
	struct pnpn_device_state now = {0};

	read_medium(&now, device, false);
	return !pnpn_device_state_is_same_medium(&now, state);
}

bool pnpn_device_state_is_same_medium(const struct pnpn_device_state *a,
				      const struct pnpn_device_state *b)
{
	return a->has_medium == b->has_medium && a->medium == b->medium;
}

int pnpn_device_state_keep_volume(struct pnpn_device_state *state, struct pnpn_device_state *known,
				  bool is_event)
{
	/* udev was gone meanwhile, and what it says without an event may be of before. */
	bool is_old = !is_event && known->is_read && !known->by_udev;

	if ((state->is_read && !is_old) || !state->label || !known->label ||
	    !pnpn_device_state_is_same_medium(state, known))
		return 0;
	char *label = strdup(known->label);
	if (!label)
		return -ENOMEM;
	free(state->label);
	state->label = label;
	state->has_volume = known->has_volume;
	state->is_read = known->is_read;
	return 0;
}

void pnpn_device_state_deinit(struct pnpn_device_state *state)
{
	free(state->label);
	*state = (struct pnpn_device_state){0};
}
