/* SPDX-License-Identifier: MIT */
#include "kmdf/deferred.h"
#include "kmdf/device.h"
#include "kmdf/callbacks.h"

NTSTATUS pnpn_wdf_deferred_new(size_t size, enum pnpn_wdf_kind kind,
			       PWDF_OBJECT_ATTRIBUTES attributes, bool serialized, bool passive,
			       void *ret)
{
	struct pnpn_wdf_deferred *deferred;

	if (!attributes || !attributes->ParentObject)
		return STATUS_WDF_PARENT_NOT_SPECIFIED;
	struct pnpn_wdf_object *parent = pnpn_wdf_object_of(attributes->ParentObject, 0);
	if (!pnpn_wdf_object_ancestor(parent, PNPN_WDF_DEVICE))
		return STATUS_INVALID_DEVICE_REQUEST;
	struct pnpn_wdf_lock *lock = serialized ? pnpn_wdf_lock_of(parent) : NULL;
	if (lock && lock->passive != passive)
		return STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL;
	NTSTATUS status = pnpn_wdf_object_new(size, kind, attributes, NULL, &deferred);
	if (!NT_SUCCESS(status))
		return status;
	deferred->serialized = serialized;
	KeInitializeSpinLock(&deferred->lock);
	KeInitializeEvent(&deferred->idle, NotificationEvent, TRUE);
	*(struct pnpn_wdf_deferred **)ret = deferred;
	return STATUS_SUCCESS;
}

void pnpn_wdf_deferred_call(struct pnpn_wdf_deferred *deferred)
{
	struct pnpn_wdf_lock *lock = deferred->serialized
					     ? pnpn_wdf_lock_of(deferred->object.parent)
					     : NULL;

	pnpn_wdf_lock_acquire(lock);
	deferred->call(deferred);
	pnpn_wdf_lock_release(lock);
}

static void deferred_begin(struct pnpn_wdf_deferred *deferred)
{
	KIRQL irql;

	KeAcquireSpinLock(&deferred->lock, &irql);
	deferred->queued = false;
	deferred->running = true;
	KeReleaseSpinLock(&deferred->lock, irql);
}

/* True: it was asked again meanwhile. */
static bool deferred_end(struct pnpn_wdf_deferred *deferred)
{
	KIRQL irql;

	KeAcquireSpinLock(&deferred->lock, &irql);
	deferred->running = false;
	bool again = deferred->queued;
	if (!again)
		KeSetEvent(&deferred->idle, IO_NO_INCREMENT, FALSE);
	KeReleaseSpinLock(&deferred->lock, irql);
	return again;
}

static VOID deferred_worker(PVOID parameter)
{
	struct pnpn_wdf_deferred *deferred = parameter;

	do {
		deferred_begin(deferred);
		pnpn_wdf_deferred_call(deferred);
	} while (deferred_end(deferred));
	WdfObjectDereference(deferred);
}

void pnpn_wdf_deferred_queue(struct pnpn_wdf_deferred *deferred)
{
	KIRQL irql;

	KeAcquireSpinLock(&deferred->lock, &irql);
	bool begins = !deferred->queued && !deferred->running;
	deferred->queued = true;
	if (begins)
		KeClearEvent(&deferred->idle);
	KeReleaseSpinLock(&deferred->lock, irql);
	if (!begins)
		return;
	WdfObjectReference(deferred);
	ExInitializeWorkItem(&deferred->item, deferred_worker, deferred);
	ExQueueWorkItem(&deferred->item, DelayedWorkQueue);
}

void pnpn_wdf_deferred_wait(struct pnpn_wdf_deferred *deferred)
{
	KeWaitForSingleObject(&deferred->idle, Executive, KernelMode, FALSE, NULL);
}
