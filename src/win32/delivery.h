/* SPDX-License-Identifier: MIT */
/* How events become messages, and messages calls of window procedures. */
#ifndef PNPN_WIN32_DELIVERY_H
#define PNPN_WIN32_DELIVERY_H

#include <stdbool.h>

struct pnpn_queue;

/** Hands out what waits for the calling thread's windows: calls their procedures, at most so many
 *  times. */
void pnpn_delivery_run(struct pnpn_queue *queue, int most);

/** Whether it would: procedures that retrieve messages inside procedures nest so deep and no deeper. Of
 *  the owning thread. */
bool pnpn_delivery_may_run(const struct pnpn_queue *queue);

/** The thread ends: what was taken and not handed out goes. */
void pnpn_delivery_drop_all(struct pnpn_queue *queue);

#endif
