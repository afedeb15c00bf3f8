/* SPDX-License-Identifier: MIT */
/* What a device offers, as text of lines (docs/fleet.md): its names and interfaces. Knows nothing of NATS. */
#ifndef PNPN_FLEET_DESCRIPTION_H
#define PNPN_FLEET_DESCRIPTION_H

#include <stddef.h>
#include <stdint.h>
#include <pnpnotify.h>
#include "core/name.h"

/** So many names and so many interfaces are told of a device. */
#define PNPN_DESCRIPTION_NAMES 16

/** The longest text. */
#define PNPN_DESCRIPTION_BYTES 32768

struct pnpn_description {
	char device[PNPN_INSTANCE_ID_BYTES];
	uint64_t since; /* when it was started */
	char links[PNPN_DESCRIPTION_NAMES][PNPN_NAME_BYTES]; /* \\.\ names */
	size_t n_links;
	struct {
		struct pnpn_guid class;
		char reference
			[PNPN_NAME_BYTES]; /* what tells interfaces of one class apart; mostly "" */
	} interfaces[PNPN_DESCRIPTION_NAMES]; /* those that are enabled */
	size_t n_interfaces;
};

/** What an interface's name ends with behind its class: "" for most. */
const char *pnpn_description_reference(const char *interface);

/** Writes the text, and its final zero. Returns its bytes without that; -ENAMETOOLONG. */
int pnpn_description_encode(const struct pnpn_description *description,
			    char ret_text[PNPN_DESCRIPTION_BYTES]);

/** Reads a text that may be anything (F6); lines of words that it does not know are skipped. Returns 0; -EBADMSG. */
int pnpn_description_decode(const char *text, size_t size,
			    struct pnpn_description *ret_description);

#endif
