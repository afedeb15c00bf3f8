/* SPDX-License-Identifier: MIT */
/* The devices of processes: each has a ring that its owner writes, and what wakes its readers. */
#ifndef PNPN_MANAGER_PROCESS_H
#define PNPN_MANAGER_PROCESS_H

struct pnpn_node;
struct pnpn_peer;

/**
 * pnpn_process_node_new() - a device of a connected process, not started
 *
 * Returns 0; -EINVAL for an id that is none; -EACCES for one that is not the owner's to take (D9); -EEXIST;
 * -EDQUOT; an errno.
 */
int pnpn_process_node_new(struct pnpn_node **ret_node, struct pnpn_peer *owner,
			  const char *instance_id);

#endif
