/* SPDX-License-Identifier: MIT */
/* Messages that are sent: to a procedure of the same thread, or to another one that answers when it looks. */
#ifndef PNPN_WIN32_SEND_H
#define PNPN_WIN32_SEND_H

struct pnpn_queue;

/** Hands what other threads sent to the calling thread's windows to their procedures. */
void pnpn_send_handle(struct pnpn_queue *queue);

#endif
