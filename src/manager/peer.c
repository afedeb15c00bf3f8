/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/protocol.h"
#include "manager/peer.h"
#include "manager/pump.h"
#include "manager/server.h"

static int charge_new(struct pnpn_peer *peer)
{
	int r = pnpn_charge(&peer->account, PNPN_RESOURCE_CONNECTIONS, 1);

	if (r < 0)
		return r;
	r = pnpn_charge(&peer->account, PNPN_RESOURCE_DESCRIPTORS, 1);
	if (r < 0)
		pnpn_discharge(&peer->account, PNPN_RESOURCE_CONNECTIONS, 1);
	return r;
}

static void release(struct pnpn_peer *peer)
{
	pnpn_list_remove(&peer->link);
	pnpn_user_unref(peer->account.user);
	free(peer->who.gids);
	free(peer->name);
	free(peer);
}

int pnpn_peer_new(struct pnpn_peer **ret_peer, struct pnpn_server *server,
		  struct pnpn_identity *who, const char *name)
{
	struct pnpn_peer *peer = calloc(1, sizeof(*peer));

	if (!peer) {
		free(who->gids);
		return -ENOMEM;
	}
	peer->server = server;
	peer->who = *who;
	pnpn_list_init(&peer->link);
	pnpn_list_init(&peer->devices);
	pnpn_list_init(&peer->registrations);
	pnpn_list_init(&peer->handles);
	pnpn_list_init(&peer->queries);
	pnpn_list_init(&peer->removals);
	pnpn_list_init(&peer->questions);
	peer->name = name ? strdup(name) : NULL;
	int r = name && !peer->name ? -ENOMEM
				    : pnpn_user_ref(server, who->uid, &peer->account.user);
	if (r >= 0)
		r = charge_new(peer);
	if (r < 0) {
		release(peer);
		return r;
	}
	pnpn_list_append(&server->peers, &peer->link);
	*ret_peer = peer;
	return 0;
}

struct pnpn_peer *pnpn_peer_release(struct pnpn_peer *peer)
{
	pnpn_discharge(&peer->account, PNPN_RESOURCE_DESCRIPTORS, 1);
	pnpn_discharge(&peer->account, PNPN_RESOURCE_CONNECTIONS, 1);
	release(peer);
	return NULL;
}

void pnpn_peer_doom(struct pnpn_peer *peer)
{
	if (peer->ended)
		return;
	peer->doomed = true;
	if (sd_event_source_set_enabled(peer->server->clearing, SD_EVENT_ON) < 0 && peer->pump)
		pnpn_pump_cut(peer->pump);
}

/* --- what it is sent ------------------------------------------------------------------------------ */

int pnpn_peer_new_signal(struct pnpn_peer *peer, const char *member, sd_bus_message **ret_signal)
{
	sd_bus_message *signal;

	if (peer->ended)
		return -ENOTCONN;
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

int pnpn_peer_try_send(struct pnpn_peer *peer, sd_bus_message *message, size_t bytes,
		       unsigned int n_fds)
{
	int r = pnpn_outbox_reserve(peer, bytes, n_fds);

	if (r < 0)
		return r;
	r = sd_bus_send(peer->bus, message, NULL);
	if (r >= 0)
		r = pnpn_outbox_sent(peer, bytes, n_fds);
	else
		pnpn_outbox_cancel(peer, bytes, n_fds);
	pnpn_pump_wake(peer->pump);
	return r < 0 ? r : 0;
}

int pnpn_peer_send_end(struct pnpn_peer *peer)
{
	sd_bus_message *signal = NULL;

	if (!peer->name)
		return 0;
	int r = pnpn_peer_new_signal(peer, "Ended", &signal);
	if (r >= 0)
		r = sd_bus_send(peer->bus, signal, NULL);
	sd_bus_message_unref(signal);
	return r < 0 ? r : 0;
}

uint64_t pnpn_peer_get_queued(struct pnpn_peer *peer)
{
	uint64_t queued = 0;

	if (peer->bus)
		(void)sd_bus_get_n_queued_write(peer->bus, &queued);
	return queued;
}

bool pnpn_peer_has_gid(const struct pnpn_peer *peer, gid_t gid)
{
	for (size_t i = 0; i < peer->who.n_gids; i++)
		if (peer->who.gids[i] == gid)
			return true;
	return false;
}
