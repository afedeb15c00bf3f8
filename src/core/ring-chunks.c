/* SPDX-License-Identifier: MIT */
#include "core/ring-chunks.h"
#include "core/port.h"

#define CHUNK PNPN_RING_CHUNK_BYTES

/* The newest chunks, the one that is being written among them: the recent past (R12). */
#define HISTORY 4u

/* How many chunks are kept ready: as much as the reserve (R8). */
#define RESERVE ((uint32_t)(PNPN_RING_RESERVE / CHUNK))

/* Chunks that are kept beyond all that: a stream whose readers are now a little nearer, now a little less. */
#define SLACK 8u

/* --- places --------------------------------------------------------------------------------------- */

static void put(struct pnpn_ring_places *places, uint32_t place)
{
	places->words[place / 64] |= 1ull << place % 64;
	places->n++;
}

static void take_out(struct pnpn_ring_places *places, uint32_t place)
{
	places->words[place / 64] &= ~(1ull << place % 64);
	places->n--;
}

static bool has(const struct pnpn_ring_places *places, uint32_t place)
{
	return places->words[place / 64] >> place % 64 & 1;
}

/* The lowest; there is one. */
static uint32_t take(struct pnpn_ring_places *places)
{
	uint32_t word = 0;

	while (!places->words[word])
		word++;
	uint32_t place = 64 * word + (uint32_t)__builtin_ctzll(places->words[word]);
	take_out(places, place);
	return place;
}

static uint8_t *memory_of(const struct pnpn_ring_chunks *chunks, uint32_t place)
{
	return chunks->data + (uint64_t)place * CHUNK;
}

/* --- the header's table --------------------------------------------------------------------------- */

static __u64 *entry_of(const struct pnpn_ring_chunks *chunks, uint64_t number)
{
	return &chunks->header->chunk[number % chunks->count];
}

static bool is_there(const struct pnpn_ring_chunks *chunks, uint64_t number, uint32_t *ret_place)
{
	uint64_t entry = __atomic_load_n(entry_of(chunks, number), __ATOMIC_RELAXED);

	*ret_place = (uint32_t)PNPN_RING_CHUNK_PLACE(entry);
	return pnpn_ring_chunk_entry_valid(entry, number, chunks->count);
}

uint8_t *pnpn_ring_chunks_at(const struct pnpn_ring_chunks *chunks, uint64_t number)
{
	uint32_t place;

	return is_there(chunks, number, &place) ? memory_of(chunks, place) : NULL;
}

/* --- making --------------------------------------------------------------------------------------- */

void pnpn_ring_chunks_init(struct pnpn_ring_chunks *chunks, struct pnpn_ring_header *header,
			   uint8_t *data, uint32_t count)
{
	*chunks = (struct pnpn_ring_chunks){.header = header, .data = data, .count = count};
	for (uint32_t place = 0; place < count; place++)
		put(&chunks->empty, place);
}

int pnpn_ring_chunks_begin_little(struct pnpn_ring_chunks *chunks)
{
	int r = pnpn_port_populate(chunks->data, PNPN_RING_LITTLE);

	if (r < 0)
		return r;
	take_out(&chunks->empty, 0);
	put(&chunks->spare, 0);
	chunks->little = true;
	return 0;
}

void pnpn_ring_chunks_adopt(struct pnpn_ring_chunks *chunks, uint64_t head)
{
	uint64_t number = pnpn_ring_chunk_of(head);
	uint32_t place;

	/* The head may stand where the next chunk was not begun, or say that it does. */
	if (is_there(chunks, number, &place))
		number++;
	chunks->next = number;
	while (number && is_there(chunks, number - 1, &place) && has(&chunks->empty, place)) {
		take_out(&chunks->empty, place);
		number--;
	}
	chunks->oldest = number;
	for (uint32_t i = 0; i < chunks->count; i++) {
		uint64_t entry = __atomic_load_n(&chunks->header->chunk[i], __ATOMIC_RELAXED);
		number = PNPN_RING_CHUNK_NUMBER(entry);
		if (number < chunks->oldest || number >= chunks->next ||
		    number % chunks->count != i)
			__atomic_store_n(&chunks->header->chunk[i], 0, __ATOMIC_RELAXED);
	}
}

