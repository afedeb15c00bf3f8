/* SPDX-License-Identifier: MIT */
/* Who calls the callbacks of asynchronous reports: a thread of its own, which waits for no driver's routine (R9,
 * R10). */
#ifndef PNPN_WDM_COMPLETER_H
#define PNPN_WDM_COMPLETER_H

#include "wdm/node.h"

/** With node->order held: whether one more callback can wait, after a report that is to be accepted. What is reserved
 *  with the first lasts for PNPN_COMPLETIONS_RESERVE (R8). Any IRQL up to DISPATCH_LEVEL. */
bool pnpn_completer_make_room(struct pnpn_node *node);

/** How many have come so far: what a bounded run goes up to. */
uint64_t pnpn_completer_count(struct pnpn_node *node);

/** Starts and ends the thread; those that can run have run then. Returns 0 or a negative errno value. */
int pnpn_completer_start(void);
void pnpn_completer_stop(void);

/** Has it look for callbacks that can run. Any thread, any IRQL up to DISPATCH_LEVEL. */
void pnpn_completer_wake(void);

/** Between these the thread runs none of the node's: those of what is reported while a routine of its driver
 *  runs come after that (R10). */
void pnpn_completer_hold(struct pnpn_node *node);
void pnpn_completer_release(struct pnpn_node *node);

/** Who holds the node: runs those of the first up_to that can run. Returns whether some of them are left. */
bool pnpn_completer_run(struct pnpn_node *node, uint64_t up_to);

#endif
