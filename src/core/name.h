/* SPDX-License-Identifier: MIT */
/* Names of devices: instance ids, interface names (D1, D2), \\.\ links. ASCII case does not count. */
#ifndef PNPN_CORE_NAME_H
#define PNPN_CORE_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <pnpnotify.h>

/** The most bytes of an instance id, the final zero included. */
#define PNPN_INSTANCE_ID_BYTES 201

/** The most bytes of an interface name or a link, the final zero included. */
#define PNPN_NAME_BYTES 512

/**
 * pnpn_instance_id_normalize() - check an instance id and write it in upper case
 *
 * Three non-empty parts between single backslashes, of letters, digits and _-.&{}:+@%=,~ (what
 * Linux's own names need). Returns 0; -EINVAL, nothing written.
 */
int pnpn_instance_id_normalize(const char *id, char ret_id[PNPN_INSTANCE_ID_BYTES]);

/**
 * pnpn_interface_name_format() - the name of a device's interface (D1)
 * @reference: NULL or "" for none
 *
 * \\?\ROOT#HELLO#0000#{class}, upper case up to the second #, then lower case; a reference string
 * follows after a backslash. Returns 0; -EINVAL for a reference with / or \ (D2), or a name too long.
 */
int pnpn_interface_name_format(const char *instance_id, const struct pnpn_guid *interface_class,
			       const char *reference, char ret_name[PNPN_NAME_BYTES]);

/** Whether a string is a \\.\ name: a non-empty rest without \, / and #{ (which only interfaces have),
 *  PNPN_NAME_BYTES at most. */
bool pnpn_link_is_valid(const char *link);

/**
 * pnpn_name_normalize() - a device's or interface's name however it is spelt
 * @name: something after \\.\, \\?\, \??\, \DosDevices\ or \GLOBAL??\, in any case, with or without Global\
 *
 * What has a class (#{) is an interface: \\?\ stands before it then, and \\.\ before all others. Returns 0;
 * -EINVAL, nothing written.
 */
int pnpn_name_normalize(const char *name, char ret_name[PNPN_NAME_BYTES]);

/** The same for the spellings of kernel mode alone: \??\, \DosDevices\, \GLOBAL??\. */
int pnpn_name_from_kernel(const char *name, char ret_name[PNPN_NAME_BYTES]);

/** Whether two names are the same but for ASCII case; \??\ and \\?\ at the start are one. */
bool pnpn_name_equal(const char *a, const char *b);

#endif
