/* SPDX-License-Identifier: MIT */
/* What a thread is to call when it next waits alertably. */
#ifndef PNPN_WIN32_APC_H
#define PNPN_WIN32_APC_H

#include <stdbool.h>
#include "core/list.h"

struct pnpn_apc_queue;

/** One call; freed by run. */
struct pnpn_apc {
	struct pnpn_list link;
	void (*run)(struct pnpn_apc *apc);
	void (*drop)(struct pnpn_apc *apc); /* the thread ended before; NULL: it is freed */
};

/** A queue for a thread that is about to begin; NULL without memory. */
struct pnpn_apc_queue *pnpn_apc_queue_new(void);

/** References. NULL is allowed in unref. */
struct pnpn_apc_queue *pnpn_apc_queue_ref(struct pnpn_apc_queue *queue);
void pnpn_apc_queue_unref(struct pnpn_apc_queue *queue);

/** The calling thread's from now on, with the caller's reference. */
void pnpn_apc_queue_adopt(struct pnpn_apc_queue *queue);

/** The calling thread's, made if need be; NULL without memory. */
struct pnpn_apc_queue *pnpn_apc_queue_get(void);

/** The thread ends: what is queued is not called any more. */
void pnpn_apc_queue_end(void);

/** Queues a call, and wakes the thread. Returns false once the thread has ended: the call is still the caller's. */
bool pnpn_apc_queue_add(struct pnpn_apc_queue *queue, struct pnpn_apc *apc);

/** Whether the calling thread has something to call. */
bool pnpn_apc_is_pending(void);

/** Calls it, what is added meanwhile too. Returns whether there was something. */
bool pnpn_apc_run(void);

#endif
