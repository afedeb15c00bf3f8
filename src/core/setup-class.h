/* SPDX-License-Identifier: MIT */
/* Windows' setup classes: what kind of device something is, whatever its interfaces (U17). */
#ifndef PNPN_CORE_SETUP_CLASS_H
#define PNPN_CORE_SETUP_CLASS_H

#include <stddef.h>
#include <pnpnotify.h>

struct pnpn_setup_class {
	const char *name; /* as programs ask for it: "Ports" */
	const char *description; /* for people: "Ports (COM & LPT)" */
	struct pnpn_guid guid;
};

/** The class at index, or NULL past the end. */
const struct pnpn_setup_class *pnpn_setup_class_at(size_t index);

/** The one of that name, in any case, or NULL. */
const struct pnpn_setup_class *pnpn_setup_class_named(const char *name);

/** The one of that GUID, or NULL. */
const struct pnpn_setup_class *pnpn_setup_class_of(const struct pnpn_guid *guid);

#endif
