/* SPDX-License-Identifier: MIT */
/*
 * Registrations of drivers (section K). An entry is known to its owner by its address, which is what
 * IoRegisterPlugPlayNotification() gives; the notifier's lock guards them all.
 */
#ifndef PNPN_WDM_NOTIFICATION_H
#define PNPN_WDM_NOTIFICATION_H

#include <stdbool.h>
#include <wdm.h>
#include <pnpnotify.h>
#include "core/name.h"

struct pnpn_notification_entry {
	LIST_ENTRY entry;
	IO_NOTIFICATION_EVENT_CATEGORY category;
	unsigned int flags; /* of the native registration */
	PDRIVER_OBJECT driver;
	PDRIVER_NOTIFICATION_CALLBACK_ROUTINE callback;
	PVOID context;
	PFILE_OBJECT file; /* without a reference: NULL once it is closed (K2) */
	char device[PNPN_INSTANCE_ID_BYTES];
	struct pnpn_guid interface_class;
	struct pnpn_registration *registration; /* NULL for hardware profiles */
	bool unregistered;
	bool completed; /* it heard that the removal is complete (D5) */
	unsigned int running; /* its callback is under way */
};

/** With the lock held: registers it at the manager. Returns 0 or a negative errno value. */
int pnpn_notification_attach(struct pnpn_notification_entry *entry,
			     struct pnpn_connection *connection);

/** With the lock held: all that are there, for the notifier to go over. */
PLIST_ENTRY pnpn_notifications(void);

/** With the lock held: frees one that nobody uses any more. */
void pnpn_notification_free(struct pnpn_notification_entry *entry);

/** A file object goes: entries forget it (K2). Takes the lock. */
void pnpn_notifications_file_closed(PFILE_OBJECT file);

/** A driver goes: says how many entries it left, and ends them (K6). Takes the lock. */
void pnpn_notifications_driver_gone(PDRIVER_OBJECT driver);

#endif
