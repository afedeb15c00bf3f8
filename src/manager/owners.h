/* SPDX-License-Identifier: MIT */
/* Who may own devices where anybody may connect (D9): root, and whom a file names. */
#ifndef PNPN_MANAGER_OWNERS_H
#define PNPN_MANAGER_OWNERS_H

#include <stdbool.h>

struct pnpn_peer;
struct pnpn_server;

/** The file, unless another one is given. */
#define PNPN_OWNERS_PATH "/etc/pnpnotify/owners"

/** Another file than PNPN_OWNERS_PATH says who. Returns 0; -ENOMEM. */
int pnpn_owners_set_path(struct pnpn_server *server, const char *path);

/**
 * pnpn_owners_allow() - whether a peer may own a device of that instance id
 *
 * The file is read anew each time. Each of its lines has a user, or % and a group, and a pattern for instance
 * ids with * and ?, upper and lower case being one; # begins a comment. It counts only if root, or whoever
 * runs the manager, alone may write it. Other machines' devices (FLEET) are for patterns that begin so, on a
 * private socket too.
 */
bool pnpn_owners_allow(const struct pnpn_peer *peer, const char *instance_id);

#endif
