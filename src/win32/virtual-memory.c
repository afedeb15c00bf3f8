/* SPDX-License-Identifier: MIT */
/* VirtualAlloc() and its like: address space that is reserved, and pages of it that are committed. */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <windows.h>

#include "core/list.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/memory-map.h"

/* Where Windows' reservations begin: programs count on it. */
#define GRANULARITY 0x10000u
#define PAGE	    ((size_t)sysconf(_SC_PAGESIZE))

/* A page's state is its PAGE_ constant, all of which fit; a fresh anonymous mapping says RESERVED of each. */
#define RESERVED 0

struct region {
	struct pnpn_list link;
	char *base;
	size_t pages;
	DWORD protection; /* as it was made */
	unsigned char *states; /* of each page; in memory that is there only where it was written */
};

/* Pages of one region. */
struct range {
	struct region *region;
	size_t first, count;
};

/* Protects the list, the states, and that what is done to pages and what is remembered of them agree. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct pnpn_list regions = {&regions, &regions};

static char *page_of(LPCVOID address)
{
	return (char *)((uintptr_t)address & ~(PAGE - 1));
}

static size_t bytes_of(const struct region *region)
{
	return region->pages * PAGE;
}

static struct region *find(const char *address)
{
	pnpn_list_for_each_safe (link, after, &regions) {
		struct region *region = pnpn_list_entry(link, struct region, link);
		if (address >= region->base && address < region->base + bytes_of(region))
			return region;
	}
	return NULL;
}

/* All pages that some byte of it is in; false if they are not of one region. */
static bool find_range(LPCVOID address, SIZE_T bytes, struct range *ret_range)
{
	const char *first = page_of(address),
		   *last = page_of((LPCVOID)((uintptr_t)address + bytes - 1));
	struct region *region = bytes && last >= first ? find(first) : NULL;

	if (!region || find(last) != region)
		return false;
	*ret_range = (struct range){region, (size_t)(first - region->base) / PAGE,
				    (size_t)(last - first) / PAGE + 1};
	return true;
}

static char *address_of(const struct range *range)
{
	return range->region->base + range->first * PAGE;
}

static void set_state(const struct range *range, DWORD state)
{
	memset(range->region->states + range->first, (int)state, range->count);
}

/* --- reserving ------------------------------------------------------------------------------------ */

/* Nothing is lost of what is there: without the place that was asked for, MAP_FAILED. */
static char *map_aligned(char *wanted, size_t bytes)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

	if (wanted) {
		char *base = mmap(wanted, bytes, PROT_NONE, flags | MAP_FIXED_NOREPLACE, -1, 0);
		if (base == MAP_FAILED || base == wanted)
			return base;
		munmap(base, bytes); /* by a kernel that does not know the flag */
		return MAP_FAILED;
	}
	char *place = mmap(NULL, bytes + GRANULARITY, PROT_NONE, flags, -1, 0);
	if (place == MAP_FAILED)
		return place;
	size_t before = -(uintptr_t)place & (GRANULARITY - 1);
	if (before)
		munmap(place, before);
	munmap(place + before + bytes, GRANULARITY - before);
	return place + before;
}

static struct region *region_free(struct region *region)
{
	if (region->base != MAP_FAILED)
		munmap(region->base, bytes_of(region));
	if (region->states != MAP_FAILED)
		munmap(region->states, region->pages);
	free(region);
	return NULL;
}

/* Returns NULL, last error set. */
static struct region *reserve(LPVOID address, SIZE_T bytes, DWORD protection)
{
	char *wanted = (char *)((uintptr_t)address & ~(uintptr_t)(GRANULARITY - 1));
	size_t whole = (size_t)((char *)address - wanted) + bytes + PAGE - 1;
	bool sound = whole >= bytes && (wanted || !address);
	struct region *region = sound ? calloc(1, sizeof(*region)) : NULL;

