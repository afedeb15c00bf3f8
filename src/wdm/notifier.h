/* SPDX-License-Identifier: MIT */
/*
 * The notification thread: a connection of its own on which kernel-mode registrants are registered; it
 * takes their events and calls them at PASSIVE_LEVEL, one at a time. An event counts as handled when
 * the next one is taken, so after the callback returned (R2).
 */
#ifndef PNPN_WDM_NOTIFIER_H
#define PNPN_WDM_NOTIFIER_H

#include <stdbool.h>
#include "wdm/notification.h"

/** Connects and starts the thread; address as in pnpn_bus_start(). Returns 0 or as pnpn_connect(). */
int pnpn_notifier_start(const char *address);

/** Ends the thread, disconnects, frees what is registered still. */
void pnpn_notifier_stop(void);

/** Takes the lock, inside which no callback runs. Returns the connection, NULL without a manager. May
 *  be taken inside a callback; not inside the bus lock. */
struct pnpn_connection *pnpn_notifier_lock(void);
void pnpn_notifier_unlock(void);

/** Whether the caller is a callback (K5, K7). */
bool pnpn_notifier_is_current_thread(void);

/** With the lock held: waits until the notifier has freed an entry that was unregistered while its
 *  callback ran. */
void pnpn_notifier_wait_freed(struct pnpn_notification_entry *entry);

#endif
