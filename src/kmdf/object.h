/* SPDX-License-Identifier: MIT */
/*
 * The framework's objects: one tree below the driver's, each with a count of references, contexts of the driver's, and
 * what is called when it is cleaned up (deleted) and destroyed (its last reference is gone). A handle is an object's
 * address.
 */
#ifndef PNPN_KMDF_OBJECT_H
#define PNPN_KMDF_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <wdf.h>

enum pnpn_wdf_kind {
	PNPN_WDF_OBJECT = 1, /* WdfObjectCreate() */
	PNPN_WDF_DRIVER,
	PNPN_WDF_DEVICE,
	PNPN_WDF_QUEUE,
	PNPN_WDF_REQUEST,
	PNPN_WDF_FILE,
	PNPN_WDF_MEMORY,
	PNPN_WDF_LOOKASIDE,
	PNPN_WDF_TARGET,
	PNPN_WDF_TIMER,
	PNPN_WDF_DPC,
	PNPN_WDF_WORK_ITEM,
	PNPN_WDF_SPIN_LOCK,
	PNPN_WDF_WAIT_LOCK,
	PNPN_WDF_COLLECTION,
	PNPN_WDF_STRING,
	PNPN_WDF_RESOURCES,
	PNPN_WDF_WMI_PROVIDER,
	PNPN_WDF_WMI_INSTANCE,
};

struct pnpn_wdf_object {
	ULONG magic;
	enum pnpn_wdf_kind kind;
	LONG references;
	bool deleted; /* under the tree's lock */
	WDF_EXECUTION_LEVEL level; /* never InheritFromParent */
	WDF_SYNCHRONIZATION_SCOPE scope; /* the same */
	struct pnpn_wdf_object *parent; /* a reference; NULL for the driver */
	LIST_ENTRY children, sibling; /* under the tree's lock */
	LIST_ENTRY contexts;
	void (*on_delete)(struct pnpn_wdf_object
				  *object); /* stops what may still call the driver; NULL allowed */
	void (*on_free)(struct pnpn_wdf_object *object); /* NULL allowed */
};

/**
 * pnpn_wdf_object_new() - make an object
 * @size:       of the structure whose first member it is; all of it is zero
 * @attributes: the driver's; NULL for none
 * @parent:     where the attributes name none
 * @ret:        the structure: WdfObjectDelete()
 *
 * Any IRQL. Returns STATUS_SUCCESS, STATUS_INFO_LENGTH_MISMATCH, STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS pnpn_wdf_object_new(size_t size, enum pnpn_wdf_kind kind,
			     PWDF_OBJECT_ATTRIBUTES attributes, struct pnpn_wdf_object *parent,
			     void *ret);

/** The object of a handle; stops the driver as Windows does (WDF_VIOLATION) when it is none of that kind. */
struct pnpn_wdf_object *pnpn_wdf_object_of(WDFOBJECT handle, enum pnpn_wdf_kind kind);

/** It or the first of its ancestors of that kind; NULL if there is none. */
struct pnpn_wdf_object *pnpn_wdf_object_ancestor(struct pnpn_wdf_object *object,
						 enum pnpn_wdf_kind kind);

/** Stops the driver: a rule is broken that Windows stops the machine for. */
_Noreturn void pnpn_wdf_violation(const char *what);

#define PNPN_WDF_CAST(type, handle, kind) ((struct type *)pnpn_wdf_object_of((handle), (kind)))

#endif
