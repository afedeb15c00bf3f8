/* SPDX-License-Identifier: MIT */
/* A device's ring in user space's hands. */
#ifndef PNPN_KERNEL_RING_FILE_H
#define PNPN_KERNEL_RING_FILE_H

struct pnpn_device;

/** A descriptor of the device's ring for this process, which holds the device's memory. Returns it, or an
 *  errno. */
int pnpn_ring_file_new(struct pnpn_device *device);

#endif
