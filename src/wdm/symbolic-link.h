/* SPDX-License-Identifier: MIT */
/* \DosDevices\X and \??\X: names of this host's devices, \\.\X to applications. */
#ifndef PNPN_WDM_SYMBOLIC_LINK_H
#define PNPN_WDM_SYMBOLIC_LINK_H

#include "wdm/node.h"

/** A device was attached to a stack: links made before to its name are given to the manager. False if one of
 *  them can't be, which is said on stderr. Takes the bus lock. */
bool pnpn_symbolic_links_attached(PDEVICE_OBJECT device);

/** AddDevice is over: what it named and did not attach is a device without a PDO (E4). The PnP thread, without the bus
 *  lock. */
void pnpn_symbolic_links_settle(void);

/** \??\X and \DosDevices\X as \\.\X, or an interface's name as \\?\…, the caller's: free().
 *  STATUS_OBJECT_NAME_INVALID if it is neither. */
NTSTATUS pnpn_symbolic_link_to_user(PCUNICODE_STRING name, char **ret_name);

/** Forgets all, at the host's end. */
void pnpn_symbolic_links_free(void);

#endif
