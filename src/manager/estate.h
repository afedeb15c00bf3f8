/* SPDX-License-Identifier: MIT */
/* What an ended connection leaves: cleared away in turns. */
#ifndef PNPN_MANAGER_ESTATE_H
#define PNPN_MANAGER_ESTATE_H

struct pnpn_peer;
struct pnpn_server;

/** Before there are any peers: what it takes to let go of one is had from then on. Returns 0; an errno. */
int pnpn_estates_init(struct pnpn_server *server);

/** A peer went: its devices are removed, its registrations and handles end (R14, U11), the first at once, many
 *  in turns. NULL is allowed. Returns NULL. */
struct pnpn_peer *pnpn_estate_settle(struct pnpn_peer *peer);

/** The manager ends: all peers are cut off before anything of theirs goes, for that is not to be told. */
void pnpn_estates_free(struct pnpn_server *server);

#endif
