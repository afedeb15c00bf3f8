/* SPDX-License-Identifier: MIT */
/* The devices that a bus driver has (IRP_MN_QUERY_DEVICE_RELATIONS): which came, which are there no more. The PnP
 * thread's. */
#ifndef PNPN_WDM_RELATIONS_H
#define PNPN_WDM_RELATIONS_H

#include "wdm/node.h"

/** Asks the stack of a started device: those that are new are nodes afterwards, and which it named is noted in all of
 *  them. Returns whether it answered. */
bool pnpn_relations_query(struct pnpn_node *bus);

#endif
