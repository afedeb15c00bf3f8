/* SPDX-License-Identifier: MIT */
/* GUIDs by name, from data/. */
#ifndef PNPN_TOOL_CATALOGUE_H
#define PNPN_TOOL_CATALOGUE_H

#include <stddef.h>
#include <pnpnotify.h>

/** An event's name, or NULL. */
const char *pnpn_catalogue_event_name(const struct pnpn_guid *guid);

/** A class's name, or NULL. */
const char *pnpn_catalogue_class_name(const struct pnpn_guid *guid);

/** An event by name or as a GUID. Returns 0; -EINVAL. */
int pnpn_catalogue_find_event(const char *word, struct pnpn_guid *ret_guid);

/** A class by name or as a GUID. Returns 0; -EINVAL. */
int pnpn_catalogue_find_class(const char *word, struct pnpn_guid *ret_guid);

/** The index-th event's name, or NULL past the end; the word that people have for it, or NULL, goes to ret_word. */
const char *pnpn_catalogue_event_at(size_t index, const char **ret_word);

/** The index-th class's name, or NULL past the end. */
const char *pnpn_catalogue_class_at(size_t index);

#endif
