/* SPDX-License-Identifier: MIT */
/*
 * What was published and is not acknowledged, and what waits to be: in order, whatever links and servers do (F3).
 *
 * Messages are sent ahead of their acknowledgements. Should one stay out, only the oldest is sent again, until it is
 * acknowledged; then all behind it, once more. The server knows those that it has by their ids. What was sent before
 * the silence was noticed went to a leader that is gone: a new one takes longer to be elected than we to notice, so
 * nothing can have been stored behind a hole.
 */
#ifndef PNPN_FLEET_BACKLOG_H
#define PNPN_FLEET_BACKLOG_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "fleet/link.h"

struct pnpn_backlog_entry;

struct pnpn_backlog {
	struct pnpn_link *link;
	int wake_fd; /* an eventfd: look again */
	natsSubscription *acks;
	char inbox[64];
	size_t limit; /* bytes */

	pthread_mutex_t lock; /* protects all of the following */
	struct pnpn_backlog_entry *entries; /* a power of two of them, by number */
	uint64_t capacity;
	uint64_t first, sent, end; /* the oldest; the next one to send; behind the last */
	size_t bytes;
	uint64_t accepted; /* acknowledged so far */
	int64_t tried_ms; /* when the oldest was sent last */
	bool in_doubt; /* the oldest alone is sent, until it is acknowledged */
	bool awaited; /* the owner wants to be woken by the next acknowledgement */
};

/** Returns 0; an errno. The link stays the caller's and must outlive it. */
int pnpn_backlog_init(struct pnpn_backlog *backlog, struct pnpn_link *link, size_t limit,
		      int wake_fd);

/** After the link was closed. */
void pnpn_backlog_deinit(struct pnpn_backlog *backlog);

/** Whether there is room for more. */
bool pnpn_backlog_has_room(struct pnpn_backlog *backlog);

/** One more message, or with a deletion the end of a bucket's key. Returns 0; -ENOMEM. */
int pnpn_backlog_add(struct pnpn_backlog *backlog, const struct pnpn_fleet_text *text,
		     const void *data, size_t size, bool deletion);

/**
 * pnpn_backlog_pump() - send what may be sent
 * @burst: more is added at once: what was sent may wait for it
 *
 * Returns how long it may be left alone, in ms; -1 for ever.
 */
int pnpn_backlog_pump(struct pnpn_backlog *backlog, bool burst);

/** How many wait, and how many were acknowledged. */
void pnpn_backlog_count(struct pnpn_backlog *backlog, uint64_t *ret_waiting,
			uint64_t *ret_accepted);

#endif
