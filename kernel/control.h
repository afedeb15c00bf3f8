/* SPDX-License-Identifier: MIT */
/* /dev/pnpnotify: what is there and what changes, for whoever opened it (pnpnotify/uapi.h). */
#ifndef PNPN_KERNEL_CONTROL_H
#define PNPN_KERNEL_CONTROL_H

#include <linux/types.h>
#include <pnpnotify/uapi.h>

struct pnpn_device;
struct pnpn_guid;

/** Makes the device node. Returns 0; an errno. */
int pnpn_control_init(void);

/** Takes it away: nobody has it open. */
void pnpn_control_deinit(void);

/** Queues a change for every reader. Under the tree's lock. May sleep. */
void pnpn_control_tell(struct pnpn_device *device, u32 kind, const char *name,
		       const struct pnpn_guid *class);

/** The same: the device was started. */
void pnpn_control_tell_came(struct pnpn_device *device);

#endif
