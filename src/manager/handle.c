/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/protocol.h"
#include "manager/access.h"
#include "manager/handle.h"
#include "manager/node.h"
#include "manager/peer.h"
#include "manager/server.h"

int pnpn_open_new(struct pnpn_peer *peer, const char *name, struct pnpn_open **ret_open,
		  const char **ret_rest)
{
	struct pnpn_node *node = ret_rest ? pnpn_node_find_file(peer->server, name, ret_rest)
					  : pnpn_node_find(peer->server, name);

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
	return 0;
}

static int tell_owner(const struct pnpn_open *open, const char *rest, int fd)
{
	struct pnpn_peer *owner = open->node->owner;
	sd_bus_message *message = NULL;
	int r = sd_bus_message_new_method_call(owner->bus, &message, owner->name, PNPN_OWNER_PATH,
					       PNPN_OWNER_INTERFACE, "Open");

	if (r >= 0)
		r = sd_bus_message_set_expect_reply(message, false);
	if (r >= 0)
		r = sd_bus_message_append(message, "ttsuuh", open->node->entry.number, open->number,
					  rest, (uint32_t)open->peer->who.uid,
					  (uint32_t)open->peer->who.pid, fd);
	if (r >= 0)
		r = pnpn_peer_try_send(owner, message, 256 + strlen(rest), 1);
	sd_bus_message_unref(message);
	return r == -EDQUOT ? -EBUSY : r;
}

int pnpn_open_pass(const struct pnpn_open *open, const char *rest, int *ret_fd)
{
	int fds[2];

	*ret_fd = -1;
	if (!open->node->serves)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	int r = tell_owner(open, rest, fds[0]);
	close(fds[0]);
	if (r < 0)
		close(fds[1]);
	else
		*ret_fd = fds[1];
	return r;
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
