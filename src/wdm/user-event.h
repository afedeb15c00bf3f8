/* SPDX-License-Identifier: MIT */
/* Events of applications, as drivers see them: what they set here is set there (E3). */
#ifndef PNPN_WDM_USER_EVENT_H
#define PNPN_WDM_USER_EVENT_H

#include <stdbool.h>
#include <wdm.h>

/**
 * pnpn_user_event_new() - the event behind a socket (PNPN_IO_EVENT)
 * @socket: taken over in any case
 *
 * What the driver sets and resets is told there; what the application does with it is not told here.
 * Returns STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS pnpn_user_event_new(int socket, bool manual, PVOID *ret_event);

/** Tells the application, if it is one of its events. Never blocks. */
void pnpn_user_event_tell(const KEVENT *event, bool set);

#endif
