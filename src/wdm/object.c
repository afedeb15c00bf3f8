/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdlib.h>
#include "wdm/irql.h"
#include "wdm/object.h"

struct _OBJECT_TYPE pnpn_object_type_thread = {"Thread"};
struct _OBJECT_TYPE pnpn_object_type_file = {"File"};
struct _OBJECT_TYPE pnpn_object_type_event = {"Event"};
struct _OBJECT_TYPE pnpn_object_type_device = {"Device"};
struct _OBJECT_TYPE pnpn_object_type_driver = {"Driver"};

static POBJECT_TYPE object_thread = &pnpn_object_type_thread;
static POBJECT_TYPE object_file = &pnpn_object_type_file;
static POBJECT_TYPE object_event = &pnpn_object_type_event;
POBJECT_TYPE *PsThreadType = &object_thread;
POBJECT_TYPE *IoFileObjectType = &object_file;
POBJECT_TYPE *ExEventObjectType = &object_event;

/* Handles are the index + 1, times 4 as on Windows. */
static struct {
	pthread_mutex_t lock;
	void **bodies;
	size_t size;
} handle_table = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct pnpn_object *object_of(void *body)
{
	return (struct pnpn_object *)body - 1;
}

void *pnpn_object_new(POBJECT_TYPE type, size_t bytes, void (*destroy)(void *body))
{
	struct pnpn_object *object;

	if (bytes > SIZE_MAX - sizeof(*object))
		return NULL;
	object = calloc(1, sizeof(*object) + bytes);
	if (!object)
		return NULL;
	object->type = type;
	object->destroy = destroy;
	atomic_init(&object->references, 1);
	return object + 1;
}

bool pnpn_object_try_ref(void *body)
{
	struct pnpn_object *object = object_of(body);
	long references = atomic_load(&object->references);

	while (references > 0)
		if (atomic_compare_exchange_weak(&object->references, &references, references + 1))
			return true;
	return false;
}

LONG_PTR ObfReferenceObject(PVOID body)
{
	return atomic_fetch_add(&object_of(body)->references, 1) + 1;
}

LONG_PTR ObfDereferenceObject(PVOID body)
{
	struct pnpn_object *object = object_of(body);
	long left = atomic_fetch_sub(&object->references, 1) - 1;

	if (left)
		return left;
	if (object->destroy)
		object->destroy(body);
	free(object);
	return 0;
}

static size_t handle_find_free(void)
{
	for (size_t i = 0; i < handle_table.size; i++)
		if (!handle_table.bodies[i])
			return i;
	size_t size = handle_table.size ? handle_table.size * 2 : 16;
	void **bodies = reallocarray(handle_table.bodies, size, sizeof(*bodies));
	if (!bodies)
		return SIZE_MAX;
	memset(bodies + handle_table.size, 0, (size - handle_table.size) * sizeof(*bodies));
	size_t first = handle_table.size;
	handle_table.bodies = bodies;
	handle_table.size = size;
	return first;
}

HANDLE pnpn_handle_new(void *body)
{
	pthread_mutex_lock(&handle_table.lock);
	size_t index = handle_find_free();
	if (index != SIZE_MAX) {
		handle_table.bodies[index] = body;
		ObfReferenceObject(body);
	}
	pthread_mutex_unlock(&handle_table.lock);
	return index == SIZE_MAX ? NULL : (HANDLE)((index + 1) * 4);
}

/* With the lock held. */
static void **handle_slot(HANDLE handle)
{
	size_t index = (uintptr_t)handle / 4 - 1;

	if ((uintptr_t)handle % 4 || index >= handle_table.size || !handle_table.bodies[index])
		return NULL;
	return &handle_table.bodies[index];
}

NTSTATUS pnpn_handle_reference(HANDLE handle, POBJECT_TYPE type, void **ret_body)
{
	NTSTATUS status = STATUS_INVALID_HANDLE;

	pthread_mutex_lock(&handle_table.lock);
	void **slot = handle_slot(handle);
	if (slot && type && object_of(*slot)->type != type) {
		status = STATUS_OBJECT_TYPE_MISMATCH;
	} else if (slot) {
		ObfReferenceObject(*slot);
		*ret_body = *slot;
		status = STATUS_SUCCESS;
	}
	pthread_mutex_unlock(&handle_table.lock);
	return status;
}

NTSTATUS ZwClose(HANDLE handle)
{
	void *body = NULL;

	if (!pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__))
		return STATUS_INVALID_LEVEL;
	pthread_mutex_lock(&handle_table.lock);
	void **slot = handle_slot(handle);
	if (slot) {
		body = *slot;
		*slot = NULL;
	}
	pthread_mutex_unlock(&handle_table.lock);
	if (!body)
		return STATUS_INVALID_HANDLE;
	ObfDereferenceObject(body);
	return STATUS_SUCCESS;
}
