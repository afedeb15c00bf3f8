/* SPDX-License-Identifier: MIT */
/* How events become messages, and messages calls of window procedures. */
#ifndef PNPN_WIN32_DELIVERY_H
#define PNPN_WIN32_DELIVERY_H

struct pnpn_queue;

/** Hands out what waits for the calling thread's windows: calls their procedures, at most so many
 *  times. */
void pnpn_delivery_run(struct pnpn_queue *queue, int most);

/** The thread ends: what was taken and not handed out goes. */
void pnpn_delivery_drop_all(struct pnpn_queue *queue);

#endif
