/* SPDX-License-Identifier: MIT */
/* A thread's message queue: what was posted and sent to its windows, its timers, its way to the PnP
 * manager. */
#ifndef PNPN_WIN32_QUEUE_H
#define PNPN_WIN32_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <windows.h>
#include <pnpnotify.h>
#include "core/list.h"

/** Protects windows, classes, queues and registrations. Never held while a window procedure runs or
 *  the manager is asked; taken after a queue's connection_lock. */
extern pthread_mutex_t pnpn_gui_lock;

struct pnpn_posted {
	struct pnpn_list link;
	MSG message;
};

/** A message that another thread's SendMessage() waits for; on that thread's stack. */
struct pnpn_sent {
	struct pnpn_list link;
	struct pnpn_queue *sender;
	HWND window;
	UINT message;
	WPARAM wparam;
	LPARAM lparam;
	LRESULT result;
	bool done;
};

struct pnpn_queue {
	struct pnpn_list link; /* of all queues */
	unsigned int references;
	DWORD thread;
	int wake_fd; /* an eventfd: look at the queue again */

	/* Protected by pnpn_gui_lock: what other threads bring. */
	bool ended; /* the thread did */
	struct pnpn_list posted;
	unsigned int n_posted;
	DWORD fresh; /* QS_ bits of what was posted since the thread looked last */
	struct pnpn_list sent;
	struct pnpn_list answering; /* sent ones whose procedures run */

	/* The owning thread's own. */
	bool has_quit;
	int quit_status;
	struct pnpn_list timers;
	struct pnpn_list deliveries; /* messages made of events, to be handed out */
	struct pnpn_list under_way; /* those whose procedures run */
	unsigned int
		changes; /* of devices that top-level windows are still to be told of, as one */
	int depth; /* of procedures inside procedures, for those */
	bool more; /* events may be left that no descriptor tells of */

	/* The connection: other threads register for this one's windows. */
	pthread_mutex_t connection_lock;
	struct pnpn_connection *connection;
	struct pnpn_registration *devnodes; /* of devices' coming and going (U12) */
	unsigned int n_native; /* of notifications */
};

/** The calling thread's queue, made if need be; it goes when the thread ends. NULL without memory. */
struct pnpn_queue *pnpn_queue_get(void);

/** The calling thread ends: its windows and registrations go now (U11), not when its storage does. */
void pnpn_queue_end(void);

/** The queue of a thread, referenced; NULL. */
struct pnpn_queue *pnpn_queue_find(DWORD thread);

/** References, with or without pnpn_gui_lock held. */
struct pnpn_queue *pnpn_queue_ref(struct pnpn_queue *queue);
void pnpn_queue_unref(struct pnpn_queue *queue);

/** Has the thread look at its queue again. Any thread. */
void pnpn_queue_wake(struct pnpn_queue *queue);

/**
 * pnpn_queue_wait() - until there may be something new, on the calling thread's queue
 * @milliseconds: at most; INFINITE
 * @devices:      whether an event of a device counts
 */
void pnpn_queue_wait(struct pnpn_queue *queue, DWORD milliseconds, bool devices);

/** Hands what other threads sent to the window procedures. */
void pnpn_queue_handle_sent(struct pnpn_queue *queue);

/**
 * pnpn_queue_status() - what waits, as QS_ bits; of the calling thread's queue
 * @old_too: also what was there when the thread looked last. What was sent, and events of devices, count
 *           until they are handed out.
 */
DWORD pnpn_queue_status(struct pnpn_queue *queue, bool old_too);

/** The calling thread looks: what is there is new no more. */
void pnpn_queue_look(struct pnpn_queue *queue);

#endif
