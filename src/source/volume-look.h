/* SPDX-License-Identifier: MIT */
/*
 * When we look ourselves at what is on a disk: where udev does not, and for what Linux tells nobody. Whoever has
 * just attached, written to or partitioned a disk is not done with it yet: so it is looked at once it is quiet, and
 * while nobody has it locked.
 */
#ifndef PNPN_SOURCE_VOLUME_LOOK_H
#define PNPN_SOURCE_VOLUME_LOOK_H

#include <libudev.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

struct pnpn_device_state;
struct pnpn_volume_look;

/** Who looks: what it needs for that, and whom it tells. */
struct pnpn_volume_looker {
	sd_event *event;
	struct udev *udev;
	/** Whether udev looks at devices: then what it says is waited for. */
	bool (*has_udev)(void *userdata);
	bool (*is_mounted)(void *userdata, dev_t device);
	/** Whether there are events that were not read yet: what seems quiet may not be. */
	bool (*is_behind)(void *userdata);
	/** This is on a disk that we looked at ourselves. */
	void (*found)(void *userdata, struct pnpn_volume_look *look, struct udev_device *device,
		      const char *label, bool has_volume);
	void *userdata;
};

/** Of one device. */
struct pnpn_volume_look {
	const struct pnpn_volume_looker *looker; /* NULL until the device was told of */
	const char *syspath; /* the device's, as the state is */
	const struct pnpn_device_state *state;
	sd_event_source *timer; /* runs while a look is wanted */
	sd_event_source *written; /* watches its node where udev does not */
	int writes; /* tells of them until it was looked at first; -1 otherwise */
	uint64_t wanted_since; /* microseconds; 0 if none is wanted, or it was put off */
	uint64_t looked_at;
	unsigned int refused; /* so often in turn somebody had the disk locked */
	bool was_written; /* since it came */
	char *found; /* the label, where udev said another */
};

/** All zero but for what it is given, which lives longer. */
void pnpn_volume_look_init(struct pnpn_volume_look *look, const struct pnpn_volume_looker *looker,
			   const char *syspath, const struct pnpn_device_state *state);

/** A device has come or changed, or may have: it is looked at where that is for us to do; at_once: before
 *  this returns. Of what is no disk nothing is. */
void pnpn_volume_look_wanted(struct pnpn_volume_look *look, bool at_once);

/** It was mounted or unmounted: what its label is now Linux may have told nobody. */
void pnpn_volume_look_soon(struct pnpn_volume_look *look);

/** It is mounted, and from now on may get labels of which Linux tells nobody: the one that it came with is looked
 *  for before that, if nobody has yet. */
void pnpn_volume_look_mounted(struct pnpn_volume_look *look);

/** Somebody asks for the device: if it is mounted it is looked at now. What is not may be about to be detached or
 *  partitioned, and whatever is written to it Linux tells of. */
void pnpn_volume_look_asked(struct pnpn_volume_look *look);

void pnpn_volume_look_deinit(struct pnpn_volume_look *look);

#endif
