/* SPDX-License-Identifier: MIT */
/* The calls of callbacks that are to be made, and the threads that make them (U13). */
#ifndef PNPN_WIN32_CM_CALL_H
#define PNPN_WIN32_CM_CALL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <windows.h>
#include <cfgmgr32.h>

/** Protects the calls, who makes them, and the notifications. Not held while a callback runs; taken after
 *  cm-notification.c's connection_lock. */
extern pthread_mutex_t pnpn_cm_lock;

/** Has a callback called, after those that are to be called already. The data is taken over; NULL: there was
 *  no memory, and this notification alone misses it (U14). */
void pnpn_cm_call(HCMNOTIFICATION number, CM_NOTIFY_ACTION action, CM_NOTIFY_EVENT_DATA *data,
		  size_t bytes);

/** The same with a query (D5), to which what the callback returns is the answer. Returns false if there was no memory
 *  to call it. */
bool pnpn_cm_call_query(HCMNOTIFICATION number, uint64_t query, CM_NOTIFY_EVENT_DATA *data,
			size_t bytes);

/** Where calls come from: the notifications. */
struct pnpn_cm_caller {
	/** With pnpn_cm_lock held: whether there is one of that number, and what to call. */
	bool (*find)(HCMNOTIFICATION number, PCM_NOTIFY_CALLBACK *ret_callback, PVOID *ret_context);
	/** Makes calls of what has happened, if it may take that, or else waits. Returns false, and has stopped,
	 *  where nothing is registered any more. */
	bool (*listen)(bool take);
	/** What a callback answers to a query. No lock held. */
	void (*answer)(uint64_t query, bool agrees);
	/** Has whoever listens look again. */
	void (*wake)(void);
};

/** Somebody listens and makes calls from now on. With the connection_lock held. Returns 0 or -errno. */
int pnpn_cm_call_start(const struct pnpn_cm_caller *from);

/** By who listens, with the connection_lock held: nobody does from now on. */
void pnpn_cm_call_stop(void);

/** With pnpn_cm_lock held: whether to wait for the notification's callback would not be to wait for oneself,
 *  as its own callback or by way of others. If so the wait has begun: pnpn_cm_call_wait(). */
bool pnpn_cm_call_may_wait(HCMNOTIFICATION number);

/** Waits until the notification's callback has returned. */
void pnpn_cm_call_wait(HCMNOTIFICATION number);

/** In a child of fork(): none of it is the child's. */
void pnpn_cm_call_in_child(void);

#endif
