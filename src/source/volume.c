/* SPDX-License-Identifier: MIT */
#include <blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/volume.h"

#define SECTOR_BYTES 512
/* Where on a partition labels are. */
#define LABEL_BYTES (64 << 20)

static int probe(blkid_probe prober, char **ret_label, bool *ret_has_volume)
{
	const char *label = NULL, *usage = NULL;

	blkid_probe_enable_superblocks(prober, 1);
	blkid_probe_set_superblocks_flags(prober, BLKID_SUBLKS_LABEL | BLKID_SUBLKS_USAGE);
	errno = 0;
	int r = blkid_do_safeprobe(prober);
	if (r == -1 && pnpn_is_shortage(errno))
		return -errno;
	if (r == 0) {
		(void)blkid_probe_lookup_value(prober, "LABEL", &label, NULL);
		(void)blkid_probe_lookup_value(prober, "USAGE", &usage, NULL);
	}
	char *copy = strdup(label ? label : "");
	if (!copy)
		return -ENOMEM;
	*ret_label = copy;
	*ret_has_volume = usage && strcmp(usage, "filesystem") == 0;
	return 0;
}

static int probe_at(int fd, uint64_t offset, uint64_t size, char **ret_label, bool *ret_has_volume)
{
	errno = 0;
	blkid_probe prober = blkid_new_probe();
	int r = !prober ? -ENOMEM
		: blkid_probe_set_device(prober, fd, (blkid_loff_t)offset, (blkid_loff_t)size) == 0
			? probe(prober, ret_label, ret_has_volume)
		: pnpn_is_shortage(errno) ? -errno
					  : -EIO;

	blkid_free_probe(prober);
	return r;
}

/* The node of that device, not of one that has its name by now. Returns a descriptor; an errno. */
static int open_node(struct udev_device *device)
{
	const char *devnode = udev_device_get_devnode(device);
	struct stat st;

	if (!devnode)
		return -ENXIO;
	int fd = open(devnode, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || st.st_rdev != udev_device_get_devnum(device)) {
		close(fd);
		return -ENXIO;
	}
	return fd;
}

static uint64_t sectors(struct udev_device *device, const char *attribute)
{
	const char *value = udev_device_get_sysattr_value(device, attribute);

	return value ? SECTOR_BYTES * strtoull(value, NULL, 10) : 0;
}

/* A partition is read through its disk, whose pages may be older than what was written through the partition's
 * node; where it is mounted, through its own, which nobody can delete. */
static int probe_partition(struct udev_device *device, int disk, bool is_mounted, char **ret_label,
			   bool *ret_has_volume)
{
	uint64_t start = sectors(device, "start"), size = sectors(device, "size");

	if (!is_mounted) {
		(void)posix_fadvise(disk, (off_t)start,
				    size < LABEL_BYTES ? (off_t)size : LABEL_BYTES,
				    POSIX_FADV_DONTNEED);
		return size ? probe_at(disk, start, size, ret_label, ret_has_volume) : -ENXIO;
	}
	int fd = open_node(device);
	if (fd < 0)
		return fd;
	int r = probe_at(fd, 0, 0, ret_label, ret_has_volume);
	close(fd);
	return r;
}

/* Who reads one waits until it goes on. */
static bool is_suspended(struct udev_device *disk)
{
	const char *suspended = udev_device_get_sysattr_value(disk, "dm/suspended");

	return suspended && strcmp(suspended, "1") == 0;
}

int pnpn_volume_probe(struct udev_device *device, bool is_mounted, char **ret_label,
		      bool *ret_has_volume)
{
	const char *type = udev_device_get_devtype(device);
	bool is_partition = type && strcmp(type, "partition") == 0;
	struct udev_device *disk = is_partition ? udev_device_get_parent_with_subsystem_devtype(
							  device, "block", "disk")
						: device;
	int r;

	if (disk && is_suspended(disk))
		return -EAGAIN;
	int fd = disk ? open_node(disk) : -ENXIO;
	if (fd < 0)
		return fd;
	/* systemd.io/BLOCK_DEVICE_LOCKING: closing the descriptor lets go. */
	if (flock(fd, LOCK_SH | LOCK_NB) < 0)
		r = errno == EWOULDBLOCK ? -EAGAIN : -errno;
	else if (is_partition)
		r = probe_partition(device, fd, is_mounted, ret_label, ret_has_volume);
	else
		r = probe_at(fd, 0, 0, ret_label, ret_has_volume);
	close(fd);
	return r;
}

bool pnpn_volume_is_going(struct udev_device *device)
{
	int fd = open_node(device);

	if (fd >= 0)
		close(fd);
	return fd == -ENXIO;
}

bool pnpn_volume_has_medium(const char *devnode)
{
	int fd = open(devnode, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool has = fd >= 0 && ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT) == CDS_DISC_OK;

	if (fd >= 0)
		close(fd);
	return has;
}
