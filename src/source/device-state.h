/* SPDX-License-Identifier: MIT */
/* What of a device may change. */
#ifndef PNPN_SOURCE_DEVICE_STATE_H
#define PNPN_SOURCE_DEVICE_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "source/shortage.h"

struct pnpn_device_state {
	char *label; /* of its volume; "" without; NULL of what can't have one */
	bool has_volume;
	bool is_read; /* what is on it, or was when it came */
	bool by_udev; /* who looks at it again too */
	bool has_medium; /* of a drive whose media come and go; else true */
	dev_t number; /* a block device's; else 0 */
	uint64_t size; /* bytes; 0 of what has none */
	uint64_t medium; /* another one is another medium in the same place; 0 without one */
	uint64_t incarnation; /* another one is another device at the same path; 0: none is there */
	uint64_t
		identity; /* a network interface's number, of which another is another device; else 0 */
	uint64_t properties; /* a sum over what udev found out */
};

/** Reads it. Returns 0; -ENOMEM. */
int pnpn_device_state_read(struct pnpn_device_state *state, struct udev_device *device,
			   bool has_udev);

/** A block device's bytes as they are now; 0 if they can't be read, or come and go with its media. */
uint64_t pnpn_device_size(struct udev_device *device);

/** Which of the devices that there were at a path below /sys, one after another; 0 if none is there, though its
 *  removal may not have been told yet. */
uint64_t pnpn_device_incarnation(const char *syspath);

/** Whether what is in a drive is what was. */
bool pnpn_device_state_is_same_medium(const struct pnpn_device_state *a,
				      const struct pnpn_device_state *b);

/** Whether there is another medium in a drive by now than was when its state was read. */
bool pnpn_device_state_is_exchanged(const struct pnpn_device_state *state,
				    struct udev_device *device);

/** What nobody has looked at again is as it was, if the medium is the same; is_event: the state was read because
 *  somebody told of a change. */
int pnpn_device_state_keep_volume(struct pnpn_device_state *state, struct pnpn_device_state *known,
				  bool is_event);

void pnpn_device_state_deinit(struct pnpn_device_state *state);

#endif
