/* SPDX-License-Identifier: MIT */
/* Which device is below which (U17): as Linux has them below /sys; all others are the root's. */
#ifndef PNPN_MANAGER_FAMILY_H
#define PNPN_MANAGER_FAMILY_H

#include <systemd/sd-bus.h>

struct pnpn_node;
struct pnpn_peer;
struct pnpn_server;

/** A device by any name; NULL is written for the root. Returns 0; -ENOENT. */
int pnpn_family_find(struct pnpn_server *server, const char *name, struct pnpn_node **ret_node);

/** The instance id of what it is below, lent. */
const char *pnpn_family_parent_id(const struct pnpn_node *node);

/** Answers NextChild. Returns as a method of D-Bus. */
int pnpn_family_answer(struct pnpn_peer *peer, sd_bus_message *call, const char *parent,
		       const char *after);

#endif
