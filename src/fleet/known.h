/* SPDX-License-Identifier: MIT */
/* This machine's devices, as a publisher told of them: what the servers have, so that it goes on from there. */
#ifndef PNPN_FLEET_KNOWN_H
#define PNPN_FLEET_KNOWN_H

#include <stdbool.h>
#include <stdint.h>
#include "core/list.h"
#include "core/map.h"
#include "fleet/description.h"

struct pnpn_known_device {
	struct pnpn_map_link by_id;
	struct pnpn_list link;
	char id[PNPN_INSTANCE_ID_BYTES];
	char token[3 * PNPN_INSTANCE_ID_BYTES];
	uint64_t since; /* 0: not known */
	uint64_t sequence; /* of the last event that was published */
	bool has_sequence;
	bool resumed; /* told of before this program began */
	bool wanted; /* by the filters */
	char *text; /* its description, as it was published; NULL if none was */
	struct pnpn_guid classes[PNPN_DESCRIPTION_NAMES];
	size_t n_classes;
};

struct pnpn_known {
	struct pnpn_map by_id;
	struct pnpn_list devices;
};

void pnpn_known_init(struct pnpn_known *known);
void pnpn_known_deinit(struct pnpn_known *known);

/** The device of that id, made if it is new; NULL without memory, or if the id is too long for a part of a subject. */
struct pnpn_known_device *pnpn_known_get(struct pnpn_known *known, const char *id);

/** It is gone; frees it. */
void pnpn_known_forget(struct pnpn_known_device *device);

#endif
