/* SPDX-License-Identifier: MIT */
/* A device that a peer holds open. */
#ifndef PNPN_MANAGER_HANDLE_H
#define PNPN_MANAGER_HANDLE_H

#include <stdbool.h>
#include <stdint.h>
#include "core/list.h"

struct pnpn_node;
struct pnpn_peer;

struct pnpn_open {
	struct pnpn_peer *peer;
	struct pnpn_list peer_link;
	struct pnpn_list node_link; /* in its device; in none once that went */
	struct pnpn_node *node; /* valid while it is in there */
	uint64_t number;
};

/** Opens a started device (D4, D9), or, unless ret_rest is NULL, what is behind its \\.\ name: *ret_rest, in name.
 *  Returns 0; -ENOENT; -EACCES; -EBUSY while it is being removed (D5); -EDQUOT. */
int pnpn_open_new(struct pnpn_peer *peer, const char *name, struct pnpn_open **ret_open,
		  const char **ret_rest);

/**
 * pnpn_open_pass() - has the device's owner hear of it, and makes the way between the two (E1)
 * @ret_fd: the opener's end of the socket, the caller's; -1 where the owner wants to hear of nobody
 *
 * Nobody waits for the owner: what he says of it he says there. Returns 0; -EBUSY if too much waits for him
 * already; an errno.
 */
int pnpn_open_pass(const struct pnpn_open *open, const char *rest, int *ret_fd);

/** Closes it. Returns NULL. */
struct pnpn_open *pnpn_open_free(struct pnpn_open *open);

/** Whether a handle of that number, whoever's, is one of this device. */
bool pnpn_open_is_of(uint64_t number, const struct pnpn_node *node);

/** The peer's handle of that number, or NULL. */
struct pnpn_open *pnpn_open_get(struct pnpn_peer *peer, uint64_t number);

#endif
