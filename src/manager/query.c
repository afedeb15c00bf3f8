/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "manager/node.h"
#include "manager/peer.h"
#include "manager/query.h"
#include "manager/server.h"

/* About what D-Bus adds to the id in a signal. */
#define SIGNAL_BYTES 256

int pnpn_query_new(struct pnpn_peer *peer, struct pnpn_node *node, struct pnpn_query **ret_query)
{
	int r = pnpn_charge(&peer->account, PNPN_RESOURCE_QUERIES, 1);

	if (r < 0)
		return r;
	struct pnpn_query *query = calloc(1, sizeof(*query));
	if (!query) {
		pnpn_discharge(&peer->account, PNPN_RESOURCE_QUERIES, 1);
		return -ENOMEM;
	}
	query->peer = peer;
	query->node = node;
	pnpn_list_init(&query->voter.link);
	pnpn_list_init(&query->registration_link);
	pnpn_list_append(&peer->queries, &query->peer_link);
	*ret_query = query;
	return 0;
}

/* Whoever goes on because of it does not find it any more. */
struct pnpn_query *pnpn_query_free(struct pnpn_query *query)
{
	pnpn_list_remove(&query->peer_link);
	pnpn_list_remove(&query->registration_link);
	pnpn_discharge(&query->peer->account, PNPN_RESOURCE_QUERIES, 1);
	pnpn_removal_forget(&query->voter);
	free(query);
	return NULL;
}

static bool is_answered(enum pnpn_removal_news news)
{
	return news != PNPN_REMOVAL_CANCELLED && news != PNPN_REMOVAL_PENDING;
}

/* What it is about lies in the owner's ring, and the owner's number is not only the ring's. */
static uint64_t number_of(const struct pnpn_query *query, const struct pnpn_node *node)
{
	return query->registration ? pnpn_node_ring_number(node) : node->entry.number;
}

bool pnpn_query_tell(struct pnpn_query *query, enum pnpn_removal_news news)
{
	const struct pnpn_node *node = query->node;
	sd_bus_message *signal = NULL;
	int r = pnpn_peer_new_signal(query->peer, "Removal", &signal);

	query->number = is_answered(news) ? ++node->server->tree.last_number : 0;
	if (r >= 0)
		r = sd_bus_message_append(signal, "uttsut", query->registration,
					  number_of(query, node), pnpn_node_ring_position(node),
					  node->entry.id, (uint32_t)news, query->number);
	if (r >= 0)
		r = pnpn_peer_try_send(query->peer, signal, SIGNAL_BYTES + strlen(node->entry.id),
				       0);
	sd_bus_message_unref(signal);
	pnpn_node_mark_told(node);
	/* What it was not told it would never learn. */
	if (r < 0)
		pnpn_peer_doom(query->peer);
	return r >= 0;
}

static struct pnpn_query *find(struct pnpn_peer *peer, uint64_t number)
{
	pnpn_list_for_each_safe (link, after, &peer->queries) {
		struct pnpn_query *query = pnpn_list_entry(link, struct pnpn_query, peer_link);
		if (query->number == number)
			return query;
	}
	return NULL;
}

int pnpn_query_answer(struct pnpn_peer *peer, uint64_t number, bool agrees, const char *who)
{
	struct pnpn_query *query = number ? find(peer, number) : NULL;

	if (!query)
		return -ENOENT;
	if (strlen(who) >= sizeof(query->who))
		return -EINVAL;
	strcpy(query->who, who);
	query->number = 0;
	pnpn_removal_answer(&query->voter, agrees);
	return 0;
}

void pnpn_queries_forget(struct pnpn_peer *peer)
{
	while (!pnpn_list_is_empty(&peer->queries))
		pnpn_query_free(pnpn_list_entry(peer->queries.next, struct pnpn_query, peer_link));
}

void pnpn_queries_forget_of(struct pnpn_list *registration_queries)
{
	while (!pnpn_list_is_empty(registration_queries))
		pnpn_query_free(pnpn_list_entry(registration_queries->next, struct pnpn_query,
						registration_link));
}
