/* SPDX-License-Identifier: MIT */
/* One connection to the manager, and what belongs to it. */
#ifndef PNPN_MANAGER_PEER_H
#define PNPN_MANAGER_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>
#include "core/list.h"
#include "core/name.h"
#include "manager/identity.h"
#include "manager/outbox.h"
#include "manager/user.h"

struct pnpn_pump;
struct pnpn_server;

struct pnpn_peer {
	struct pnpn_server *server;
	struct pnpn_list link; /* in the server */
	sd_bus *bus; /* a reference; on the system bus all peers'; NULL once it ended */
	struct pnpn_pump *pump; /* of the bus */
	char *name; /* unique name on the system bus; NULL peer to peer */
	bool doomed; /* it is to be dropped as soon as nothing is under way */
	struct pnpn_identity who;
	struct pnpn_account account; /* of what its user may have */
	struct pnpn_outbox outbox;
	struct pnpn_peer **back; /* where its connection knows it; set to NULL at its end */
	bool ended; /* what belongs to it is being cleared away */
	struct pnpn_list devices; /* nodes that it owns */
	struct pnpn_list registrations; /* by their peer_link */
	struct pnpn_list handles;
	struct pnpn_list queries; /* in removals, where it takes part */
	struct pnpn_list removals; /* that it asked for */
	bool is_slow; /* it lost events because it did not read, which was said */
	unsigned int n_silent; /* queries that it did not answer in time (D6) */
	char silent_on[PNPN_INSTANCE_ID_BYTES]; /* the device of the last one */
	struct pnpn_list questions; /* reports by hand that its devices' owners are asked for */
};

/**
 * pnpn_peer_new() - somebody connected, over a bus that it is given then
 * @name: on the system bus its unique name, else NULL
 * @who:  its gids are taken over in any case
 *
 * Returns 0; -EDQUOT if there are too many already.
 */
int pnpn_peer_new(struct pnpn_peer **ret_peer, struct pnpn_server *server,
		  struct pnpn_identity *who, const char *name);

/** It ended, and nothing is left of what belonged to it: frees it. Returns NULL. */
struct pnpn_peer *pnpn_peer_release(struct pnpn_peer *peer);

/** Drops it, but not now: something of it may be under way. */
void pnpn_peer_doom(struct pnpn_peer *peer);

/** A signal of the manager's to this peer alone, to be filled and given to pnpn_peer_try_send(). Returns 0;
 *  -ENOTCONN once it ended; an errno. */
int pnpn_peer_new_signal(struct pnpn_peer *peer, const char *member, sd_bus_message **ret_signal);

/**
 * pnpn_peer_try_send() - send it an answer or a signal
 * @bytes: its size, about
 * @n_fds: descriptors in it
 *
 * The reference stays the caller's. A peer that does not read does not hold us up. Returns 0; -EDQUOT if more
 * may not wait for it, or it may not have the descriptors; an errno: nothing was sent.
 */
int pnpn_peer_try_send(struct pnpn_peer *peer, sd_bus_message *message, size_t bytes,
		       unsigned int n_fds);

/** Tells it that it is ended, where it can't see that: its connection to the bus stays. Returns 0; an errno: it was
 *  not told. */
int pnpn_peer_send_end(struct pnpn_peer *peer);

/** Messages that wait to be read by it. */
uint64_t pnpn_peer_get_queued(struct pnpn_peer *peer);

/** Whether it belongs to that group. */
bool pnpn_peer_has_gid(const struct pnpn_peer *peer, gid_t gid);

#endif
