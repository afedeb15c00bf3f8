/* SPDX-License-Identifier: MIT */
/*
 * The thread that wakes, and does nothing else: whatever the event loop is at, a sleeper waits for no more than other
 * wakes. Users take turns, and so do the sources of one user: whoever asks without end harms himself alone (D10).
 *
 * Everything but pnpn_wake_source_woken is called from the event loop's thread.
 */
#ifndef PNPN_MANAGER_WAKER_THREAD_H
#define PNPN_MANAGER_WAKER_THREAD_H

#include <stdint.h>

struct pnpn_user;
struct pnpn_waker_thread;

/** A descriptor that a peer writes to. */
struct pnpn_wake_source {
	struct pnpn_user *user; /* whose time it takes; NULL: it is not there */
	int fd; /* borrowed */
	/** It is readable: on the thread that wakes, which holds the lock. */
	void (*woken)(struct pnpn_wake_source *source);
};

/** Starts the thread. Returns 0; an errno. */
int pnpn_waker_thread_start(struct pnpn_waker_thread **ret_thread);

/** Ends it; its sources were removed before. NULL is allowed. Returns NULL. */
struct pnpn_waker_thread *pnpn_waker_thread_stop(struct pnpn_waker_thread *thread);

/** Around every change to what a woken() looks at. Whoever asks for the lock has it after one turn at most. */
void pnpn_waker_lock(struct pnpn_waker_thread *thread);
void pnpn_waker_unlock(struct pnpn_waker_thread *thread);

/** From now on woken() is called whenever the descriptor is readable; fd and woken are set. Returns 0; an errno. */
int pnpn_wake_source_add(struct pnpn_wake_source *source, struct pnpn_user *user);

/** From now on it is not, and no call is under way. One that was never added is allowed. */
void pnpn_wake_source_remove(struct pnpn_wake_source *source);

#endif
