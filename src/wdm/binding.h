/* SPDX-License-Identifier: MIT */
/* Which driver of the host is for which devices of bus drivers, by id. The PnP thread's. */
#ifndef PNPN_WDM_BINDING_H
#define PNPN_WDM_BINDING_H

#include "wdm/node.h"

/** A driver is for devices that have this id; copied. STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES. */
NTSTATUS pnpn_binding_add(PDRIVER_OBJECT driver, const char *id);

/** The driver is for no device any more. */
void pnpn_binding_drop(PDRIVER_OBJECT driver);

/** The driver for a device that a bus driver made, or NULL. */
PDRIVER_OBJECT pnpn_binding_find(const struct pnpn_node *node);

#endif
