/* SPDX-License-Identifier: MIT */
#include "manager/estate.h"
#include "manager/handle.h"
#include "manager/limits.h"
#include "manager/node.h"
#include "manager/peer.h"
#include "manager/pump.h"
#include "manager/query.h"
#include "manager/registration.h"
#include "manager/removal.h"
#include "manager/report.h"
#include "manager/server.h"

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
	pnpn_user_spend(peer->account.user, spent);
	if (more)
		return false;
	pnpn_peer_release(peer);
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
	pnpn_removals_give_up(peer);
	pnpn_queries_forget(peer);
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

struct pnpn_peer *pnpn_estate_settle(struct pnpn_peer *peer)
{
	if (!peer || peer->ended)
		return NULL;
	end(peer);
	if (!clear(peer, PNPN_LIMIT_CLEARING_USEC))
		clear_later(peer->server);
	return NULL;
}

void pnpn_estates_free(struct pnpn_server *server)
{
	pnpn_list_for_each_safe (link, after, &server->peers)
		end(pnpn_list_entry(link, struct pnpn_peer, link));
	clear_all(server);
	server->clearing = sd_event_source_disable_unref(server->clearing);
}

/* Who can't be told now is told later: until then it is answered that it is not connected. Returns whether
 * there is one. */
static bool end_doomed(struct pnpn_server *server)
{
	bool untold = false;

	pnpn_list_for_each_safe (link, after, &server->peers) {
		struct pnpn_peer *peer = pnpn_list_entry(link, struct pnpn_peer, link);
		if (!peer->doomed)
			continue;
		if (pnpn_peer_send_end(peer) >= 0)
			end(peer);
		else
			untold = true;
	}
	return untold;
}

static int on_clearing(sd_event_source *source, void *userdata)
{
	struct pnpn_server *server = userdata;
	bool untold = end_doomed(server);

	if (!pnpn_list_is_empty(&server->ended))
		(void)clear(pnpn_list_entry(server->ended.next, struct pnpn_peer, link),
			    PNPN_LIMIT_CLEARING_USEC);
	bool more = untold || !pnpn_list_is_empty(&server->ended);
	return sd_event_source_set_enabled(source, more ? SD_EVENT_ON : SD_EVENT_OFF);
}

int pnpn_estates_init(struct pnpn_server *server)
{
	pnpn_list_init(&server->peers);
	pnpn_list_init(&server->ended);
	int r = sd_event_add_defer(server->event, &server->clearing, on_clearing, server);
	return r < 0 ? r : sd_event_source_set_enabled(server->clearing, SD_EVENT_OFF);
}
