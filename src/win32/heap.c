/* SPDX-License-Identifier: MIT */
/* Heaps: the process's own, and those that a program makes and ends with all that is in them. */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include "core/list.h"
#include "win32/export.h"
#include "win32/last-error.h"

struct heap {
	pthread_mutex_t lock; /* protects blocks and used */
	struct pnpn_list blocks;
	SIZE_T maximum; /* 0: none */
	SIZE_T used;
	DWORD options;
};

/* In front of what the program gets. */
struct block {
	struct pnpn_list link; /* in a heap that can be ended */
	struct heap *heap;
	SIZE_T bytes;
};

_Static_assert(sizeof(struct block) % MEMORY_ALLOCATION_ALIGNMENT == 0, "what follows is aligned");

static struct heap process_heap;

static struct block *block_of(const struct heap *heap, const void *memory)
{
	struct block *block = memory ? (struct block *)memory - 1 : NULL;

	return block && block->heap == heap ? block : NULL;
}

/* Whether so much more, in place of so much, is within the heap's limits; then it counts. */
static bool charge(struct heap *heap, SIZE_T more, SIZE_T less)
{
	if (heap == &process_heap)
		return true;
	pthread_mutex_lock(&heap->lock);
	bool fits = !heap->maximum || more <= heap->maximum - (heap->used - less);
	if (fits)
		heap->used += more - less;
	pthread_mutex_unlock(&heap->lock);
	return fits;
}

static void link_block(struct block *block)
{
	struct heap *heap = block->heap;

	pnpn_list_init(&block->link);
	if (heap == &process_heap)
		return;
	pthread_mutex_lock(&heap->lock);
	pnpn_list_append(&heap->blocks, &block->link);
	pthread_mutex_unlock(&heap->lock);
}

static void unlink_block(struct block *block)
{
	struct heap *heap = block->heap;

	if (heap == &process_heap)
		return;
	pthread_mutex_lock(&heap->lock);
	pnpn_list_remove(&block->link);
	pthread_mutex_unlock(&heap->lock);
}

/* As Windows does, the last error stays what it was. */
static void *refuse(const struct heap *heap, DWORD flags)
{
	if ((heap->options | flags) & HEAP_GENERATE_EXCEPTIONS)
		RaiseException(STATUS_NO_MEMORY, 0, 0, NULL);
	return NULL;
}

PNPN_EXPORT HANDLE WINAPI GetProcessHeap(void)
{
	return &process_heap;
}

PNPN_EXPORT HANDLE WINAPI HeapCreate(DWORD options, SIZE_T initial, SIZE_T maximum)
{
	struct heap *heap = maximum && initial > maximum ? NULL : calloc(1, sizeof(*heap));

	if (!heap) {
		pnpn_fail(maximum && initial > maximum ? ERROR_INVALID_PARAMETER
						       : ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	pthread_mutex_init(&heap->lock, NULL);
	pnpn_list_init(&heap->blocks);
	heap->maximum = maximum;
	heap->options = options;
	return heap;
}

PNPN_EXPORT WINBOOL WINAPI HeapDestroy(HANDLE handle)
{
	struct heap *heap = handle;

	if (!heap || heap == &process_heap)
		return pnpn_fail(ERROR_INVALID_HANDLE);
	pnpn_list_for_each_safe (link, after, &heap->blocks)
		free(pnpn_list_entry(link, struct block, link));
	pthread_mutex_destroy(&heap->lock);
	free(heap);
	return TRUE;
}

PNPN_EXPORT LPVOID WINAPI HeapAlloc(HANDLE handle, DWORD flags, SIZE_T bytes)
{
	struct heap *heap = handle;
	SIZE_T whole = bytes + sizeof(struct block);

	if (whole < bytes || !charge(heap, bytes, 0))
		return refuse(heap, flags);
	struct block *block = flags & HEAP_ZERO_MEMORY ? calloc(1, whole) : malloc(whole);
	if (!block) {
		(void)charge(heap, 0, bytes);
		return refuse(heap, flags);
	}
	block->heap = heap;
	block->bytes = bytes;
	link_block(block);
	return block + 1;
}

/* The block with room for so much, moved if it may; NULL without memory. */
static struct block *resize(struct block *block, SIZE_T bytes)
{
	unlink_block(block);
	struct block *fresh = realloc(block, bytes + sizeof(*block));
	link_block(fresh ? fresh : block);
	return fresh;
}

PNPN_EXPORT LPVOID WINAPI HeapReAlloc(HANDLE handle, DWORD flags, LPVOID memory, SIZE_T bytes)
{
	struct heap *heap = handle;
	struct block *block = block_of(heap, memory);
	SIZE_T before = block ? block->bytes : 0;
	bool in_place = flags & HEAP_REALLOC_IN_PLACE_ONLY;

	if (!block || bytes + sizeof(*block) < bytes || (in_place && bytes > before) ||
	    !charge(heap, bytes, before))
		return refuse(heap, flags);
	struct block *fresh = in_place ? block : resize(block, bytes);
	if (!fresh) {
		(void)charge(heap, before, bytes);
		return refuse(heap, flags);
	}
	fresh->bytes = bytes;
	if (flags & HEAP_ZERO_MEMORY && bytes > before)
		memset((char *)(fresh + 1) + before, 0, bytes - before);
	return fresh + 1;
}

PNPN_EXPORT SIZE_T WINAPI HeapSize(HANDLE heap, DWORD flags, LPCVOID memory)
{
	const struct block *block = block_of(heap, memory);

	return block ? block->bytes : (SIZE_T)-1;
}

PNPN_EXPORT WINBOOL WINAPI HeapFree(HANDLE heap, DWORD flags, LPVOID memory)
{
	struct block *block = block_of(heap, memory);

	if (!block)
		return memory ? pnpn_fail(ERROR_INVALID_PARAMETER) : TRUE;
	unlink_block(block);
	(void)charge(heap, 0, block->bytes);
	free(block);
	return TRUE;
}

/* What is wrong with a heap is the C library's to find. */
PNPN_EXPORT WINBOOL WINAPI HeapValidate(HANDLE heap, DWORD flags, LPCVOID memory)
{
	return heap && (!memory || block_of(heap, memory));
}

/* How a heap is kept inside is not the program's to choose here, and no error. */
PNPN_EXPORT WINBOOL WINAPI HeapSetInformation(HANDLE heap, HEAP_INFORMATION_CLASS what,
					      PVOID information, SIZE_T size)
{
	return TRUE;
}
