/* SPDX-License-Identifier: MIT */
/* What the parts of the source share. */
#ifndef PNPN_SOURCE_INTERNAL_H
#define PNPN_SOURCE_INTERNAL_H

#include <libudev.h>
#include <stdbool.h>
#include <systemd/sd-event.h>
#include "core/list.h"
#include "core/map.h"
#include "source/source.h"

struct pnpn_monitor;
struct pnpn_mounts;
struct pnpn_links;
struct pnpn_known;

struct pnpn_source {
	struct pnpn_source_sink sink;
	sd_event *event;
	struct udev *udev;
	struct pnpn_monitor *monitor;
	struct pnpn_mounts *mounts;
	struct pnpn_links *links;
	struct pnpn_list known;
	bool waits_for_udev; /* something that is there was not told of: udev may be at work on it */
	struct pnpn_map by_syspath;
};

/** A device was added or changed, or is there. */
void pnpn_source_look(struct pnpn_source *source, struct udev_device *device);

/** A device at that path is gone. */
void pnpn_source_gone(struct pnpn_source *source, const char *syspath);

/** Compares what is there with what was told, and tells the difference (L3). Returns 0; an errno. */
int pnpn_source_rescan(struct pnpn_source *source);

/** This is on a disk that we looked at ourselves. */
void pnpn_source_found_volume(struct pnpn_source *source, struct pnpn_known *known,
			      struct udev_device *device, const char *label, bool has_volume);

/** udev is done with all events that it had. */
void pnpn_source_udev_is_done(struct pnpn_source *source);

/** Whether udev looks at devices: then what it says is waited for. */
bool pnpn_source_has_udev(const struct pnpn_source *source);

/** Tells of an event whose data is a text, UTF-8. */
void pnpn_source_tell_text(struct pnpn_source *source, const struct pnpn_known *known,
			   const struct pnpn_guid *guid, const char *text);

#endif
