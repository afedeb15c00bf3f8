/* SPDX-License-Identifier: MIT */
/* GUIDs as text and as bytes. The text functions are pnpnotify.h's pnpn_guid_to/from_string(). */
#ifndef PNPN_CORE_GUID_H
#define PNPN_CORE_GUID_H

#include <stdbool.h>
#include <stdint.h>
#include <pnpnotify.h>

/** Whether two GUIDs are the same. */
bool pnpn_guid_equal(const struct pnpn_guid *a, const struct pnpn_guid *b);

/** Whether it is all zero. */
bool pnpn_guid_is_null(const struct pnpn_guid *guid);

#endif
