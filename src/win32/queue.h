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

/** A procedure that retrieves messages is inside a call of ours; what it retrieves may be another event,
 *  whose procedure retrieves messages. Deeper than this the events wait until the innermost returns. */
#define PNPN_QUEUE_DEPTH_MAX 16

/** Protects windows, classes, queues and registrations. Never held while a window procedure runs or
 *  the manager is asked; taken after a queue's connection_lock. */
extern pthread_mutex_t pnpn_gui_lock;

struct pnpn_posted {
	struct pnpn_list link;
	MSG message;
};

/** A message that another thread sent, and waits for, mostly: on its stack, but for those that may outlast that. */
struct pnpn_sent {
	struct pnpn_list link;
	struct pnpn_queue *sender;
	HWND window;
	UINT message;
	WPARAM wparam;
	LPARAM lparam;
	LRESULT result;
	bool done;
	bool begun; /* its procedure runs, or ran */
	bool is_notice; /* its sender did not wait */
	bool abandoned; /* nobody waits for it: whoever answers it frees it */
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
	DWORD time; /* of the message that was retrieved last */
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
	struct pnpn_registration *ports, *volumes; /* of theirs (U16) */
	unsigned int n_native; /* of notifications */
};

/** What belongs to a thread beside its queue (queue-end.c). */
extern const struct pnpn_queue_sink {
	/** The thread ends: its windows, their registrations, timers, and what waits for them go. */
	void (*drop_all)(struct pnpn_queue *queue);
	/** In a child of fork(): what the manager knows of the queue's registrations is the parent's. */
	void (*forget_native)(struct pnpn_queue *queue);
} pnpn_queue_sink;

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

/** Whether events of devices may be handed out on the calling thread: procedures that retrieve messages inside
 *  procedures nest so deep and no deeper. */
static inline bool pnpn_queue_may_deliver(const struct pnpn_queue *queue)
{
	return queue->depth < PNPN_QUEUE_DEPTH_MAX;
}

/** Whether there may be some for it. */
bool pnpn_queue_has_events(struct pnpn_queue *queue);

/** Gives the sender its answer. With pnpn_gui_lock held; the sender may be gone when this returns. */
void pnpn_queue_answer(struct pnpn_sent *sent, LRESULT result);

#endif
