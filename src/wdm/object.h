/* SPDX-License-Identifier: MIT */
/* Counted objects: threads, files, devices, drivers; and handles to them. */
#ifndef PNPN_WDM_OBJECT_H
#define PNPN_WDM_OBJECT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <wdm.h>

/** What kinds there are; their addresses are what PsThreadType and its like point at. */
struct _OBJECT_TYPE {
	const char *name;
};

extern struct _OBJECT_TYPE pnpn_object_type_thread;
extern struct _OBJECT_TYPE pnpn_object_type_file;
extern struct _OBJECT_TYPE pnpn_object_type_event;
extern struct _OBJECT_TYPE pnpn_object_type_device;
extern struct _OBJECT_TYPE pnpn_object_type_driver;

/** What stands before the body of each. */
struct pnpn_object {
	_Alignas(16) POBJECT_TYPE type;
	atomic_long references;
	void (*destroy)(void *body); /* frees what the body holds, not the body; may be NULL */
};

/**
 * pnpn_object_new() - a zeroed body with one reference, the caller's
 *
 * Returns NULL without memory. Any IRQL up to DISPATCH_LEVEL.
 */
void *pnpn_object_new(POBJECT_TYPE type, size_t bytes, void (*destroy)(void *body));

/** One more reference unless the last is gone already: false then. */
bool pnpn_object_try_ref(void *body);

/** A handle with a reference of its own; NULL without memory. */
HANDLE pnpn_handle_new(void *body);

/** What a handle of this process stands for, with a reference that is the caller's; a type of NULL is any. Returns
 *  STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH. */
NTSTATUS pnpn_handle_reference(HANDLE handle, POBJECT_TYPE type, void **ret_body);

#endif
