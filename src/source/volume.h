/* SPDX-License-Identifier: MIT */
/* What is on a disk, where udev has not looked: libblkid does. */
#ifndef PNPN_SOURCE_VOLUME_H
#define PNPN_SOURCE_VOLUME_H

#include <stdbool.h>

/** The label of the file system on a device node, "" without one; has_volume: whether there is a file
 *  system. The string is the caller's; NULL without memory. */
char *pnpn_volume_probe(const char *devnode, bool *ret_has_volume);

/** Whether there is a medium in a CD-ROM drive. */
bool pnpn_volume_has_medium(const char *devnode);

#endif
