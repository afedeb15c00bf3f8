/* SPDX-License-Identifier: MIT */
/* What is on a disk, where udev has not looked: libblkid does. */
#ifndef PNPN_SOURCE_VOLUME_H
#define PNPN_SOURCE_VOLUME_H

#include <stdbool.h>
#include "source/shortage.h"

/**
 * pnpn_volume_probe() - the file system on a block device
 * @is_mounted: it is, and what it has not written yet counts
 * @ret_label: the caller's; "" without one
 * @ret_has_volume: whether there is a file system
 *
 * Holds the lock on the whole disk that who looks takes, and no partition open that may be deleted. Returns 0;
 * -EAGAIN if somebody works on the disk who is not to be disturbed; an errno.
 */
int pnpn_volume_probe(struct udev_device *device, bool is_mounted, char **ret_label,
		      bool *ret_has_volume);

/** Whether a disk, though it is there yet, can't be opened any more: Linux takes it down. */
bool pnpn_volume_is_going(struct udev_device *device);

/** Whether there is a medium in a CD-ROM drive. */
bool pnpn_volume_has_medium(const char *devnode);

#endif
