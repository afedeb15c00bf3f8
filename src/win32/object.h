/* SPDX-License-Identifier: MIT */
/* What a HANDLE stands for: devices, events, threads, and waiting for them. */
#ifndef PNPN_WIN32_OBJECT_H
#define PNPN_WIN32_OBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

enum pnpn_object_type {
	PNPN_OBJECT_DEVICE,
	PNPN_OBJECT_EVENT,
	PNPN_OBJECT_THREAD,
};

struct pnpn_object {
	enum pnpn_object_type type;
	unsigned int references; /* the handle table's, and those who use it just now */
	bool signaled;
	bool manual_reset;
	DWORD exit_code; /* of a thread */
	void *device; /* struct pnpn_device_file */
	void (*release)(struct pnpn_object *object); /* when the last reference goes; may be NULL */
};

/** An object and its handle, which holds the only reference. NULL, last error set. */
HANDLE pnpn_object_new(enum pnpn_object_type type, struct pnpn_object **ret_object);

/** A reference to what a handle of this type stands for, to be given back with unref. NULL, last error
 *  set, for what is no handle or of another type. */
struct pnpn_object *pnpn_object_get(HANDLE handle, enum pnpn_object_type type);

/** Another reference. Returns the object. */
struct pnpn_object *pnpn_object_ref(struct pnpn_object *object);

/** Gives a reference back; NULL is allowed. */
void pnpn_object_unref(struct pnpn_object *object);

/** Signals or resets an object, and wakes whoever waits for it. */
void pnpn_object_signal(struct pnpn_object *object, bool signaled);

/**
 * pnpn_object_try() - whether a wait for these handles is over
 * @all: whether all have to be signaled, else any
 *
 * If so, events without manual reset are reset. Returns WAIT_OBJECT_0 + index, WAIT_TIMEOUT, or
 * WAIT_FAILED with the last error set.
 */
DWORD pnpn_object_try(DWORD count, const HANDLE *handles, BOOL all);

/** An eventfd that is written whenever some object is signaled, until it is taken away again. */
void pnpn_object_add_watcher(int eventfd);
void pnpn_object_remove_watcher(int eventfd);

#endif
