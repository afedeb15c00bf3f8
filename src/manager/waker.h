/* SPDX-License-Identifier: MIT */
/* Waking a device's registrants: the manager's part of the protocol in docs/ring.md. */
#ifndef PNPN_MANAGER_WAKER_H
#define PNPN_MANAGER_WAKER_H

struct pnpn_node;
struct pnpn_attachment_record;

/** Makes the device's eventfds, which it closes, and serves the owner's calls for help. Returns 0; an errno. */
int pnpn_waker_init(struct pnpn_node *node);

/** Wakes every registrant. */
void pnpn_waker_wake(struct pnpn_node *node);

/**
 * pnpn_waker_listen() - hear an attachment's kicks
 *
 * With one a reader says that it is about to sleep, or a kernel-mode registrant how far it got. Returns 0; an errno.
 */
int pnpn_waker_listen(struct pnpn_attachment_record *attachment);

/** An attachment came or went: the header's readers, handled and floor are set anew. */
void pnpn_waker_update(struct pnpn_node *node);

#endif
