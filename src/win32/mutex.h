/* SPDX-License-Identifier: MIT */
/* Mutexes that threads may have when they end. */
#ifndef PNPN_WIN32_MUTEX_H
#define PNPN_WIN32_MUTEX_H

/** The calling thread ends: what it has is the next one's, who is told. */
void pnpn_mutexes_abandon(void);

#endif
