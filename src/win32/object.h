/* SPDX-License-Identifier: MIT */
/* What a HANDLE stands for, and waiting for it. */
#ifndef PNPN_WIN32_OBJECT_H
#define PNPN_WIN32_OBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>
#include "core/list.h"

enum pnpn_object_type {
	PNPN_OBJECT_DEVICE,
	PNPN_OBJECT_EVENT,
	PNPN_OBJECT_THREAD,
	PNPN_OBJECT_PORT,
	PNPN_OBJECT_SEMAPHORE,
	PNPN_OBJECT_MUTEX,
	PNPN_OBJECT_TIMER,
	PNPN_OBJECT_PROCESS,
};

struct pnpn_apc_queue;
struct pnpn_device_io;
struct pnpn_shared_event;

struct pnpn_object {
	enum pnpn_object_type type;
	unsigned int references; /* the handles', and those who use it just now */
	unsigned int handles;
	bool signaled;
	bool manual_reset;
	DWORD exit_code; /* of a thread */
	DWORD thread; /* its id; of a mutex its owner's, or 0 */
	LONG count, maximum; /* of a semaphore; how often a mutex's owner has it */
	bool abandoned; /* a mutex whose owner ended */
	struct pnpn_list link; /* of a mutex that is owned */
	struct pnpn_apc_queue *apcs; /* its calls */
	struct pnpn_shared_event *shared; /* of an event that drivers may set; shared-event.c's */
	void *device; /* struct device_file; of a port, a timer, a process: its own */
	struct pnpn_device_io *io; /* of a device whose owner serves it */
	/* For those that wait, with the lock held: whether it is signaled (NULL: signaled), and that one had it
	 * (NULL: it does not mind), which returns false for what its owner left behind. */
	bool (*is_signaled)(const struct pnpn_object *object);
	bool (*take)(struct pnpn_object *object);
	void (*closed)(
		struct pnpn_object *object); /* when its last handle is closed; may be NULL */
	void (*release)(struct pnpn_object *object); /* when the last reference goes; may be NULL */
};

/** An object and its handle, which holds the only reference. NULL, last error set. */
HANDLE pnpn_object_new(enum pnpn_object_type type, struct pnpn_object **ret_object);

/** Another handle of an object that does not mind having had none. NULL, last error set. */
HANDLE pnpn_object_add_handle(struct pnpn_object *object);

/** Another handle of what a handle stands for. NULL, last error set. */
HANDLE pnpn_object_duplicate(HANDLE handle);

/** A reference to what a handle of this type stands for, to be given back with unref. NULL, last error
 *  set, for what is no handle or of another type. */
struct pnpn_object *pnpn_object_get(HANDLE handle, enum pnpn_object_type type);

/** Another reference. Returns the object. */
struct pnpn_object *pnpn_object_ref(struct pnpn_object *object);

/** Gives a reference back; NULL is allowed. */
void pnpn_object_unref(struct pnpn_object *object);

/** Protects every object's members; taken last of all locks. Given back, those that wait look again if need be. */
void pnpn_object_lock(void);
void pnpn_object_unlock(bool wake);

/** Signals or resets an object, and wakes whoever waits for it. */
void pnpn_object_signal(struct pnpn_object *object, bool signaled);

/**
 * pnpn_object_try() - whether a wait for these handles is over
 * @all: whether all have to be signaled, else any
 *
 * If so, what one waiter gets is taken. Returns WAIT_OBJECT_0 + index, WAIT_ABANDONED_0 + index, WAIT_TIMEOUT,
 * or WAIT_FAILED with the last error set.
 */
DWORD pnpn_object_try(DWORD count, const HANDLE *handles, BOOL all);

/** An eventfd that is written whenever some object is signaled, until it is taken away again. */
void pnpn_object_add_watcher(int eventfd);
void pnpn_object_remove_watcher(int eventfd);

/** What to wait for. */
struct pnpn_object_wait {
	DWORD count; /* 0: for time, or a call */
	const HANDLE *handles;
	BOOL all;
	DWORD milliseconds; /* INFINITE */
	bool (*ends)(void); /* asked at each look: something else ends it; NULL for nothing */
};

/** Waits. Returns WAIT_OBJECT_0 or WAIT_ABANDONED_0 + index; WAIT_TIMEOUT; WAIT_IO_COMPLETION if something else ended it; WAIT_FAILED with
 *  the last error set. */
DWORD pnpn_object_wait(const struct pnpn_object_wait *wait);

/** Has all that wait look again. */
void pnpn_object_wake_waiters(void);

#endif
