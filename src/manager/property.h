/* SPDX-License-Identifier: MIT */
/* What the owner of a device says of it (U17). */
#ifndef PNPN_MANAGER_PROPERTY_H
#define PNPN_MANAGER_PROPERTY_H

#include <stdbool.h>
#include <stddef.h>
#include "core/list.h"

struct pnpn_property_sink;

struct pnpn_property {
	struct pnpn_list link; /* in the node */
	size_t key_bytes; /* the value stands behind the key's zero */
	char key[];
};

/** Whether both may be an owner's. */
bool pnpn_property_is_valid(const char *key, const char *value);

/** One more in a list. Returns whether there was memory. */
bool pnpn_property_append(struct pnpn_list *list, const char *key, const char *value);

/** Tells all of a list. */
void pnpn_property_tell(struct pnpn_list *list, const struct pnpn_property_sink *sink);

/** Frees all of a list. */
void pnpn_property_clear(struct pnpn_list *list);

#endif
