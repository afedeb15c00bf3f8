/* SPDX-License-Identifier: MIT */
/* RegisterDeviceNotification: registrations, and how their events become messages. */
#ifndef PNPN_WIN32_NOTIFICATION_H
#define PNPN_WIN32_NOTIFICATION_H

#include <windows.h>

struct pnpn_queue;

/** Hands out what waits for the calling thread's windows: calls their procedures, at most so many
 *  times. */
void pnpn_notification_deliver(struct pnpn_queue *queue, int most);

/** The calling thread has a top-level window: those are told when devices come and go (U12). Asks the
 *  manager; without one nothing comes or goes. */
void pnpn_notification_watch_devices(struct pnpn_queue *queue);

/** Ends every registration of a window (U11). */
void pnpn_notification_drop_window(HWND window);

#endif
