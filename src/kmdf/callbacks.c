/* SPDX-License-Identifier: MIT */
/* Which lock is held around an object's callbacks. */
#include "kmdf/callbacks.h"
#include "kmdf/queue.h"

struct pnpn_wdf_lock *pnpn_wdf_lock_of(struct pnpn_wdf_object *object)
{
	struct pnpn_wdf_object *queue = pnpn_wdf_object_ancestor(object, PNPN_WDF_QUEUE);
	struct pnpn_wdf_object *device = pnpn_wdf_object_ancestor(object, PNPN_WDF_DEVICE);
	struct pnpn_wdf_object *with = queue ? queue : device;

	if (with && with->scope == WdfSynchronizationScopeDevice && device)
		return &((struct pnpn_wdf_device *)device)->callbacks;
	if (queue && queue->scope == WdfSynchronizationScopeQueue)
		return &((struct pnpn_wdf_queue *)queue)->callbacks;
	return NULL;
}

static struct pnpn_wdf_lock *lock_of_handle(WDFOBJECT handle)
{
	struct pnpn_wdf_object *object = pnpn_wdf_object_of(handle, 0);

	if (object->kind == PNPN_WDF_DEVICE)
		return &((struct pnpn_wdf_device *)object)->callbacks;
	if (object->kind != PNPN_WDF_QUEUE)
		pnpn_wdf_violation("WdfObjectAcquireLock: only devices and queues have a lock");
	struct pnpn_wdf_lock *lock = pnpn_wdf_lock_of(object);
	return lock ? lock : &((struct pnpn_wdf_queue *)object)->callbacks;
}

VOID WdfObjectAcquireLock(WDFOBJECT handle)
{
	pnpn_wdf_lock_acquire(lock_of_handle(handle));
}

VOID WdfObjectReleaseLock(WDFOBJECT handle)
{
	pnpn_wdf_lock_release(lock_of_handle(handle));
}
