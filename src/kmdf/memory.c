/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "kmdf/driver.h"
#include "kmdf/memory.h"

#define DEFAULT_TAG 0x4d666457 /* WdfM */

struct pnpn_wdf_lookaside {
	struct pnpn_wdf_object object;
	NPAGED_LOOKASIDE_LIST list;
	size_t size;
	WDF_OBJECT_ATTRIBUTES attributes; /* of the memory */
	bool has_attributes;
};

static void memory_free(struct pnpn_wdf_object *object)
{
	struct pnpn_wdf_memory *memory = (struct pnpn_wdf_memory *)object;

	if (memory->lookaside) {
		ExFreeToNPagedLookasideList(&memory->lookaside->list, memory->buffer);
		WdfObjectDereference(memory->lookaside);
	} else if (!memory->preallocated) {
		ExFreePool(memory->buffer);
	}
}

NTSTATUS WdfMemoryCreate(PWDF_OBJECT_ATTRIBUTES attributes, POOL_TYPE pool, ULONG tag, size_t size,
			 WDFMEMORY *ret, PVOID *ret_buffer)
{
	struct pnpn_wdf_memory *memory;

	if (!size)
		return STATUS_INVALID_PARAMETER;
	NTSTATUS status = pnpn_wdf_object_new(sizeof(*memory), PNPN_WDF_MEMORY, attributes,
					      PNPN_WDF_CALLER(), &memory);
	if (!NT_SUCCESS(status))
		return status;
	memory->preallocated = true; /* until there is something to free */
	memory->object.on_free = memory_free;
	memory->size = size;
	memory->buffer = ExAllocatePoolWithTag(pool, size, tag ? tag : DEFAULT_TAG);
	if (!memory->buffer) {
		WdfObjectDelete(memory);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	memory->preallocated = false;
	*ret = (WDFMEMORY)memory;
	if (ret_buffer)
		*ret_buffer = memory->buffer;
	return STATUS_SUCCESS;
}

static NTSTATUS memory_new_of(PWDF_OBJECT_ATTRIBUTES attributes, struct pnpn_wdf_object *parent,
			      PVOID buffer, size_t size, struct pnpn_wdf_memory **ret)
{
	NTSTATUS status = pnpn_wdf_object_new(sizeof(**ret), PNPN_WDF_MEMORY, attributes, parent,
					      ret);

	if (!NT_SUCCESS(status))
		return status;
	(*ret)->object.on_free = memory_free;
	(*ret)->buffer = buffer;
	(*ret)->size = size;
	(*ret)->preallocated = true;
	return STATUS_SUCCESS;
}

NTSTATUS pnpn_wdf_memory_of(struct pnpn_wdf_object *parent, PVOID buffer, size_t size,
			    struct pnpn_wdf_memory **ret)
{
	return memory_new_of(NULL, parent, buffer, size, ret);
}

NTSTATUS WdfMemoryCreatePreallocated(PWDF_OBJECT_ATTRIBUTES attributes, PVOID buffer, size_t size,
				     WDFMEMORY *ret)
{
	if (!buffer || !size)
		return STATUS_INVALID_PARAMETER;
	return memory_new_of(attributes, PNPN_WDF_CALLER(), buffer, size,
			     (struct pnpn_wdf_memory **)ret);
}

NTSTATUS WdfMemoryAssignBuffer(WDFMEMORY handle, PVOID buffer, size_t size)
{
	struct pnpn_wdf_memory *memory = PNPN_WDF_CAST(pnpn_wdf_memory, handle, PNPN_WDF_MEMORY);

	if (!buffer || !size || !memory->preallocated)
		return STATUS_INVALID_PARAMETER;
	memory->buffer = buffer;
	memory->size = size;
	return STATUS_SUCCESS;
}

PVOID WdfMemoryGetBuffer(WDFMEMORY handle, size_t *size)
{
	struct pnpn_wdf_memory *memory = PNPN_WDF_CAST(pnpn_wdf_memory, handle, PNPN_WDF_MEMORY);

	if (size)
		*size = memory->size;
	return memory->buffer;
}

static bool memory_holds(const struct pnpn_wdf_memory *memory, size_t offset, size_t size)
{
	return offset <= memory->size && size <= memory->size - offset;
}

NTSTATUS pnpn_wdf_memory_part(struct pnpn_wdf_memory *memory, const WDFMEMORY_OFFSET *part,
			      PVOID *ret_buffer, size_t *ret_size)
{
	*ret_buffer = NULL;
	*ret_size = 0;
	if (!memory)
		return STATUS_SUCCESS;
	size_t offset = part ? part->BufferOffset : 0;
	if (!memory_holds(memory, offset, part ? part->BufferLength : 0))
		return STATUS_BUFFER_TOO_SMALL;
	*ret_buffer = (PUCHAR)memory->buffer + offset;
	*ret_size = part && part->BufferLength ? part->BufferLength : memory->size - offset;
	return STATUS_SUCCESS;
}

NTSTATUS WdfMemoryCopyToBuffer(WDFMEMORY handle, size_t offset, PVOID buffer, size_t size)
{
	struct pnpn_wdf_memory *memory = PNPN_WDF_CAST(pnpn_wdf_memory, handle, PNPN_WDF_MEMORY);

	if (!memory_holds(memory, offset, size))
		return STATUS_BUFFER_TOO_SMALL;
	memcpy(buffer, (PUCHAR)memory->buffer + offset, size);
	return STATUS_SUCCESS;
}

NTSTATUS WdfMemoryCopyFromBuffer(WDFMEMORY handle, size_t offset, PVOID buffer, size_t size)
{
	struct pnpn_wdf_memory *memory = PNPN_WDF_CAST(pnpn_wdf_memory, handle, PNPN_WDF_MEMORY);

	if (!memory_holds(memory, offset, size))
		return STATUS_BUFFER_TOO_SMALL;
	memcpy((PUCHAR)memory->buffer + offset, buffer, size);
	return STATUS_SUCCESS;
}

/* --- lookaside lists ------------------------------------------------------------------------------- */

static void lookaside_free(struct pnpn_wdf_object *object)
{
	ExDeleteNPagedLookasideList(&((struct pnpn_wdf_lookaside *)object)->list);
}

NTSTATUS WdfLookasideListCreate(PWDF_OBJECT_ATTRIBUTES attributes, size_t size, POOL_TYPE pool,
				PWDF_OBJECT_ATTRIBUTES of_memory, ULONG tag, WDFLOOKASIDE *ret)
{
	struct pnpn_wdf_lookaside *lookaside;

	if (!size)
		return STATUS_INVALID_PARAMETER;
	NTSTATUS status = pnpn_wdf_object_new(sizeof(*lookaside), PNPN_WDF_LOOKASIDE, attributes,
					      PNPN_WDF_CALLER(), &lookaside);
	if (!NT_SUCCESS(status))
		return status;
	ExInitializeNPagedLookasideList(&lookaside->list, NULL, NULL, 0, size,
					tag ? tag : DEFAULT_TAG, 0);
	lookaside->object.on_free = lookaside_free;
	lookaside->size = size;
	lookaside->has_attributes = of_memory;
	if (of_memory)
		lookaside->attributes = *of_memory;
	*ret = (WDFLOOKASIDE)lookaside;
	return STATUS_SUCCESS;
}

NTSTATUS WdfMemoryCreateFromLookaside(WDFLOOKASIDE handle, WDFMEMORY *ret)
{
	struct pnpn_wdf_lookaside *lookaside = PNPN_WDF_CAST(pnpn_wdf_lookaside, handle,
							     PNPN_WDF_LOOKASIDE);
	PVOID buffer = ExAllocateFromNPagedLookasideList(&lookaside->list);
	struct pnpn_wdf_memory *memory;

	if (!buffer)
		return STATUS_INSUFFICIENT_RESOURCES;
	NTSTATUS status = memory_new_of(lookaside->has_attributes ? &lookaside->attributes : NULL,
					lookaside->object.parent, buffer, lookaside->size, &memory);
	if (!NT_SUCCESS(status)) {
		ExFreeToNPagedLookasideList(&lookaside->list, buffer);
		return status;
	}
	WdfObjectReference(lookaside);
	memory->lookaside = lookaside;
	*ret = (WDFMEMORY)memory;
	return STATUS_SUCCESS;
}
