/* SPDX-License-Identifier: MIT */
/* Where callbacks run, a device's or those of classes: in a context each, whose callbacks run one after the
 * other. A callback may wait for what another context does, but not in a circle. */
#ifndef PNPN_KERNEL_CONTEXT_H
#define PNPN_KERNEL_CONTEXT_H

#include <linux/list.h>
#include <linux/types.h>

struct task_struct;

/** On the stack of the thread that works there. */
struct pnpn_context {
	struct list_head node;
	const struct task_struct *task;
	const void *of; /* whose: a list of listeners; compared, never followed */
};

/** On the stack of who waits, with a reference to what it waits for. */
struct pnpn_wait {
	struct list_head node;
	const void *waiter; /* whose context waits */
	const void *const *awaited; /* whose context it waits for; NULL once that is over */
};

/** The thread calls callbacks from here on. May sleep. */
void pnpn_context_enter(struct pnpn_context *context, const void *of);

/** Until here. May sleep. */
void pnpn_context_leave(struct pnpn_context *context);

/** Whose context the caller runs in; NULL outside of callbacks. May sleep. */
const void *pnpn_context_current(void);

/** Before a wait. False if what is waited for waits, maybe by way of others, for the caller's context: then it
 *  must not wait, and does not call pnpn_wait_end(). May sleep. */
bool pnpn_wait_begin(struct pnpn_wait *wait);

/** After it. May sleep. */
void pnpn_wait_end(struct pnpn_wait *wait);

#endif
