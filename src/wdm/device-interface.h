/* SPDX-License-Identifier: MIT */
/* Interfaces of a node's device (D1 to D3). */
#ifndef PNPN_WDM_DEVICE_INTERFACE_H
#define PNPN_WDM_DEVICE_INTERFACE_H

#include "wdm/node.h"

/** With the bus lock held: the node that has an interface of that name (\??\ or \\?\), or NULL. */
struct pnpn_node *pnpn_device_interface_find(const char *name,
					     struct pnpn_node_interface **ret_interface);

#endif
