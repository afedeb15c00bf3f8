/* SPDX-License-Identifier: MIT */
/* Of which interface classes a device of Linux is (L1). */
#ifndef PNPN_SOURCE_DEVICE_CLASS_H
#define PNPN_SOURCE_DEVICE_CLASS_H

#include <stdbool.h>
#include <stddef.h>
#include <pnpnotify.h>
#include "source/shortage.h"

/** A device has at most so many. */
#define PNPN_DEVICE_CLASSES 3

/** Serial ports, volumes and disks: what has names of its own as on Windows (U16). */
extern const struct pnpn_guid pnpn_class_serial, pnpn_class_volume, pnpn_class_disk;

/** Writes the classes of a device and returns how many; has_volume: a file system is on it. */
size_t pnpn_device_classes(struct udev_device *device, bool has_volume,
			   struct pnpn_guid classes[PNPN_DEVICE_CLASSES]);

#endif
