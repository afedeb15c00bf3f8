/* SPDX-License-Identifier: MIT */
/* One event by hand: `pnpnotify report`. */
#ifndef PNPN_MANAGER_REPORT_H
#define PNPN_MANAGER_REPORT_H

#include <systemd/sd-bus.h>

struct pnpn_peer;

/** Answers the Report method, at once or when the device's owner has. Returns 0; an errno, which is
 *  the answer. */
int pnpn_report_by_hand_handle(struct pnpn_peer *peer, sd_bus_message *call);

/** The peer goes: nobody is told any more of the reports that it asked for. */
void pnpn_reports_cancel(struct pnpn_peer *peer);

#endif
