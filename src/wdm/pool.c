/* SPDX-License-Identifier: MIT */
/* Pools: the process's heap with a tag in front, so that what is no pool memory is noticed. */
#include <stdlib.h>
#include <wdm.h>

#define BAD_POOL_CALLER 0x000000c2u
#define POOL_MAGIC	0x6c6f6f70u
#define POOL_FREED	0x65657266u

struct pool_header {
	_Alignas(16) uint32_t magic;
	ULONG tag;
};

static PVOID pool_allocate(SIZE_T bytes, ULONG tag, BOOLEAN zero)
{
	if (bytes > PTRDIFF_MAX - sizeof(struct pool_header))
		return NULL;
	struct pool_header *header = zero ? calloc(1, sizeof(*header) + bytes)
					  : malloc(sizeof(*header) + bytes);
	if (!header)
		return NULL;
	*header = (struct pool_header){.magic = POOL_MAGIC, .tag = tag};
	return header + 1;
}

PVOID ExAllocatePoolWithTag(POOL_TYPE type, SIZE_T bytes, ULONG tag)
{
	return pool_allocate(bytes, tag, FALSE);
}

PVOID ExAllocatePool(POOL_TYPE type, SIZE_T bytes)
{
	return pool_allocate(bytes, 0x656e6f4eu /* "None" */, FALSE);
}

PVOID ExAllocatePoolZero(POOL_TYPE type, SIZE_T bytes, ULONG tag)
{
	return pool_allocate(bytes, tag, TRUE);
}

PVOID ExAllocatePool2(POOL_FLAGS flags, SIZE_T bytes, ULONG tag)
{
	return pool_allocate(bytes, tag, !(flags & POOL_FLAG_UNINITIALIZED));
}

void ExFreePoolWithTag(PVOID memory, ULONG tag)
{
	struct pool_header *header = (struct pool_header *)memory - 1;

	if (!memory || header->magic != POOL_MAGIC || (tag && header->tag != tag))
		KeBugCheckEx(BAD_POOL_CALLER, 7, 0, tag, (ULONG_PTR)memory);
	header->magic = POOL_FREED;
	free(header);
}

void ExFreePool(PVOID memory)
{
	ExFreePoolWithTag(memory, 0);
}

void ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list, PALLOCATE_FUNCTION allocate,
				     PFREE_FUNCTION release, ULONG flags, SIZE_T size, ULONG tag,
				     USHORT depth)
{
	*list = (NPAGED_LOOKASIDE_LIST){
		.MaximumDepth = depth ? depth : 64,
		.Tag = tag,
		.Allocate = allocate ? allocate : ExAllocatePoolWithTag,
		.FreeEx = release ? release : ExFreePool,
		.Size = size < sizeof(SINGLE_LIST_ENTRY) ? sizeof(SINGLE_LIST_ENTRY) : size};
	KeInitializeSpinLock(&list->Lock);
}

PVOID ExAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list)
{
	KIRQL old = KeAcquireSpinLockRaiseToDpc(&list->Lock);
	PSINGLE_LIST_ENTRY entry = PopEntryList(&list->Free);

	if (entry)
		list->Depth--;
	KeReleaseSpinLock(&list->Lock, old);
	return entry ? (PVOID)entry : list->Allocate(NonPagedPool, list->Size, list->Tag);
}

void ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list, PVOID memory)
{
	KIRQL old = KeAcquireSpinLockRaiseToDpc(&list->Lock);
	BOOLEAN keep = list->Depth < list->MaximumDepth;

	if (keep) {
		PushEntryList(&list->Free, memory);
		list->Depth++;
	}
	KeReleaseSpinLock(&list->Lock, old);
	if (!keep)
		list->FreeEx(memory);
}

void ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list)
{
	PSINGLE_LIST_ENTRY entry;

	while ((entry = PopEntryList(&list->Free)))
		list->FreeEx(entry);
	list->Depth = 0;
}
