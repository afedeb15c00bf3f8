/* SPDX-License-Identifier: MIT */
/* Names of Linux's devices as instance ids and links, and what udev encodes in labels. */
#ifndef PNPN_SOURCE_LINUX_NAME_H
#define PNPN_SOURCE_LINUX_NAME_H

#include <stddef.h>
#include "core/name.h"

/**
 * pnpn_linux_instance_id() - LINUX\<SUBSYSTEM>\<NAME>
 *
 * Small letters become capitals; whatever else is no letter, digit or one of _-.: becomes %XX. A part in
 * capitals ends with ~, and in one that has both the capitals are %XX too, so that no two names become
 * one. Returns 0; -ENODEV without a subsystem: Linux tells none of a device that went meanwhile; -ENAMETOOLONG.
 */
int pnpn_linux_instance_id(const char *subsystem, const char *name,
			   char ret_id[PNPN_INSTANCE_ID_BYTES]);

/**
 * pnpn_linux_read_id() - the instance id of what Linux writes as LINUX\tty\ttyS0 (L1)
 *
 * The subsystem's case does not count: none has capitals. Returns 0; -EINVAL for what begins in another way;
 * -ENAMETOOLONG.
 */
int pnpn_linux_read_id(const char *name, char ret_id[PNPN_INSTANCE_ID_BYTES]);

/** \\.\NAME, each byte that is no UTF-8 as %XX: a link is text. A name that is too long is cut off. */
void pnpn_linux_link(const char *name, char ret_link[PNPN_NAME_BYTES]);

/** Undoes udev's \xNN in place. */
void pnpn_linux_decode_label(char *label);

#endif
