/* SPDX-License-Identifier: MIT */
/* One connection to the manager, and what belongs to it. */
#ifndef PNPN_MANAGER_PEER_H
#define PNPN_MANAGER_PEER_H

#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>
#include "core/list.h"

struct pnpn_server;

struct pnpn_peer {
	struct pnpn_server *server;
	struct pnpn_list link; /* in the server */
	sd_bus *bus; /* a reference; on the system bus all peers' */
	char *name; /* unique name on the system bus; NULL peer to peer */
	sd_bus_track *track; /* on the system bus: tells when the name goes */
	sd_event_source *doom; /* it is to be dropped as soon as nothing is under way */
	uid_t uid;
	pid_t pid;
	struct pnpn_peer **back; /* where its connection knows it; set to NULL at its end */
	uint64_t queued_bytes; /* sent, about, since nothing waited for it */
	unsigned int n_devices, n_registrations, n_handles;
	struct pnpn_list devices; /* nodes that it owns */
	struct pnpn_list registrations; /* by their peer_link */
	struct pnpn_list handles;
};

/**
 * pnpn_peer_new() - somebody connected
 * @name: on the system bus its unique name, else NULL
 *
 * Returns 0; -EDQUOT if there are too many already.
 */
int pnpn_peer_new(struct pnpn_peer **ret_peer, struct pnpn_server *server, sd_bus *bus,
		  const char *name, uid_t uid, pid_t pid);

/** It went: its devices are removed, its registrations and handles end (R14, U11). Returns NULL. */
struct pnpn_peer *pnpn_peer_free(struct pnpn_peer *peer);

/** Drops it, but not now: something of it may be under way. */
void pnpn_peer_doom(struct pnpn_peer *peer);

/** A signal of the manager's to this peer alone, to be filled and given to pnpn_peer_send(). */
int pnpn_peer_new_signal(struct pnpn_peer *peer, const char *member, sd_bus_message **ret_signal);

/** Sends it; the reference stays the caller's. A peer that does not read does not hold us up. Returns
 *  0; an errno. */
int pnpn_peer_send(struct pnpn_peer *peer, sd_bus_message *signal);

/** Counts what is about to be sent to it. */
void pnpn_peer_count_queued(struct pnpn_peer *peer, uint64_t bytes);

/** Dooms it if more waits than may. Returns 0; -ENOBUFS if so. */
int pnpn_peer_check_queue(struct pnpn_peer *peer);

/** Messages that wait to be read by it. */
uint64_t pnpn_peer_get_queued(struct pnpn_peer *peer);

#endif
