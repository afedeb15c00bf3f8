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
	bool is_read; /* what is on it, or was when it came */
	bool by_udev; /* who looks at it again too */
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

/** Which of the devices that there were at a path below /sys, one after another; 0 if none is there, though its
 *  removal may not have been told yet. */
uint64_t pnpn_device_incarnation(const char *syspath);

/** What nobody has looked at again is as it was, if the medium is the same; is_event: the state was read because
 *  somebody told of a change. */
void pnpn_device_state_keep_volume(struct pnpn_device_state *state, struct pnpn_device_state *known,
				   bool is_event);

/** Its label is that one now; tells: if it is another one, that is told. */
void pnpn_device_state_set_label(struct pnpn_source *source, struct pnpn_known *known,
				 const char *label, bool tells);

void pnpn_device_state_deinit(struct pnpn_device_state *state);

/** Tells the differences between what is known and the new state, or of the event itself if there are
 *  none but it is one; the known state is the new one then. */
void pnpn_device_state_tell(struct pnpn_source *source, struct pnpn_known *known,
			    struct pnpn_device_state *state, struct udev_device *device);

#endif
