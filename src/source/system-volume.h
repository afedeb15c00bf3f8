/* SPDX-License-Identifier: MIT */
/* Volumes that belong to the system: they have no letters (U16). */
#ifndef PNPN_SOURCE_SYSTEM_VOLUME_H
#define PNPN_SOURCE_SYSTEM_VOLUME_H

#include <stdbool.h>
#include "source/shortage.h"

/** Whether a block device is mounted where the system lives: /, /boot, /home, /opt, /snap, /srv, /usr, /var or below. */
bool pnpn_is_system_volume(struct udev_device *device);

#endif
