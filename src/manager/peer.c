/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "manager/handle.h"
#include "manager/interface.h"
#include "manager/limits.h"
#include "manager/node.h"
#include "manager/peer.h"
#include "manager/registration.h"
#include "manager/server.h"

int pnpn_peer_new(struct pnpn_peer **ret_peer, struct pnpn_server *server, sd_bus *bus,
		  const char *name, uid_t uid, pid_t pid)
{
	if (server->n_peers >= PNPN_LIMIT_PEERS)
		return -EDQUOT;
	struct pnpn_peer *peer = calloc(1, sizeof(*peer));
	if (!peer)
		return -ENOMEM;
	peer->name = name ? strdup(name) : NULL;
	if (name && !peer->name) {
		free(peer);
		return -ENOMEM;
	}
	peer->server = server;
	peer->bus = sd_bus_ref(bus);
	peer->uid = uid;
	peer->pid = pid;
	pnpn_list_init(&peer->devices);
	pnpn_list_init(&peer->registrations);
	pnpn_list_init(&peer->handles);
	pnpn_list_append(&server->peers, &peer->link);
	server->n_peers++;
	*ret_peer = peer;
	return 0;
}

struct pnpn_peer *pnpn_peer_free(struct pnpn_peer *peer)
{
	if (!peer)
		return NULL;
	/* Its own registrations first: it need not be told of the end of its own devices. */
	pnpn_list_for_each_safe (link, after, &peer->registrations)
		pnpn_registration_free(
			pnpn_list_entry(link, struct pnpn_registration_record, peer_link));
	pnpn_list_for_each_safe (link, after, &peer->handles)
		pnpn_open_free(pnpn_list_entry(link, struct pnpn_open, peer_link));
	pnpn_list_for_each_safe (link, after, &peer->devices)
		pnpn_node_remove(pnpn_list_entry(link, struct pnpn_node, owner_link));
	pnpn_list_remove(&peer->link);
	if (peer->back)
		*peer->back = NULL;
	peer->server->n_peers--;
	sd_event_source_disable_unref(peer->doom);
	sd_bus_track_unref(peer->track);
	if (!peer->name)
		sd_bus_close(peer->bus);
	sd_bus_unref(peer->bus);
	free(peer->name);
	free(peer);
	return NULL;
}

static int on_doom(sd_event_source *source, void *userdata)
{
	pnpn_peer_free(userdata);
	return 0;
}

void pnpn_peer_doom(struct pnpn_peer *peer)
{
	if (!peer->doom)
		(void)sd_event_add_defer(peer->server->event, &peer->doom, on_doom, peer);
}

int pnpn_peer_new_signal(struct pnpn_peer *peer, const char *member, sd_bus_message **ret_signal)
{
	sd_bus_message *signal;
	int r = sd_bus_message_new_signal(peer->bus, &signal, PNPN_BUS_PATH, PNPN_BUS_INTERFACE,
					  member);

	if (r < 0)
		return r;
	if (peer->name) {
		r = sd_bus_message_set_destination(signal, peer->name);
		if (r < 0) {
			sd_bus_message_unref(signal);
			return r;
		}
	}
	*ret_signal = signal;
	return 0;
}

int pnpn_peer_send(struct pnpn_peer *peer, sd_bus_message *signal)
{
	int r = pnpn_peer_check_queue(peer);

	if (r >= 0)
		r = sd_bus_send(peer->bus, signal, NULL);
	/* What it was not told it would never learn. */
	if (r < 0)
		pnpn_peer_doom(peer);
	return r < 0 ? r : 0;
}

void pnpn_peer_count_queued(struct pnpn_peer *peer, uint64_t bytes)
{
	peer->queued_bytes += bytes;
}

/* Its queue is ours to keep: who lets it grow without end goes. One answer may be of any size. On the
 * system bus there is one queue for all, and dbus-daemon limits each of its clients. */
int pnpn_peer_check_queue(struct pnpn_peer *peer)
{
	uint64_t queued = peer->name ? 0 : pnpn_peer_get_queued(peer);

	if (!queued)
		peer->queued_bytes = 0;
	if (queued <= PNPN_LIMIT_QUEUED && peer->queued_bytes <= PNPN_LIMIT_QUEUED_BYTES)
		return 0;
	pnpn_peer_doom(peer);
	return -ENOBUFS;
}

uint64_t pnpn_peer_get_queued(struct pnpn_peer *peer)
{
	uint64_t queued = 0;

	(void)sd_bus_get_n_queued_write(peer->bus, &queued);
	return queued;
}
