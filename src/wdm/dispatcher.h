/* SPDX-License-Identifier: MIT */
/*
 * Objects that threads wait for. One lock guards the state of them all, the timer and the DPC queue.
 * A signal is handed to the waiters inside the call that signals, so that an event set and reset at
 * once still releases who waited, and so that a woken thread may free the object.
 */
#ifndef PNPN_WDM_DISPATCHER_H
#define PNPN_WDM_DISPATCHER_H

#include <wdm.h>

/** DISPATCHER_HEADER.Type. */
enum pnpn_dispatcher_type {
	PNPN_DISPATCHER_EVENT_NOTIFICATION = 0,
	PNPN_DISPATCHER_EVENT_SYNCHRONIZATION = 1,
	PNPN_DISPATCHER_MUTANT = 2,
	PNPN_DISPATCHER_SEMAPHORE = 5,
	PNPN_DISPATCHER_THREAD = 6,
	PNPN_DISPATCHER_TIMER_NOTIFICATION = 8,
	PNPN_DISPATCHER_TIMER_SYNCHRONIZATION = 9,
};

/** Takes and releases the one lock. Nothing that blocks may be called in between. */
void pnpn_dispatcher_lock(void);
void pnpn_dispatcher_unlock(void);

/** Has a function called by whoever is about to wait, without the lock. */
void pnpn_dispatcher_watch_waits(void (*waits)(void));

/** The calling thread is about to wait. */
void pnpn_dispatcher_tell_wait(void);

/** Prepares an object. */
void pnpn_dispatcher_init(DISPATCHER_HEADER *header, enum pnpn_dispatcher_type type, LONG state);

/** With the lock held, after SignalState grew: releases those whose wait is over now. */
void pnpn_dispatcher_release(DISPATCHER_HEADER *header);

#endif
