/* SPDX-License-Identifier: MIT */
/*
 * Something that is called by workers, as often as it is submitted, and that outlives its calls: what work, timers and waits
 * of the thread pool have in common. Embedded; any thread.
 */
#ifndef PNPN_WIN32_POOLED_H
#define PNPN_WIN32_POOLED_H

#include <stdbool.h>
#include <windows.h>
#include "win32/workers.h"

struct pnpn_object;
struct pnpn_pooled;

/** One call that is under way; what PTP_CALLBACK_INSTANCE points to. */
struct _TP_CALLBACK_INSTANCE {
	struct pnpn_pooled *pooled; /* NULL once whoever waits is not to wait for the rest of it */
	/* What is done when it returns; NULL. */
	struct pnpn_object *event;
	HANDLE semaphore, mutex;
	DWORD count;
	CRITICAL_SECTION *section;
	HMODULE module;
};

struct pnpn_pooled {
	struct pnpn_task task;
	/** Calls the program; on a worker. */
	void (*call)(struct pnpn_pooled *pooled, PTP_CALLBACK_INSTANCE instance);
	/** Frees it, after the last call and pnpn_pooled_unref(). */
	void (*release)(struct pnpn_pooled *pooled);

	/* Guarded by the lock of all. */
	unsigned int references, pending, running;
	bool queued; /* the task is with the workers */
	struct pnpn_object *completion; /* signaled after the last call; NULL */
};

/** With one reference. */
void pnpn_pooled_init(struct pnpn_pooled *pooled,
		      void (*call)(struct pnpn_pooled *, PTP_CALLBACK_INSTANCE),
		      void (*release)(struct pnpn_pooled *));

/** Gives that back. */
void pnpn_pooled_unref(struct pnpn_pooled *pooled);

/** One more call of it, soon. */
void pnpn_pooled_submit(struct pnpn_pooled *pooled);

/**
 * The same in two steps: from the first on it is waited for, and may be cancelled; the second, with no lock held, is due if
 * the first returned true. Without a thread that could call it the caller's does.
 */
bool pnpn_pooled_count(struct pnpn_pooled *pooled);
void pnpn_pooled_hand_over(struct pnpn_pooled *pooled);

/** Waits for the calls that were submitted; cancel: for those that have begun, and the others are not made. */
void pnpn_pooled_wait(struct pnpn_pooled *pooled, bool cancel);

/**
 * pnpn_pooled_end() - no call begins any more; its reference is given back
 * @completion: an event that is set after the last call; INVALID_HANDLE_VALUE: that is waited for; NULL
 *
 * Returns TRUE; FALSE, with the last error ERROR_IO_PENDING while a call is under way.
 */
BOOL pnpn_pooled_end(struct pnpn_pooled *pooled, HANDLE completion);

/** A call: with an instance, and what is done when it returns. */
void pnpn_pooled_run_simple(PTP_SIMPLE_CALLBACK callback, void *context);

#endif
