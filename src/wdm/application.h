/* SPDX-License-Identifier: MIT */
/* Applications that have this host's devices open: what they ask reaches drivers as IRPs (E1 to E5). */
#ifndef PNPN_WDM_APPLICATION_H
#define PNPN_WDM_APPLICATION_H

#include <wdm.h>
#include <pnpnotify.h>

/** Starts taking what they ask. Returns 0 or a negative errno value. */
int pnpn_applications_start(void);

/** As if all of them had ended: what is pending is cancelled, files are closed. Waits for that, but not for drivers that
 *  do not let go of an IRP. PASSIVE_LEVEL; nothing of the PnP thread is waited for. */
void pnpn_applications_cut(void);

/** Ends it, after that. */
void pnpn_applications_stop(void);

/** For pnpn_device_serve(); userdata is the node. */
pnpn_opened pnpn_application_opened;

/**
 * pnpn_application_find_event() - an event of the application for which the calling thread works
 *
 * Returns STATUS_SUCCESS and an object of type Event with a reference that is the caller's; STATUS_INVALID_HANDLE.
 */
NTSTATUS pnpn_application_find_event(HANDLE handle, PVOID *ret_event);

/** The process for which the calling thread works; 0 for none. */
ULONG pnpn_application_get_process(void);

#endif
