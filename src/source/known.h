/* SPDX-License-Identifier: MIT */
/* A device that the sink was told of, and what is remembered of it to notice changes. */
#ifndef PNPN_SOURCE_KNOWN_H
#define PNPN_SOURCE_KNOWN_H

#include <stdbool.h>
#include "core/list.h"
#include "core/map.h"
#include "source/device-state.h"
#include "source/volume-look.h"

/* All of them. */
struct pnpn_known_devices {
	struct pnpn_list all;
	struct pnpn_map by_syspath;
};

struct pnpn_known {
	struct pnpn_list link; /* of all */
	struct pnpn_map_link by_syspath;
	char *instance_id;
	char *syspath;
	struct pnpn_device_state state;
	struct pnpn_volume_look look;
	bool is_found; /* no event told of it: a removal may yet be read of who had its path before */
	bool stale; /* not seen since the monitor lost events (L3) */
};

/** The device at that path below /sys, or NULL. */
struct pnpn_known *pnpn_known_find(struct pnpn_known_devices *devices, const char *syspath);

/** Remembers one, its state all zero. Returns NULL without memory. */
struct pnpn_known *pnpn_known_new(struct pnpn_known_devices *devices, const char *syspath,
				  const char *instance_id);

/** Forgets it. */
void pnpn_known_free(struct pnpn_known *known);

#endif
