/* SPDX-License-Identifier: MIT */
/*
 * Readers of one device and one user that are woken with one write, to an eventfd that only the manager
 * holds.
 *
 * Not one for all: Linux limits how many ways lead from a descriptor through nested epolls (500 through
 * one, 100 through two, 50 through three), and a reader hangs its wake descriptor into an epoll of its
 * own, often that into another. So a group is small, and of one user: a hostile reader can use up the
 * ways of its own user's readers only.
 */
#ifndef PNPN_MANAGER_GROUP_H
#define PNPN_MANAGER_GROUP_H

#include <stdint.h>
#include <sys/types.h>
#include "core/list.h"

/** Readers in a group at most; and readers that hear the device's owner directly. */
#define PNPN_GROUP_READERS 32

struct pnpn_node;
struct pnpn_waker_thread;

struct pnpn_group {
	struct pnpn_waker_thread *thread; /* its lock is for the link */
	struct pnpn_list link; /* in the node */
	uid_t uid;
	unsigned int n_readers;
	int fd;
};

/** A group of this user's with room for one more, which it counts. Returns 0; an errno. */
int pnpn_group_join(struct pnpn_node *node, uid_t uid, struct pnpn_group **ret_group);

/** One reader less; the last one frees it. NULL is allowed. Returns NULL. */
struct pnpn_group *pnpn_group_leave(struct pnpn_group *group);

#endif
