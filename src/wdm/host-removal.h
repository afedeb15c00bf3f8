/* SPDX-License-Identifier: MIT */
/* The host is asked to end: its devices are removed in order (D5), on a thread, for that takes as long as others
 * need to agree. */
#ifndef PNPN_WDM_HOST_REMOVAL_H
#define PNPN_WDM_HOST_REMOVAL_H

#include <stdbool.h>

/**
 * pnpn_host_removal_start() - begin with the newest device
 * @address: of the manager, as in pnpn_host_start()
 *
 * Says on stderr who vetoes; handles that are open it waits for. Returns a descriptor that becomes readable when
 * nothing is left to be done, pnpn_host_removal_stop()'s to close; a negative errno value: there is no manager to
 * ask.
 */
int pnpn_host_removal_start(const char *address);

/** Once that is readable: whether a removal could not be asked for or was not answered, so that none will come: the
 *  manager is gone, or has no room for it. */
bool pnpn_host_removal_failed(void);

/** Ends it; once its devices are gone it waits for nobody. Blocks. Allowed where it was not started. */
void pnpn_host_removal_stop(void);

#endif
