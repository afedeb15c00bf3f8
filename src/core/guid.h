/* SPDX-License-Identifier: MIT */
/* GUIDs as text and as bytes; what is not declared here is pnpnotify.h's. */
#ifndef PNPN_CORE_GUID_H
#define PNPN_CORE_GUID_H

#include <stdbool.h>
#include <stddef.h>
#include <pnpnotify.h>

/** Whether it is one of so many. */
bool pnpn_guid_is_among(const struct pnpn_guid *guids, size_t n, const struct pnpn_guid *guid);

/** Whether it is all zero. */
bool pnpn_guid_is_null(const struct pnpn_guid *guid);

#endif
