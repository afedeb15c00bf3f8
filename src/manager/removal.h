/* SPDX-License-Identifier: MIT */
/* The orderly removal of a device, and its surprise: who takes part, who asked for it, what he is answered (D5 to
 * D7). What happens when is core/removal.h. */
#ifndef PNPN_MANAGER_REMOVAL_H
#define PNPN_MANAGER_REMOVAL_H

#include <systemd/sd-bus.h>

struct pnpn_peer;

/** Answers the Remove method once it is known how that ended. Returns 1; an errno, which is the answer. */
int pnpn_removal_handle(struct pnpn_peer *peer, sd_bus_message *call);

/** The peer went: what it asked for is given up, where that is not too late. */
void pnpn_removals_give_up(struct pnpn_peer *peer);

#endif
