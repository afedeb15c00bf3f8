/* SPDX-License-Identifier: MIT */
/* Which disk \\.\PhysicalDriveN is, as the manager gave the names. */
#ifndef PNPN_WIN32_DISK_NUMBER_H
#define PNPN_WIN32_DISK_NUMBER_H

#include <stdbool.h>
#include <sys/types.h>

/** The number of a disk, or of the one that a partition is on, and the partition's, 0 for the whole. Returns false for what
 *  has none. */
bool pnpn_disk_number(dev_t device, unsigned int *ret_disk, unsigned int *ret_partition);

#endif
