/* SPDX-License-Identifier: MIT */
/* Worker threads, as many as there is work that waits, up to a limit. */
#ifndef PNPN_WDM_WORK_ITEM_H
#define PNPN_WDM_WORK_ITEM_H

/** Ends the worker threads once nothing is queued or running; new work starts new ones. */
void pnpn_workers_stop(void);

#endif