/* --- which can go --------------------------------------------------------------------------------- */

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Every reader took the chunks below. */
static uint64_t taken(const struct pnpn_ring_chunks *chunks)
{
	if (!__atomic_load_n(&chunks->header->readers, __ATOMIC_RELAXED))
		return chunks->next;
	uint64_t floor = __atomic_load_n(&chunks->header->floor, __ATOMIC_RELAXED);
	return min_u64(pnpn_ring_chunk_of(floor), chunks->next);
}

/* Chunks below are older than the recent past, once one more has begun. */
static uint64_t past(const struct pnpn_ring_chunks *chunks)
{
	return chunks->next >= HISTORY ? chunks->next - (HISTORY - 1) : 0;
}

/* How many chunks can be written without more memory. */
static uint64_t at_hand(const struct pnpn_ring_chunks *chunks)
{
	uint64_t until = taken(chunks);

	return chunks->spare.n + (until > chunks->oldest ? until - chunks->oldest : 0);
}

/* Pairs with still_there() in ring-reader.c: who reads there finds it gone before a byte of it has changed. */
static int drop_oldest(struct pnpn_ring_chunks *chunks, uint32_t *ret_place)
{
	if (!is_there(chunks, chunks->oldest, ret_place))
		return -ENODEV;
	__atomic_store_n(entry_of(chunks, chunks->oldest), 0, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	chunks->oldest++;
	return 0;
}

/* --- verbs ---------------------------------------------------------------------------------------- */

int pnpn_ring_chunks_reserve(struct pnpn_ring_chunks *chunks)
{
	if (chunks->little) {
		int r = pnpn_port_populate(chunks->data, CHUNK);
		chunks->little = r < 0;
		return r;
	}
	if (!chunks->empty.n)
		return -ENOBUFS;
	uint32_t place = take(&chunks->empty);
	int r = pnpn_port_populate(memory_of(chunks, place), CHUNK);
	put(r < 0 ? &chunks->empty : &chunks->spare, place);
	return r;
}

/* The oldest that is of no use to anybody, else memory that is there or can be had; where there is none, the recent
 * past goes, and where all of the data is in use the slowest reader loses its oldest (R15). */
static int find_place(struct pnpn_ring_chunks *chunks, uint32_t *ret_place)
{
	if (chunks->oldest < min_u64(past(chunks), taken(chunks)) ||
	    (chunks->little && !chunks->spare.n))
		return drop_oldest(chunks, ret_place);
	int r = chunks->spare.n ? 0 : pnpn_ring_chunks_reserve(chunks);
	if (r >= 0) {
		*ret_place = take(&chunks->spare);
		return 0;
	}
	if (chunks->empty.n && chunks->oldest >= taken(chunks))
		return r;
	return drop_oldest(chunks, ret_place);
}

int pnpn_ring_chunks_enter(struct pnpn_ring_chunks *chunks)
{
	uint32_t place;
	int r = find_place(chunks, &place);

	if (r < 0)
		return r;
	__atomic_store_n(entry_of(chunks, chunks->next), pnpn_ring_chunk_entry(chunks->next, place),
			 __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	chunks->next++;
	return 0;
}

bool pnpn_ring_chunks_are_short(const struct pnpn_ring_chunks *chunks)
{
	return __atomic_load_n(&chunks->header->readers, __ATOMIC_RELAXED) &&
	       (chunks->little || (chunks->empty.n && at_hand(chunks) < RESERVE));
}

bool pnpn_ring_chunks_are_many(const struct pnpn_ring_chunks *chunks)
{
	return min_u64(past(chunks), taken(chunks)) > chunks->oldest + SLACK;
}

bool pnpn_ring_chunks_give_back(struct pnpn_ring_chunks *chunks)
{
	uint32_t place;

	if (!pnpn_ring_chunks_are_many(chunks) || drop_oldest(chunks, &place) < 0)
		return false;
	pnpn_port_give_back(memory_of(chunks, place), CHUNK);
	put(&chunks->empty, place);
	return true;
}

bool pnpn_ring_chunks_want_floor(const struct pnpn_ring_chunks *chunks)
{
	return taken(chunks) <= chunks->oldest && past(chunks) > chunks->oldest;
}
