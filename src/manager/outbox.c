/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "manager/outbox.h"
#include "manager/peer.h"
#include "manager/user.h"

/* An answer with a number or a name in it. */
#define SMALL_BYTES 512

static void discharge(struct pnpn_peer *peer, const struct pnpn_outbox_entry *entry)
{
	pnpn_discharge(&peer->account, PNPN_RESOURCE_QUEUED, entry->bytes);
	pnpn_discharge(&peer->account, PNPN_RESOURCE_DESCRIPTORS, entry->n_fds);
}

static int grow(struct pnpn_outbox *outbox)
{
	size_t room = outbox->room ? 2 * outbox->room : 16;
	struct pnpn_outbox_entry *entries = reallocarray(NULL, room, sizeof(*entries));

	if (!entries)
		return -ENOMEM;
	for (size_t i = 0; i < outbox->count; i++)
		entries[i] = outbox->entries[(outbox->first + i) % outbox->room];
	free(outbox->entries);
	outbox->entries = entries;
	outbox->room = room;
	outbox->first = 0;
	return 0;
}

/* It is charged already. */
static int push(struct pnpn_peer *peer, const struct pnpn_outbox_entry *entry)
{
	struct pnpn_outbox *outbox = &peer->outbox;
	int r = outbox->count < outbox->room ? 0 : grow(outbox);

	if (r < 0) {
		discharge(peer, entry);
		return r;
	}
	outbox->entries[(outbox->first + outbox->count) % outbox->room] = *entry;
	outbox->count++;
	return 0;
}

static void pop(struct pnpn_peer *peer)
{
	struct pnpn_outbox *outbox = &peer->outbox;

	discharge(peer, &outbox->entries[outbox->first]);
	outbox->first = (outbox->first + 1) % outbox->room;
	outbox->count--;
}

/* The oldest ones went first; what we do not know of are answers that sd-bus sent for us. */
static int adjust(struct pnpn_peer *peer, uint64_t queued)
{
	const struct pnpn_outbox_entry small = {.bytes = SMALL_BYTES};
	int r = 0;

	while (peer->outbox.count > queued)
		pop(peer);
	while (r >= 0 && peer->outbox.count < queued) {
		pnpn_charge_anyway(&peer->account, PNPN_RESOURCE_QUEUED, small.bytes);
		r = push(peer, &small);
	}
	return r;
}

int pnpn_outbox_reserve(struct pnpn_peer *peer, size_t bytes, unsigned int n_fds)
{
	int r = pnpn_charge(&peer->account, PNPN_RESOURCE_QUEUED, bytes);

	if (r < 0)
		return r;
	r = pnpn_charge(&peer->account, PNPN_RESOURCE_DESCRIPTORS, n_fds);
	if (r < 0)
		pnpn_discharge(&peer->account, PNPN_RESOURCE_QUEUED, bytes);
	return r;
}

void pnpn_outbox_cancel(struct pnpn_peer *peer, size_t bytes, unsigned int n_fds)
{
	const struct pnpn_outbox_entry entry = {.bytes = (uint32_t)bytes, .n_fds = n_fds};

	discharge(peer, &entry);
}

int pnpn_outbox_sent(struct pnpn_peer *peer, size_t bytes, unsigned int n_fds)
{
	const struct pnpn_outbox_entry entry = {.bytes = (uint32_t)bytes, .n_fds = n_fds};
	/* On the system bus there is one queue for all, and dbus-daemon limits each of its clients. */
	uint64_t queued = peer->name ? 0 : pnpn_peer_get_queued(peer);
	int r = queued ? adjust(peer, queued - 1) : 0;

	if (r >= 0 && queued)
		return push(peer, &entry);
	discharge(peer, &entry);
	return r < 0 ? r : adjust(peer, 0);
}

int pnpn_outbox_settle(struct pnpn_peer *peer)
{
	return peer->name ? 0 : adjust(peer, pnpn_peer_get_queued(peer));
}

void pnpn_outbox_deinit(struct pnpn_peer *peer)
{
	while (peer->outbox.count)
		pop(peer);
	free(peer->outbox.entries);
	peer->outbox = (struct pnpn_outbox){0};
}
