/* SPDX-License-Identifier: MIT */
/* Which drivers of the host are for which devices: those of bus drivers, and filters for any. The PnP thread's. */
#ifndef PNPN_WDM_BINDING_H
#define PNPN_WDM_BINDING_H

#include "wdm/node.h"

/** A driver is for devices that have this id, or a filter above their drivers; copied. STATUS_SUCCESS;
 *  STATUS_INSUFFICIENT_RESOURCES. */
NTSTATUS pnpn_binding_add(PDRIVER_OBJECT driver, const char *id, bool filter);

/** The driver is for no device any more. */
void pnpn_binding_drop(PDRIVER_OBJECT driver);

/** The driver for a device that a bus driver made, or NULL. */
PDRIVER_OBJECT pnpn_binding_find(const struct pnpn_node *node);

/** The filters of a device, in the order of their coming, one after the other: NULL is before the first one, and after the
 *  last. */
PDRIVER_OBJECT pnpn_binding_next_filter(const struct pnpn_node *node, PDRIVER_OBJECT after);

#endif
