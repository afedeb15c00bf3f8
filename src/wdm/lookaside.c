/* SPDX-License-Identifier: MIT */
/* Lookaside lists, and the lists of single links that drivers' inline functions keep their free blocks in. */
#include <wdm.h>

#define LOOKASIDE_DEPTH 64

/* One lock for all lists: each holds it for a few instructions. */
static KSPIN_LOCK slist_lock;

/* Alignment counts entries in its lowest 16 bits, as ExQueryDepthSList() reads it; Region is the first entry. */
static PSLIST_ENTRY slist_first(PSLIST_HEADER head)
{
	return (PSLIST_ENTRY)head->Region;
}

void InitializeSListHead(PSLIST_HEADER head)
{
	*head = (SLIST_HEADER){0};
}

PSLIST_ENTRY ExpInterlockedPushEntrySList(PSLIST_HEADER head, PSLIST_ENTRY entry)
{
	KIRQL old = KeAcquireSpinLockRaiseToDpc(&slist_lock);
	PSLIST_ENTRY first = slist_first(head);

	entry->Next = first;
	head->Region = (ULONGLONG)(ULONG_PTR)entry;
	head->Alignment++;
	KeReleaseSpinLock(&slist_lock, old);
	return first;
}

PSLIST_ENTRY ExpInterlockedPopEntrySList(PSLIST_HEADER head)
{
	KIRQL old = KeAcquireSpinLockRaiseToDpc(&slist_lock);
	PSLIST_ENTRY first = slist_first(head);

	if (first) {
		head->Region = (ULONGLONG)(ULONG_PTR)first->Next;
		head->Alignment--;
	}
	KeReleaseSpinLock(&slist_lock, old);
	return first;
}

PSLIST_ENTRY ExpInterlockedFlushSList(PSLIST_HEADER head)
{
	KIRQL old = KeAcquireSpinLockRaiseToDpc(&slist_lock);
	PSLIST_ENTRY first = slist_first(head);

	head->Region = 0;
	head->Alignment = 0;
	KeReleaseSpinLock(&slist_lock, old);
	return first;
}

USHORT ExQueryDepthSList(PSLIST_HEADER head)
{
	return (USHORT)head->Alignment;
}

static void lookaside_init(PGENERAL_LOOKASIDE list, POOL_TYPE type, PALLOCATE_FUNCTION allocate,
			   PFREE_FUNCTION release, SIZE_T size, ULONG tag, USHORT depth)
{
	*list = (GENERAL_LOOKASIDE){
		.Depth = depth ? depth : LOOKASIDE_DEPTH,
		.MaximumDepth = depth ? depth : LOOKASIDE_DEPTH,
		.Type = type,
		.Tag = tag,
		.Size = (ULONG)(size < sizeof(SLIST_ENTRY) ? sizeof(SLIST_ENTRY) : size),
		.Allocate = allocate ? allocate : ExAllocatePoolWithTag,
		.Free = release ? release : ExFreePool};
}

static void lookaside_deinit(PGENERAL_LOOKASIDE list)
{
	PSLIST_ENTRY entry;

	while ((entry = InterlockedPopEntrySList(&list->ListHead)))
		list->Free(entry);
}

void ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list, PALLOCATE_FUNCTION allocate,
				     PFREE_FUNCTION release, ULONG flags, SIZE_T size, ULONG tag,
				     USHORT depth)
{
	lookaside_init(&list->L, NonPagedPool, allocate, release, size, tag, depth);
}

void ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST list)
{
	lookaside_deinit(&list->L);
}

void ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST list, PALLOCATE_FUNCTION allocate,
				    PFREE_FUNCTION release, ULONG flags, SIZE_T size, ULONG tag,
				    USHORT depth)
{
	lookaside_init(&list->L, PagedPool, allocate, release, size, tag, depth);
}

void ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST list)
{
	lookaside_deinit(&list->L);
}
