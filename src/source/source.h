/* SPDX-License-Identifier: MIT */
/*
 * Where Linux's own devices come from. The source knows nothing of the manager: it tells of what it
 * sees through the functions it was given, on the thread of the event loop.
 */
#ifndef PNPN_SOURCE_SOURCE_H
#define PNPN_SOURCE_SOURCE_H

#include <systemd/sd-event.h>
#include "source/sink.h"

struct pnpn_source;

/**
 * pnpn_source_new() - tell of the devices that are there, then of changes
 * @sink: copied; called from within this call too
 *
 * Returns 0; an errno.
 */
int pnpn_source_new(struct pnpn_source **ret_source, sd_event *event,
		    const struct pnpn_source_sink *sink);

/** Somebody asks for the device at that path below /sys: what Linux tells nobody of is found out now. */
void pnpn_source_asked(struct pnpn_source *source, const char *syspath);

/** Tells what Linux and udev know of the device at that path below /sys (U17), if it is there. */
void pnpn_source_tell_properties(struct pnpn_source *source, const char *syspath,
				 const struct pnpn_property_sink *sink);

/** Ends it; tells of nothing more. NULL is allowed. Returns NULL. */
struct pnpn_source *pnpn_source_free(struct pnpn_source *source);

#endif