	if (!region) {
		pnpn_fail(sound ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_PARAMETER);
		return NULL;
	}
	region->pages = whole / PAGE;
	region->protection = protection;
	region->base = map_aligned(wanted, bytes_of(region));
	region->states = mmap(NULL, region->pages, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (region->base != MAP_FAILED && region->states != MAP_FAILED)
		return region;
	pnpn_fail(wanted && region->base == MAP_FAILED ? ERROR_INVALID_ADDRESS
						       : ERROR_NOT_ENOUGH_MEMORY);
	return region_free(region);
}

/* --- committing ----------------------------------------------------------------------------------- */

static bool commit(const struct range *range, DWORD protection)
{
	if (mprotect(address_of(range), range->count * PAGE, pnpn_memory_bits(protection)) < 0)
		return pnpn_fail(errno == EACCES ? ERROR_ACCESS_DENIED : ERROR_COMMITMENT_LIMIT);
	set_state(range, protection);
	return true;
}

static LPVOID reserve_and_commit(LPVOID address, SIZE_T bytes, DWORD type, DWORD protection)
{
	struct region *region = reserve(address, bytes, protection);

	if (!region)
		return NULL;
	struct range whole = {region, 0, region->pages};
	if (type & MEM_COMMIT && !commit(&whole, protection)) {
		region_free(region);
		return NULL;
	}
	pnpn_list_append(&regions, &region->link);
	return region->base;
}

static LPVOID commit_reserved(LPVOID address, SIZE_T bytes, DWORD protection)
{
	struct range range;

	if (!find_range(address, bytes, &range)) {
		pnpn_fail(ERROR_INVALID_ADDRESS);
		return NULL;
	}
	return commit(&range, protection) ? address_of(&range) : NULL;
}

PNPN_EXPORT LPVOID WINAPI VirtualAlloc(LPVOID address, SIZE_T bytes, DWORD type, DWORD protection)
{
	const DWORD others = MEM_LARGE_PAGES | MEM_PHYSICAL | MEM_WRITE_WATCH;
	LPVOID result;

	if (type & others || !bytes || pnpn_memory_bits(protection) < 0 ||
	    !(type & (MEM_COMMIT | MEM_RESERVE | MEM_RESET))) {
		pnpn_fail(type & others ? ERROR_NOT_SUPPORTED : ERROR_INVALID_PARAMETER);
		return NULL;
	}
	if (type & MEM_RESET) /* what it holds may be lost, and need not */
		return address;
	pthread_mutex_lock(&lock);
	if (type & MEM_RESERVE || !address)
		result = reserve_and_commit(address, bytes, type, protection);
	else
		result = commit_reserved(address, bytes, protection);
	pthread_mutex_unlock(&lock);
	return result;
}

/* --- giving back ---------------------------------------------------------------------------------- */

static BOOL release(LPVOID address, SIZE_T bytes)
{
	struct region *region = find(address);

	if (bytes || !region || region->base != address)
		return pnpn_fail(bytes ? ERROR_INVALID_PARAMETER : ERROR_INVALID_ADDRESS);
	pnpn_list_remove(&region->link);
	region_free(region);
	return TRUE;
}

/* Without a size the whole region, which then has to be named by its beginning. */
static BOOL decommit(LPVOID address, SIZE_T bytes)
{
	struct region *region = bytes ? NULL : find(address);
	struct range range;

	if (region && region->base == address)
		bytes = bytes_of(region);
	if (!find_range(address, bytes, &range))
		return pnpn_fail(bytes ? ERROR_INVALID_ADDRESS : ERROR_INVALID_PARAMETER);
	if (mmap(address_of(&range), range.count * PAGE, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED)
		return pnpn_fail_errno(errno);
	set_state(&range, RESERVED);
	return TRUE;
}

PNPN_EXPORT WINBOOL WINAPI VirtualFree(LPVOID address, SIZE_T bytes, DWORD type)
{
	if (type != MEM_RELEASE && type != MEM_DECOMMIT)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	pthread_mutex_lock(&lock);
	BOOL done = type == MEM_RELEASE ? release(address, bytes) : decommit(address, bytes);
	pthread_mutex_unlock(&lock);
	return done;
}

/* --- asking and protecting ------------------------------------------------------------------------ */

/* As many pages from there on as are in the same state. */
static void describe(const struct range *range, MEMORY_BASIC_INFORMATION *information)
{
	const struct region *region = range->region;
	DWORD state = region->states[range->first];
	size_t end = range->first;

	while (end < region->pages && region->states[end] == state)
		end++;
	*information = (MEMORY_BASIC_INFORMATION){.BaseAddress = address_of(range),
						  .AllocationBase = region->base,
						  .AllocationProtect = region->protection,
						  .RegionSize = (end - range->first) * PAGE,
						  .State = state == RESERVED ? MEM_RESERVE
									     : MEM_COMMIT,
						  .Protect = state,
						  .Type = MEM_PRIVATE};
}

/* With the lock held. */
static bool query(LPCVOID address, MEMORY_BASIC_INFORMATION *ret_information)
{
	struct range range;

	if (!find_range(address, 1, &range))
		return pnpn_memory_look(page_of(address), ret_information);
	describe(&range, ret_information);
	return true;
}

PNPN_EXPORT SIZE_T WINAPI VirtualQuery(LPCVOID address, PMEMORY_BASIC_INFORMATION information,
				       SIZE_T size)
{
	if (!information || size < sizeof(*information)) {
		pnpn_fail(ERROR_BAD_LENGTH);
		return 0;
	}
	pthread_mutex_lock(&lock);
	bool known = query(address, information);
	pthread_mutex_unlock(&lock);
	if (!known)
		pnpn_fail(ERROR_INVALID_PARAMETER);
	return known ? sizeof(*information) : 0;
}

/* Pages that are reserved only have no protection to change. */
static bool is_committed(LPCVOID address, SIZE_T bytes, const struct range *range)
{
	if (range->region)
		return !memchr(range->region->states + range->first, RESERVED, range->count);
	MEMORY_BASIC_INFORMATION information;
	return query(address, &information) && information.State == MEM_COMMIT &&
	       (size_t)((const char *)address + bytes - page_of(address)) <= information.RegionSize;
}

static BOOL protect(LPVOID address, SIZE_T bytes, DWORD protection, PDWORD before)
{
	struct range range = {0};
	MEMORY_BASIC_INFORMATION information;
	char *first = page_of(address);

	(void)find_range(address, bytes, &range);
	if (!is_committed(address, bytes, &range) || !query(address, &information))
		return pnpn_fail(ERROR_INVALID_ADDRESS);
	if (mprotect(first, (size_t)((char *)address + bytes - first),
		     pnpn_memory_bits(protection)) < 0)
		return pnpn_fail_errno(errno);
	*before = information.Protect;
	if (range.region)
		set_state(&range, protection);
	return TRUE;
}

PNPN_EXPORT WINBOOL WINAPI VirtualProtect(LPVOID address, SIZE_T bytes, DWORD protection,
					  PDWORD before)
{
	if (!before)
		return pnpn_fail(ERROR_NOACCESS);
	if (!bytes || pnpn_memory_bits(protection) < 0)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	pthread_mutex_lock(&lock);
	BOOL done = protect(address, bytes, protection, before);
	pthread_mutex_unlock(&lock);
	return done;
}

PNPN_EXPORT WINBOOL WINAPI VirtualLock(LPVOID address, SIZE_T bytes)
{
	return mlock(address, bytes) < 0 ? pnpn_fail_errno(errno) : TRUE;
}

PNPN_EXPORT WINBOOL WINAPI VirtualUnlock(LPVOID address, SIZE_T bytes)
{
	return munlock(address, bytes) < 0 ? pnpn_fail_errno(errno) : TRUE;
}
