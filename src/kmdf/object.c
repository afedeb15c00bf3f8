/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include "kmdf/object.h"

#define MAGIC	      0x0bdf0bdfu
#define WDF_VIOLATION 0x0000010d

struct context {
	LIST_ENTRY link;
	WDFOBJECT object;
	PCWDF_OBJECT_CONTEXT_TYPE_INFO type; /* NULL: only the callbacks are of interest */
	PFN_WDF_OBJECT_CONTEXT_CLEANUP cleanup;
	PFN_WDF_OBJECT_CONTEXT_DESTROY destroy;
	_Alignas(16) unsigned char bytes[]; /* the driver's */
};

/* Guards who is whose child, and whose contexts are where. */
static KSPIN_LOCK tree;

void pnpn_wdf_violation(const char *what)
{
	fprintf(stderr, "pnpnotify-kmdf: %s\n", what);
	KeBugCheckEx(WDF_VIOLATION, 0, 0, 0, 0);
}

struct pnpn_wdf_object *pnpn_wdf_object_of(WDFOBJECT handle, enum pnpn_wdf_kind kind)
{
	struct pnpn_wdf_object *object = handle;

	if (!object || object->magic != MAGIC || (kind && object->kind != kind))
		pnpn_wdf_violation("a handle is no object of the kind that is wanted");
	return object;
}

struct pnpn_wdf_object *pnpn_wdf_object_ancestor(struct pnpn_wdf_object *object,
						 enum pnpn_wdf_kind kind)
{
	while (object && object->kind != kind)
		object = object->parent;
	return object;
}

/* --- contexts ------------------------------------------------------------------------------------- */

static size_t context_size(const WDF_OBJECT_ATTRIBUTES *attributes)
{
	if (!attributes->ContextTypeInfo)
		return 0;
	size_t size = attributes->ContextTypeInfo->ContextSize;
	return attributes->ContextSizeOverride > size ? attributes->ContextSizeOverride : size;
}

static struct context *context_find(struct pnpn_wdf_object *object,
				    PCWDF_OBJECT_CONTEXT_TYPE_INFO type)
{
	for (PLIST_ENTRY entry = object->contexts.Flink; entry != &object->contexts;
	     entry = entry->Flink) {
		struct context *context = CONTAINING_RECORD(entry, struct context, link);
		if (context->type == type)
			return context;
	}
	return NULL;
}

static NTSTATUS context_add(struct pnpn_wdf_object *object, const WDF_OBJECT_ATTRIBUTES *attributes,
			    PVOID *ret_bytes)
{
	struct context *context = calloc(1, sizeof(*context) + context_size(attributes));
	KIRQL irql;

	if (!context)
		return STATUS_INSUFFICIENT_RESOURCES;
	context->object = object;
	context->type = attributes->ContextTypeInfo;
	context->cleanup = attributes->EvtCleanupCallback;
	context->destroy = attributes->EvtDestroyCallback;
	KeAcquireSpinLock(&tree, &irql);
	struct context *same = context->type ? context_find(object, context->type) : NULL;
	if (!same)
		InsertTailList(&object->contexts, &context->link);
	KeReleaseSpinLock(&tree, irql);
	if (same)
		free(context);
	if (ret_bytes)
		*ret_bytes = (same ? same : context)->bytes;
	return same ? STATUS_OBJECT_NAME_EXISTS : STATUS_SUCCESS;
}

NTSTATUS WdfObjectAllocateContext(WDFOBJECT handle, PWDF_OBJECT_ATTRIBUTES attributes,
				  PVOID *context)
{
	struct pnpn_wdf_object *object = pnpn_wdf_object_of(handle, 0);

	if (!attributes || attributes->Size != sizeof(*attributes))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (!attributes->ContextTypeInfo)
		return STATUS_OBJECT_NAME_INVALID;
	if (object->deleted)
		return STATUS_DELETE_PENDING;
	return context_add(object, attributes, context);
}

PVOID WdfObjectGetTypedContextWorker(WDFOBJECT handle, PCWDF_OBJECT_CONTEXT_TYPE_INFO type)
{
	struct pnpn_wdf_object *object = pnpn_wdf_object_of(handle, 0);
	KIRQL irql;

	KeAcquireSpinLock(&tree, &irql);
	struct context *context = context_find(object, type->UniqueType);
	KeReleaseSpinLock(&tree, irql);
	return context ? context->bytes : NULL;
}

WDFOBJECT WdfObjectContextGetObject(PVOID bytes)
{
	return CONTAINING_RECORD(bytes, struct context, bytes)->object;
}

/* --- beginning ------------------------------------------------------------------------------------- */

