/* SPDX-License-Identifier: MIT */
/* What was sent to a peer and waits for it to read: bytes and descriptors, charged to it (D10). */
#ifndef PNPN_MANAGER_OUTBOX_H
#define PNPN_MANAGER_OUTBOX_H

#include <stddef.h>
#include <stdint.h>

struct pnpn_peer;

/** A message in sd-bus's queue. */
struct pnpn_outbox_entry {
	uint32_t bytes;
	uint32_t n_fds;
};

/** The queue as we know it, in a ring: sd-bus tells how many messages wait, not how large they are. */
struct pnpn_outbox {
	struct pnpn_outbox_entry *entries;
	size_t room, first, count;
};

/** Takes what the message will need, before it is sent. Returns 0; -EDQUOT, nothing taken. */
int pnpn_outbox_reserve(struct pnpn_peer *peer, size_t bytes, unsigned int n_fds);

/** It was sent, and waits or went already. Returns 0; -ENOMEM: it can't be counted. */
int pnpn_outbox_sent(struct pnpn_peer *peer, size_t bytes, unsigned int n_fds);

/** It was not sent after all. */
void pnpn_outbox_cancel(struct pnpn_peer *peer, size_t bytes, unsigned int n_fds);

/** Gives back what was read meanwhile, and counts answers that nobody told of. Returns as sent(). */
int pnpn_outbox_settle(struct pnpn_peer *peer);

/** Gives everything back. */
void pnpn_outbox_deinit(struct pnpn_peer *peer);

#endif
