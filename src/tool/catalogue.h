/* SPDX-License-Identifier: MIT */
/* GUIDs by name, from data/. */
#ifndef PNPN_TOOL_CATALOGUE_H
#define PNPN_TOOL_CATALOGUE_H

#include <pnpnotify.h>

/** An event's name, or NULL. */
const char *pnpn_catalogue_event_name(const struct pnpn_guid *guid);

/** A class's name, or NULL. */
const char *pnpn_catalogue_class_name(const struct pnpn_guid *guid);

/** An event by name or as a GUID. Returns 0; -EINVAL. */
int pnpn_catalogue_find_event(const char *word, struct pnpn_guid *ret_guid);

/** A class by name or as a GUID. Returns 0; -EINVAL. */
int pnpn_catalogue_find_class(const char *word, struct pnpn_guid *ret_guid);

#endif
