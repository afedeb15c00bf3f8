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

/** Once that is readable: a descriptor that becomes readable when the manager goes; now and then before that. */
int pnpn_host_removal_get_fd(void);

/** Whether a removal could not be asked for or was not answered, or the manager went since: none will come. The
 *  descriptor is not readable any more, unless it did. Allowed once that is readable. */
bool pnpn_host_removal_failed(void);

/** Ends it; once its devices are gone it waits for nobody. Blocks. Allowed where it was not started. */
void pnpn_host_removal_stop(void);

#endif
