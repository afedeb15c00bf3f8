/* SPDX-License-Identifier: MIT */
/* One who takes part in a removal, as a registrant or as the device's owner: what he is told, what he answers. */
#ifndef PNPN_MANAGER_QUERY_H
#define PNPN_MANAGER_QUERY_H

#include <stdbool.h>
#include <stdint.h>
#include "core/list.h"
#include "core/removal.h"

struct pnpn_node;
struct pnpn_peer;

/** Bytes of who an answer says that it is from, its final zero too. */
#define PNPN_QUERY_WHO_BYTES 128

struct pnpn_query {
	struct pnpn_removal_voter voter;
	struct pnpn_peer *peer;
	struct pnpn_node *node; /* whose removal it is about */
	struct pnpn_list peer_link; /* in its queries */
	struct pnpn_list registration_link; /* in its registration; in none if it is the owner's */
	uint32_t registration; /* its number; 0: the owner's */
	uint64_t number; /* what an answer has to name; 0: none is waited for */
	char who[PNPN_QUERY_WHO_BYTES]; /* as the answer said, "" before */
};

/** A peer takes part in a device's removal. Returns 0; -EDQUOT, -ENOMEM: he is not asked. */
int pnpn_query_new(struct pnpn_peer *peer, struct pnpn_node *node, struct pnpn_query **ret_query);

/** He takes part no more: he counts as agreeing. Returns NULL. */
struct pnpn_query *pnpn_query_free(struct pnpn_query *query);

/** The query of a voter. */
static inline struct pnpn_query *pnpn_query_of(struct pnpn_removal_voter *voter)
{
	return pnpn_list_entry(voter, struct pnpn_query, voter);
}

/** Sends him the Removal signal. Returns whether it could be sent. */
bool pnpn_query_tell(struct pnpn_query *query, enum pnpn_removal_news news);

/**
 * pnpn_query_answer() - the peer's answer, which may end the removal
 * @who: who says so, for whoever is told of a veto
 *
 * Returns 0; -ENOENT for a number that this peer was not asked by, or is not any more; -EINVAL for a who that is
 * too long.
 */
int pnpn_query_answer(struct pnpn_peer *peer, uint64_t number, bool agrees, const char *who);

/** The peer went: it agrees to everything (D6). */
void pnpn_queries_forget(struct pnpn_peer *peer);

/** The registration went, likewise. */
void pnpn_queries_forget_of(struct pnpn_list *registration_queries);

#endif
