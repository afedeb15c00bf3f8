/* SPDX-License-Identifier: MIT */
/* Windows come and go. */
#ifndef PNPN_WIN32_WINDOW_LIFE_H
#define PNPN_WIN32_WINDOW_LIFE_H

struct pnpn_queue;

/** The ending thread's windows go, without a message. */
void pnpn_window_drop_all(struct pnpn_queue *queue);

#endif
