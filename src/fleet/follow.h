/* SPDX-License-Identifier: MIT */
/* Messages of a stream, in its order, from a place in it on; over breaks of the link and changes of servers. */
#ifndef PNPN_FLEET_FOLLOW_H
#define PNPN_FLEET_FOLLOW_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include "fleet/link.h"

/** Where to begin instead of a sequence number of the stream. */
#define PNPN_FOLLOW_LAST 0 /* with the last message of each subject */
#define PNPN_FOLLOW_NEW	 UINT64_MAX /* with what comes */

struct pnpn_follow {
	struct pnpn_link *link;
	const char *stream;
	const char *subject;
	uint64_t since_ns; /* not 0: begin with what was stored from then on */
	pthread_mutex_t *lock; /* held while take() runs, and by whoever tends */
	void (*take)(void *userdata, natsMsg *message, uint64_t sequence);
	void *userdata;

	uint64_t next; /* where to go on in the stream; may be set before the start */
	natsSubscription *subscription;
	uint64_t reconnects; /* as the link had them when we began */
	int64_t heard_ms;
	bool ended; /* nothing is taken any more */
};

/** Begins, or begins anew where it stopped; the caller holds the lock. Blocks. Returns 0; -EAGAIN. */
int pnpn_follow_start(struct pnpn_follow *follow);

/** To be called now and then, with the lock held: begins anew where the server has forgotten us. May block. */
void pnpn_follow_tend(struct pnpn_follow *follow);

/** No more messages: take() is not running, and will not be. To be called before the link is closed, without the lock. */
void pnpn_follow_stop(struct pnpn_follow *follow);

/**
 * pnpn_follow_read() - what is there now of a subject: the last message of each, all of them when it returns
 *
 * Blocks. Returns 0; -EAGAIN.
 */
int pnpn_follow_read(struct pnpn_link *link, const char *stream, const char *subject,
		     void (*take)(void *userdata, natsMsg *message, uint64_t sequence),
		     void *userdata);

#endif
