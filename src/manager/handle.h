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

/** Opens a started device (D4, D9). Returns 0; -ENOENT; -EACCES; -EBUSY while it is
 *  being removed (D5); -EDQUOT. The instance id lives as long
 *  as the device. */
int pnpn_open_new(struct pnpn_peer *peer, const char *name, struct pnpn_open **ret_open,
		  const char **ret_instance_id);

/** Closes it. Returns NULL. */
struct pnpn_open *pnpn_open_free(struct pnpn_open *open);

/** Whether a handle of that number, whoever's, is one of this device. */
bool pnpn_open_is_of(uint64_t number, const struct pnpn_node *node);

/** The peer's handle of that number, or NULL. */
struct pnpn_open *pnpn_open_get(struct pnpn_peer *peer, uint64_t number);

#endif
