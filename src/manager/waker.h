/* SPDX-License-Identifier: MIT */
/* Waking a device's registrants: the manager's part of the protocol in docs/ring.md. */
#ifndef PNPN_MANAGER_WAKER_H
#define PNPN_MANAGER_WAKER_H

#include <stdint.h>
#include <systemd/sd-event.h>

struct pnpn_node;
struct pnpn_attachment_record;
struct pnpn_user;

/** Makes the device's eventfds, which it closes, and serves the owner's calls for help. Returns 0; an errno. */
int pnpn_waker_init(struct pnpn_node *node);

/** Wakes every registrant. */
void pnpn_waker_wake(struct pnpn_node *node);

/** A reader said that it is about to sleep, or a kernel-mode registrant how far it got. */
void pnpn_waker_kicked(struct pnpn_attachment_record *attachment);

/** An attachment came or went: the header's readers, handled and floor are set anew. */
void pnpn_waker_update(struct pnpn_node *node);

/** Empties an eventfd that a peer has too. */
void pnpn_waker_take(int fd);

/** What wakes comes before calls, from its first time on. Returns 0; an errno. */
int pnpn_waker_put_first(sd_event_source *source);

/** It took the user's time since then: whoever wakes without end comes with the calls. */
void pnpn_waker_spend(sd_event_source *source, struct pnpn_user *user, uint64_t began_usec);

#endif
