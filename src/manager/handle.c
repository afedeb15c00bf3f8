/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include "manager/access.h"
#include "manager/handle.h"
#include "manager/node.h"
#include "manager/peer.h"
#include "manager/server.h"

int pnpn_open_new(struct pnpn_peer *peer, const char *name, struct pnpn_open **ret_open,
		  const char **ret_instance_id)
{
	struct pnpn_node *node = pnpn_node_find(peer->server, name);

	if (!node)
		return -ENOENT;
	if (!pnpn_access_allows(&node->access, peer, PNPN_RIGHT_OPEN))
		return -EACCES;
	if (node->closing)
		return -EBUSY;
	int r = pnpn_charge(&peer->account, PNPN_RESOURCE_HANDLES, 1);
	if (r < 0)
		return r;
	struct pnpn_open *open = calloc(1, sizeof(*open));
	if (!open) {
		pnpn_discharge(&peer->account, PNPN_RESOURCE_HANDLES, 1);
		return -ENOMEM;
	}
	open->peer = peer;
	open->number = ++peer->server->tree.last_number;
	open->node = node;
	node->n_handles++;
	pnpn_list_append(&node->handles, &open->node_link);
	pnpn_list_append(&peer->handles, &open->peer_link);
	*ret_open = open;
	*ret_instance_id = node->entry.id;
	return 0;
}

struct pnpn_open *pnpn_open_free(struct pnpn_open *open)
{
	if (!open)
		return NULL;
	struct pnpn_node *node = pnpn_list_is_empty(&open->node_link) ? NULL : open->node;
	pnpn_list_remove(&open->node_link);
	pnpn_list_remove(&open->peer_link);
	pnpn_discharge(&open->peer->account, PNPN_RESOURCE_HANDLES, 1);
	free(open);
	if (node)
		node->n_handles--;
	if (node && node->removal)
		node->remover->closed(node);
	return NULL;
}

bool pnpn_open_is_of(uint64_t number, const struct pnpn_node *node)
{
	pnpn_list_for_each_safe (link, after, &node->handles)
		if (pnpn_list_entry(link, struct pnpn_open, node_link)->number == number)
			return true;
	return false;
}

struct pnpn_open *pnpn_open_get(struct pnpn_peer *peer, uint64_t number)
{
	pnpn_list_for_each_safe (link, after, &peer->handles) {
		struct pnpn_open *open = pnpn_list_entry(link, struct pnpn_open, peer_link);
		if (open->number == number)
			return open;
	}
	return NULL;
}
