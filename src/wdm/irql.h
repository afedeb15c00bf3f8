/* SPDX-License-Identifier: MIT */
/* The level of the calling thread, and keeping drivers honest about it. */
#ifndef PNPN_WDM_IRQL_H
#define PNPN_WDM_IRQL_H

#include <stdbool.h>
#include <wdm.h>

/** Sets the calling thread's level without asking; for threads of the library itself. */
void pnpn_irql_set(KIRQL irql);

/** Whether the calling thread's level allows a call; with the verifier it does not return where it does not (V1). call: its
 *  name. */
bool pnpn_irql_is_at_most(KIRQL most, const char *call);

/** After a driver's routine returned: says so and goes back if it left at another level. what names
 *  the routine. */
void pnpn_irql_restore(KIRQL irql, const char *what);

#endif
