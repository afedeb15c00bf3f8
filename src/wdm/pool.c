/* SPDX-License-Identifier: MIT */
/* Pools: the process's heap with a tag in front, so that what is no pool memory is noticed. With the verifier each
 * allocation is known, and who made it. */
#include <pthread.h>
#include <stdlib.h>
#include <wdm.h>
#include "wdm/irql.h"
#include "wdm/module.h"
#include "wdm/pool.h"
#include "wdm/verifier.h"

#define BAD_POOL_CALLER 0x000000c2u
#define POOL_MAGIC	0x6c6f6f70u
#define POOL_FREED	0x65657266u
#define TAG_NONE	0x656e6f4eu /* "None" */
#define CALLER		__builtin_return_address(0)

struct pool_header {
	_Alignas(16) uint32_t magic;
	ULONG tag;
	bool paged;
	const void *caller; /* the code that allocated it */
	SIZE_T bytes;
	bool tracked; /* in the verifier's list */
	LIST_ENTRY entry;
};

/* What was allocated while the verifier was on. */
static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static LIST_ENTRY pool_blocks = {&pool_blocks, &pool_blocks};

static bool pool_is_paged(POOL_TYPE type)
{
	return type & 1; /* PagedPool and its kinds are the odd ones */
}

static KIRQL pool_highest(bool paged)
{
	return paged ? APC_LEVEL : DISPATCH_LEVEL;
}

static void pool_track(struct pool_header *header)
{
	header->tracked = pnpn_verifier_is_on();
	if (!header->tracked)
		return;
	pthread_mutex_lock(&pool_lock);
	InsertTailList(&pool_blocks, &header->entry);
	pthread_mutex_unlock(&pool_lock);
}

static void pool_untrack(struct pool_header *header)
{
	if (!header->tracked)
		return;
	pthread_mutex_lock(&pool_lock);
	RemoveEntryList(&header->entry);
	pthread_mutex_unlock(&pool_lock);
}

static PVOID pool_allocate(bool paged, SIZE_T bytes, ULONG tag, BOOLEAN zero, const void *caller)
{
	(void)pnpn_irql_is_at_most(pool_highest(paged), "ExAllocatePool*");
	if (bytes > PTRDIFF_MAX - sizeof(struct pool_header))
		return NULL;
	struct pool_header *header = zero ? calloc(1, sizeof(*header) + bytes)
					  : malloc(sizeof(*header) + bytes);
	if (!header)
		return NULL;
	*header = (struct pool_header){
		.magic = POOL_MAGIC, .tag = tag, .paged = paged, .caller = caller, .bytes = bytes};
	pool_track(header);
	return header + 1;
}

PVOID ExAllocatePoolWithTag(POOL_TYPE type, SIZE_T bytes, ULONG tag)
{
	return pool_allocate(pool_is_paged(type), bytes, tag, FALSE, CALLER);
}

PVOID ExAllocatePool(POOL_TYPE type, SIZE_T bytes)
{
	return pool_allocate(pool_is_paged(type), bytes, TAG_NONE, FALSE, CALLER);
}

PVOID ExAllocatePoolZero(POOL_TYPE type, SIZE_T bytes, ULONG tag)
{
	return pool_allocate(pool_is_paged(type), bytes, tag, TRUE, CALLER);
}

PVOID ExAllocatePool2(POOL_FLAGS flags, SIZE_T bytes, ULONG tag)
{
	return pool_allocate(flags & POOL_FLAG_PAGED, bytes, tag,
			     !(flags & POOL_FLAG_UNINITIALIZED), CALLER);
}

void ExFreePoolWithTag(PVOID memory, ULONG tag)
{
	struct pool_header *header = (struct pool_header *)memory - 1;

	if (!memory || header->magic != POOL_MAGIC || (tag && header->tag != tag))
		KeBugCheckEx(BAD_POOL_CALLER, 7, 0, tag, (ULONG_PTR)memory);
	(void)pnpn_irql_is_at_most(pool_highest(header->paged), "ExFreePool*");
	pool_untrack(header);
	header->magic = POOL_FREED;
	free(header);
}

void ExFreePool(PVOID memory)
{
	ExFreePoolWithTag(memory, 0);
}

bool pnpn_pool_is_paged(const void *address)
{
	bool paged = false;

	pthread_mutex_lock(&pool_lock);
	for (PLIST_ENTRY e = pool_blocks.Flink; e != &pool_blocks && !paged; e = e->Flink) {
		const struct pool_header *header = CONTAINING_RECORD(e, struct pool_header, entry);
		paged = header->paged &&
			(uintptr_t)address - (uintptr_t)(header + 1) < header->bytes;
	}
	pthread_mutex_unlock(&pool_lock);
	return paged;
}

size_t pnpn_pool_count_of(PDRIVER_INITIALIZE entry, ULONG *ret_tag)
{
	size_t count = 0;

	pthread_mutex_lock(&pool_lock);
	for (PLIST_ENTRY e = pool_blocks.Flink; e != &pool_blocks; e = e->Flink) {
		const struct pool_header *header = CONTAINING_RECORD(e, struct pool_header, entry);
		if (!pnpn_module_has_code(entry, header->caller))
			continue;
		count++;
		*ret_tag = header->tag;
	}
	pthread_mutex_unlock(&pool_lock);
	return count;
}
