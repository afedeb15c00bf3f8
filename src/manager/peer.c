/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "manager/handle.h"
#include "manager/interface.h"
#include "manager/limits.h"
#include "manager/node.h"
#include "manager/peer.h"
#include "manager/pump.h"
#include "manager/registration.h"
#include "manager/report.h"
#include "manager/server.h"

static int charge_new(struct pnpn_peer *peer)
{
	int r = pnpn_charge(peer, PNPN_RESOURCE_CONNECTIONS, 1);

	if (r < 0)
		return r;
	r = pnpn_charge(peer, PNPN_RESOURCE_DESCRIPTORS, 1);
	if (r < 0)
		pnpn_discharge(peer, PNPN_RESOURCE_CONNECTIONS, 1);
	return r;
}

static void peer_release(struct pnpn_peer *peer)
{
	pnpn_list_remove(&peer->link);
	pnpn_user_unref(peer->user);
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
	pnpn_list_init(&peer->questions);
	peer->name = name ? strdup(name) : NULL;
	int r = name && !peer->name ? -ENOMEM : pnpn_user_ref(server, who->uid, &peer->user);
	if (r >= 0)
		r = charge_new(peer);
	if (r < 0) {
		peer_release(peer);
		return r;
	}
	pnpn_list_append(&server->peers, &peer->link);
	*ret_peer = peer;
	return 0;
}

/* --- its end -------------------------------------------------------------------------------------- */

/* One thing of what is left. Its own registrations first: it need not be told of the end of its own
 * devices. Returns whether there was one. */
static bool clear_one(struct pnpn_peer *peer)
{
	if (!pnpn_list_is_empty(&peer->registrations))
		pnpn_registration_free(pnpn_list_entry(peer->registrations.next,
						       struct pnpn_registration_record, peer_link));
	else if (!pnpn_list_is_empty(&peer->handles))
		pnpn_open_free(pnpn_list_entry(peer->handles.next, struct pnpn_open, peer_link));
	else if (!pnpn_list_is_empty(&peer->devices))
		pnpn_node_remove(pnpn_list_entry(peer->devices.next, struct pnpn_node, owner_link));
	else
		return false;
	return true;
}

/* Until the time is over. Returns whether it is through, and the peer is freed. */
static bool clear(struct pnpn_peer *peer, uint64_t usec)
{
	uint64_t began = pnpn_processor_usec(), spent = 0;
	bool more = true;

	while (more && spent < usec) {
		more = clear_one(peer);
		spent = pnpn_processor_usec() - began;
	}
	pnpn_user_spend(peer->user, spent);
	if (more)
		return false;
	pnpn_discharge(peer, PNPN_RESOURCE_DESCRIPTORS, 1);
	pnpn_discharge(peer, PNPN_RESOURCE_CONNECTIONS, 1);
	peer_release(peer);
	return true;
}

static void clear_later(struct pnpn_server *server)
{
	(void)sd_event_source_set_enabled(server->clearing, SD_EVENT_ON);
}

static void disconnect(struct pnpn_peer *peer)
{
	if (peer->back)
		*peer->back = NULL;
	peer->back = NULL;
	pnpn_reports_cancel(peer);
	pnpn_outbox_deinit(peer);
	if (!peer->name && peer->pump)
		pnpn_pump_stop(peer->pump);
	if (!peer->name)
		sd_bus_close(peer->bus);
	peer->bus = sd_bus_unref(peer->bus);
	peer->pump = NULL;
}

static void end(struct pnpn_peer *peer)
{
	peer->ended = true;
	disconnect(peer);
	pnpn_list_remove(&peer->link);
	pnpn_list_append(&peer->server->ended, &peer->link);
}

static void clear_all(struct pnpn_server *server)
{
	while (!pnpn_list_is_empty(&server->ended))
		(void)clear(pnpn_list_entry(server->ended.next, struct pnpn_peer, link),
			    UINT64_MAX);
}

struct pnpn_peer *pnpn_peer_free(struct pnpn_peer *peer)
{
	if (!peer || peer->ended)
		return NULL;
	end(peer);
	if (!clear(peer, PNPN_LIMIT_CLEARING_USEC))
		clear_later(peer->server);
	return NULL;
}

void pnpn_peers_free(struct pnpn_server *server)
{
	pnpn_list_for_each_safe (link, after, &server->peers)
		end(pnpn_list_entry(link, struct pnpn_peer, link));
	clear_all(server);
	server->clearing = sd_event_source_disable_unref(server->clearing);
}

static void end_doomed(struct pnpn_server *server)
{
	pnpn_list_for_each_safe (link, after, &server->peers) {
		struct pnpn_peer *peer = pnpn_list_entry(link, struct pnpn_peer, link);
		if (peer->doomed)
			end(peer);
	}
}

static int on_clearing(sd_event_source *source, void *userdata)
{
	struct pnpn_server *server = userdata;

	end_doomed(server);
	if (!pnpn_list_is_empty(&server->ended))
		(void)clear(pnpn_list_entry(server->ended.next, struct pnpn_peer, link),
			    PNPN_LIMIT_CLEARING_USEC);
	return sd_event_source_set_enabled(
		source, pnpn_list_is_empty(&server->ended) ? SD_EVENT_OFF : SD_EVENT_ON);
}

int pnpn_peers_init(struct pnpn_server *server)
{
	pnpn_list_init(&server->peers);
	pnpn_list_init(&server->ended);
	int r = sd_event_add_defer(server->event, &server->clearing, on_clearing, server);
	return r < 0 ? r : sd_event_source_set_enabled(server->clearing, SD_EVENT_OFF);
}

void pnpn_peer_doom(struct pnpn_peer *peer)
{
	if (peer->ended)
		return;
	peer->doomed = true;
	clear_later(peer->server);
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

int pnpn_peer_send(struct pnpn_peer *peer, sd_bus_message *signal, size_t bytes, unsigned int n_fds)
{
	int r = pnpn_peer_try_send(peer, signal, bytes, n_fds);

	if (r < 0)
		pnpn_peer_doom(peer);
	return r;
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
