/* SPDX-License-Identifier: MIT */
/* Callbacks of asynchronous reports: in the order of the reports, on a thread of their own, which waits for no
 * driver's routine (R9, R10). */
#ifndef PNPN_WDM_COMPLETION_H
#define PNPN_WDM_COMPLETION_H

#include "wdm/node.h"

struct pnpn_completion;

/** A callback to come, the caller's: pnpn_completion_queue() or ExFreePool(); NULL without memory. Any
 *  IRQL up to DISPATCH_LEVEL. */
struct pnpn_completion *pnpn_completion_new(PDEVICE_CHANGE_COMPLETE_CALLBACK callback,
					    PVOID context);

/** With node->order held: has it run once position is handled; takes it over. */
void pnpn_completion_queue(struct pnpn_node *node, struct pnpn_completion *completion,
			   const struct pnpn_node_position *position);

/** How many have been queued so far: what a bounded run goes up to. */
uint64_t pnpn_completions_queued(struct pnpn_node *node);

/** Starts and ends the thread; those that can run have run then. Returns 0 or a negative errno value. */
int pnpn_completions_start(void);
void pnpn_completions_stop(void);

/** Has it look for callbacks that can run. Any thread, any IRQL up to DISPATCH_LEVEL. */
void pnpn_completions_wake(void);

/** Between these the thread runs none of the node's: those of what is reported while a routine of its driver
 *  runs come after that (R10). */
void pnpn_completions_hold(struct pnpn_node *node);
void pnpn_completions_release(struct pnpn_node *node);

/** Who holds the node: runs those of the first up_to that can run. Returns whether some of them are left. */
bool pnpn_completions_run(struct pnpn_node *node, uint64_t up_to);

#endif
