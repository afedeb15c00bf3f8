/* SPDX-License-Identifier: MIT */
/* src/core includes <pnpnotify.h> for struct pnpn_guid: inside Linux the drivers' header has it. */
#ifndef PNPN_SHIM_PNPNOTIFY_H
#define PNPN_SHIM_PNPNOTIFY_H

#include <linux/types.h>
#include <pnpnotify/driver.h>

/** Whether two GUIDs are the same: not given out to drivers. */
bool pnpn_guid_equal(const struct pnpn_guid *a, const struct pnpn_guid *b);

#endif
