/* SPDX-License-Identifier: MIT */
/* The DPC thread: what is queued runs there at DISPATCH_LEVEL, and timers expire there. */
#ifndef PNPN_WDM_DPC_H
#define PNPN_WDM_DPC_H

#include <wdm.h>

/** With the dispatcher lock held: queues it; FALSE if it is queued already. */
BOOLEAN pnpn_dpc_queue(PKDPC dpc, PVOID argument1, PVOID argument2);

/** Starts the thread, that there be one when it is needed. Returns 0; an errno. */
int pnpn_dpc_start(void);

/** With the dispatcher lock held: starts the thread if there is none and has it look again. */
void pnpn_dpc_wake(void);

/** Ends the thread once nothing is queued; the next DPC or timer starts it anew. PASSIVE_LEVEL. */
void pnpn_dpc_stop(void);

#endif
