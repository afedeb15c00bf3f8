/* SPDX-License-Identifier: MIT */
/* What of a device may change, and what a change is called (L2). */
#ifndef PNPN_SOURCE_DEVICE_STATE_H
#define PNPN_SOURCE_DEVICE_STATE_H

#include <libudev.h>
#include <stdbool.h>
#include <stdint.h>

struct pnpn_source;
struct pnpn_known;

struct pnpn_device_state {
	char *label; /* of its volume; "" without; NULL of what can't have one */
	bool has_volume;
	bool has_medium; /* of a drive whose media come and go; else true */
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

void pnpn_device_state_deinit(struct pnpn_device_state *state);

/** Tells the differences between what is known and the new state, or of the event itself if there are
 *  none but it is one; the known state is the new one then. */
void pnpn_device_state_tell(struct pnpn_source *source, struct pnpn_known *known,
			    struct pnpn_device_state *state, struct udev_device *device);

#endif
