/* SPDX-License-Identifier: MIT */
/*
 * GUIDs.
 *
 * Part of pnpnotify.h, which says what holds for all of it: threads, what blocks, errors, sizes in bytes; the clause ids name the
 * contract.
 */
#ifndef PNPNOTIFY_GUID_H
#define PNPNOTIFY_GUID_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A GUID in the layout of the Windows structure: the first three members in the machine's order. */
struct pnpn_guid {
	uint32_t data1; /* the first eight digits of the text */
	uint16_t data2; /* the next four */
	uint16_t data3; /* the four after them */
	uint8_t data4[8]; /* what is left, two digits each, in the order of the text */
};

/** Bytes that pnpn_guid_to_string() writes: 36 characters and the final zero. */
#define PNPN_GUID_STRING 37

/** Writes a guid as xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx, lower case. Any thread. */
void pnpn_guid_to_string(const struct pnpn_guid *guid, char ret_string[PNPN_GUID_STRING]);

/** Reads a guid with or without braces, either case. Any thread. Returns 0; -EINVAL. */
int pnpn_guid_from_string(const char *string, struct pnpn_guid *ret_guid);

/** Whether two GUIDs are the same. Any thread. */
bool pnpn_guid_equal(const struct pnpn_guid *a, const struct pnpn_guid *b);

#ifdef __cplusplus
}
#endif

#endif