static NTSTATUS object_take_attributes(struct pnpn_wdf_object *object,
				       PWDF_OBJECT_ATTRIBUTES attributes)
{
	if (!attributes)
		return STATUS_SUCCESS;
	if (attributes->ExecutionLevel > WdfExecutionLevelInheritFromParent)
		object->level = attributes->ExecutionLevel;
	if (attributes->SynchronizationScope > WdfSynchronizationScopeInheritFromParent)
		object->scope = attributes->SynchronizationScope;
	if (!attributes->ContextTypeInfo && !attributes->EvtCleanupCallback &&
	    !attributes->EvtDestroyCallback)
		return STATUS_SUCCESS;
	return context_add(object, attributes, NULL);
}

static void object_join(struct pnpn_wdf_object *object, struct pnpn_wdf_object *parent)
{
	KIRQL irql;

	if (!parent)
		return;
	WdfObjectReference(parent);
	object->parent = parent;
	KeAcquireSpinLock(&tree, &irql);
	InsertTailList(&parent->children, &object->sibling);
	KeReleaseSpinLock(&tree, irql);
}

NTSTATUS pnpn_wdf_object_new(size_t size, enum pnpn_wdf_kind kind,
			     PWDF_OBJECT_ATTRIBUTES attributes, struct pnpn_wdf_object *parent,
			     void *ret)
{
	if (attributes && attributes->Size != sizeof(*attributes))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (attributes && attributes->ParentObject)
		parent = pnpn_wdf_object_of(attributes->ParentObject, 0);
	struct pnpn_wdf_object *object = calloc(1, size);
	if (!object)
		return STATUS_INSUFFICIENT_RESOURCES;
	object->magic = MAGIC;
	object->kind = kind;
	object->references = 1;
	object->level = parent ? parent->level : WdfExecutionLevelDispatch;
	object->scope = parent ? parent->scope : WdfSynchronizationScopeNone;
	InitializeListHead(&object->children);
	InitializeListHead(&object->sibling);
	InitializeListHead(&object->contexts);
	NTSTATUS status = object_take_attributes(object, attributes);
	if (!NT_SUCCESS(status)) {
		free(object);
		return status;
	}
	object_join(object, parent);
	*(struct pnpn_wdf_object **)ret = object;
	return STATUS_SUCCESS;
}

/* --- end ------------------------------------------------------------------------------------------- */

void WdfObjectReferenceActual(WDFOBJECT handle, PVOID tag, LONG line, PCSTR file)
{
	InterlockedIncrement(&pnpn_wdf_object_of(handle, 0)->references);
}

static void object_free(struct pnpn_wdf_object *object)
{
	for (PLIST_ENTRY entry = object->contexts.Flink; entry != &object->contexts;
	     entry = entry->Flink) {
		struct context *context = CONTAINING_RECORD(entry, struct context, link);
		if (context->destroy)
			context->destroy(object);
	}
	if (object->on_free)
		object->on_free(object);
	while (!IsListEmpty(&object->contexts))
		free(CONTAINING_RECORD(RemoveHeadList(&object->contexts), struct context, link));
	object->magic = 0;
	free(object);
}

void WdfObjectDereferenceActual(WDFOBJECT handle, PVOID tag, LONG line, PCSTR file)
{
	struct pnpn_wdf_object *object = pnpn_wdf_object_of(handle, 0);

	while (object && InterlockedDecrement(&object->references) == 0) {
		struct pnpn_wdf_object *parent = object->parent;
		object_free(object);
		object = parent;
	}
}

/* Takes it away from its parent; false if somebody deletes it already. */
static bool object_leave(struct pnpn_wdf_object *object)
{
	KIRQL irql;

	KeAcquireSpinLock(&tree, &irql);
	bool first = !object->deleted;
	object->deleted = true;
	RemoveEntryList(&object->sibling);
	InitializeListHead(&object->sibling);
	KeReleaseSpinLock(&tree, irql);
	return first;
}

static struct pnpn_wdf_object *object_last_child(struct pnpn_wdf_object *object)
{
	struct pnpn_wdf_object *child = NULL;
	KIRQL irql;

	KeAcquireSpinLock(&tree, &irql);
	if (!IsListEmpty(&object->children)) {
		child = CONTAINING_RECORD(object->children.Blink, struct pnpn_wdf_object, sibling);
		WdfObjectReference(child);
	}
	KeReleaseSpinLock(&tree, irql);
	return child;
}

/* Children first, those that came last before the others; as the framework's documentation says. */
VOID WdfObjectDelete(WDFOBJECT handle)
{
	struct pnpn_wdf_object *object = pnpn_wdf_object_of(handle, 0), *child;

	if (!object_leave(object))
		return;
	if (object->on_delete)
		object->on_delete(object);
	while ((child = object_last_child(object))) {
		WdfObjectDelete(child);
		WdfObjectDereference(child);
	}
	for (PLIST_ENTRY entry = object->contexts.Flink; entry != &object->contexts;
	     entry = entry->Flink) {
		struct context *context = CONTAINING_RECORD(entry, struct context, link);
		if (context->cleanup)
			context->cleanup(object);
	}
	WdfObjectDereference(object);
}
