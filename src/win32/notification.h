/* SPDX-License-Identifier: MIT */
/* RegisterDeviceNotification: what windows registered for. */
#ifndef PNPN_WIN32_NOTIFICATION_H
#define PNPN_WIN32_NOTIFICATION_H

#include <stdbool.h>
#include <windows.h>
#include <pnpnotify.h>
#include "core/list.h"

struct pnpn_queue;

/**
 * One registration. The list holds a reference, and so does whoever works with it without pnpn_gui_lock:
 * a registration under way, a message that waits. It ends by leaving the list, once, with both locks held,
 * and takes what the manager knows of it along: nobody finds one half of it.
 */
struct pnpn_notification {
	struct pnpn_list link; /* of all; empty once it ended; protected by pnpn_gui_lock */
	unsigned int references; /* atomic */
	HDEVNOTIFY number; /* never given twice */
	HWND window;
	bool unicode;
	struct pnpn_queue *queue; /* the window's; a reference */
	HANDLE handle; /* the value registered with; NULL for interfaces */
	uint64_t opened; /* the manager's number for that handle */
	/* Protected by the queue's connection_lock; NULL once its last message was made, too (D8). */
	struct pnpn_registration *native;
};

/** The registration of that number, or NULL. With pnpn_gui_lock held. */
struct pnpn_notification *pnpn_notification_find(HDEVNOTIFY number);

/** References: with one, or with pnpn_gui_lock held while it is in the list. */
struct pnpn_notification *pnpn_notification_ref(struct pnpn_notification *notification);
void pnpn_notification_unref(struct pnpn_notification *notification);

/** Its last message was made: the manager's part of it ends (D8). With the connection_lock held. */
void pnpn_notification_detach(struct pnpn_notification *notification);

/** In a child of fork(): what the manager knows of the queue's registrations is the parent's. */
void pnpn_notification_forget_native(struct pnpn_queue *queue);

/** Whether the calling thread has top-level windows: those are told when devices come and go (U12). Asks
 *  the manager; without one that begins when it is there. */
void pnpn_notification_watch_devices(struct pnpn_queue *queue, bool watch);

/** Ends every registration of a window (U11). */
void pnpn_notification_drop_window(HWND window);

#endif
