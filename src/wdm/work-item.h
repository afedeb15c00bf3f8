/* SPDX-License-Identifier: MIT */
/* Worker threads, as many as there is work that waits, up to a limit. */
#ifndef PNPN_WDM_WORK_ITEM_H
#define PNPN_WDM_WORK_ITEM_H

/** Starts the first worker thread, if there is none: then work is done however little memory there is.
 *  Returns 0 or an errno. */
int pnpn_workers_start(void);

/** Ends the worker threads once nothing is queued or running; new work starts new ones. */
void pnpn_workers_stop(void);

#endif
