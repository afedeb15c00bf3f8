/* SPDX-License-Identifier: MIT */
/* The PnP thread: all of a driver's routines that belong to a device's life run there. */
#ifndef PNPN_WDM_HOST_PNP_H
#define PNPN_WDM_HOST_PNP_H

#include "wdm/node.h"

/** Starts the thread, and that of the callbacks. Returns 0 or a negative errno value. */
int pnpn_pnp_start(void);

/** Ends them, after the callbacks that can run have run. */
void pnpn_pnp_stop(void);

/** Runs a function there and waits for it. Any other thread. */
void pnpn_pnp_call(void (*function)(void *argument), void *argument);

/** Has it look for invalidated devices, those whose last file was closed, and what a removal waits for. Any thread, any IRQL up to DISPATCH_LEVEL. */
void pnpn_pnp_wake(void);

/** On the PnP thread: AddDevice, IRP_MN_START_DEVICE, and the device is there. Returns STATUS_SUCCESS
 *  or what went wrong, after a line on stderr. */
NTSTATUS pnpn_pnp_add_device(PDRIVER_OBJECT driver, const char *id);

/** On the PnP thread: a driver came, and devices of bus drivers that waited for one may have theirs now. */
void pnpn_pnp_begin_waiting(void);

/** On the PnP thread: IRP_MN_SURPRISE_REMOVAL, the removal, and IRP_MN_REMOVE_DEVICE once drivers of this host
 *  hold no file on it any more (D7), or without waiting for that; devices below it first. Returns whether it came to that. */
bool pnpn_pnp_remove_device(struct pnpn_node *node, bool force);

/** An eventfd that is written to when a device was removed. */
int pnpn_pnp_get_removed_fd(void);

#endif
