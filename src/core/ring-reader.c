/* SPDX-License-Identifier: MIT */
#include "core/ring-reader.h"

/* How many records a call looks at before it returns without one. */
#define LOOKS 64

/* How often a call tries to see head and sequence in one moment while the owner is writing. */
#define SNAPSHOTS 4096

/* What counts as small; less than PNPN_DATA_MAX, for which there is room. */
#define SMALL_BYTES 64u

/* How far ahead of the record that is looked at memory is fetched. */
#define PREFETCH_BYTES 512u

/* The sequence number could not be learnt: the first record tells. */
#define SEQUENCE_UNKNOWN UINT64_MAX

static uint64_t load_head(const struct pnpn_ring_reader *reader)
{
	uint64_t head = __atomic_load_n(&reader->header->head, __ATOMIC_SEQ_CST) & ~7ull;

	return head < reader->end ? head : reader->end;
}

static const __u64 *entry_of(const struct pnpn_ring_reader *reader, uint64_t number)
{
	return &reader->header->chunk[number % reader->chunks];
}

static bool has_chunk(const struct pnpn_ring_reader *reader, uint64_t number)
{
	uint64_t entry = __atomic_load_n(entry_of(reader, number), __ATOMIC_RELAXED);

	return pnpn_ring_chunk_entry_valid(entry, number, reader->chunks);
}

static bool look_chunk_up(struct pnpn_ring_reader *reader, uint64_t number)
{
	reader->chunk = NULL;
	reader->number = number;
	reader->entry_at = entry_of(reader, number);
	reader->entry = __atomic_load_n(reader->entry_at, __ATOMIC_RELAXED);
	if (!pnpn_ring_chunk_entry_valid(reader->entry, number, reader->chunks))
		return false;
	reader->chunk = reader->data +
			PNPN_RING_CHUNK_PLACE(reader->entry) * (uint64_t)PNPN_RING_CHUNK_BYTES;
	return true;
}

/* Where the position's chunk lies is looked up once for each chunk. */
static bool find_chunk(struct pnpn_ring_reader *reader)
{
	uint64_t number = pnpn_ring_chunk_of(reader->position);

	return (reader->chunk && reader->number == number) || look_chunk_up(reader, number);
}

/* Pairs with drop_oldest() in ring-chunks.c: whatever was read of the chunk before is whole if this holds. */
static bool still_there(struct pnpn_ring_reader *reader)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (__atomic_load_n(reader->entry_at, __ATOMIC_RELAXED) == reader->entry)
		return true;
	reader->chunk = NULL;
	return false;
}

/* Head and the sequence number that belongs to it: no record was begun in between. */
void pnpn_ring_reader_seek_head(struct pnpn_ring_reader *reader)
{
	for (int i = 0; i < SNAPSHOTS; i++) {
		reader->head = load_head(reader);
		reader->sequence = __atomic_load_n(&reader->header->sequence, __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (__atomic_load_n(&reader->header->claim, __ATOMIC_RELAXED) == reader->head)
			break;
		reader->sequence = SEQUENCE_UNKNOWN;
	}
	reader->position = reader->head;
}

int pnpn_ring_reader_init(struct pnpn_ring_reader *reader, const void *map, size_t bytes)
{
	uint64_t data_bytes = bytes - PNPN_RING_HEADER_BYTES;

	if (bytes < PNPN_RING_HEADER_BYTES || !pnpn_ring_data_bytes_valid(data_bytes))
		return -EPROTO;
	*reader = (struct pnpn_ring_reader){
		.header = map,
		.data = (const uint8_t *)map + PNPN_RING_HEADER_BYTES,
		.chunks = (uint32_t)(data_bytes / PNPN_RING_CHUNK_BYTES),
		.end = UINT64_MAX,
	};
	pnpn_ring_reader_seek_head(reader);
	return 0;
}

void pnpn_ring_reader_seek(struct pnpn_ring_reader *reader, uint64_t position)
{
	if (position == reader->position)
		return;
	reader->position = position & ~7ull;
	reader->sequence = SEQUENCE_UNKNOWN;
}

void pnpn_ring_reader_seek_start(struct pnpn_ring_reader *reader)
{
	reader->position = 0;
	reader->sequence = __atomic_load_n(&reader->header->base, __ATOMIC_RELAXED);
}

/* The first chunk that is there without a gap up to the head; the head's own, if that is not. */
static uint64_t oldest_chunk(const struct pnpn_ring_reader *reader)
{
	uint64_t number = pnpn_ring_chunk_of(reader->head);

	for (uint32_t i = 0; number && i < reader->chunks && has_chunk(reader, number - 1); i++)
		number--;
	return number;
}

/* Goes to where a chunk begins, or to the head; never back, whatever the header says now, and never to where it is: an
 * owner could have the same read, or looked at, again and again. */
static void seek_forward(struct pnpn_ring_reader *reader, uint64_t number)
{
	uint64_t before = reader->position;
	uint64_t begin = number * PNPN_RING_CHUNK_BYTES;

	reader->position = begin > before && begin < reader->head ? begin : reader->head;
	if (reader->position < before)
		reader->position = before;
}

/* What may be overwritten next is left alone too: else the reader would be lapped again at once. */
static void skip_lost(struct pnpn_ring_reader *reader)
{
	reader->head = load_head(reader);
	uint64_t oldest = oldest_chunk(reader);
	seek_forward(reader, oldest < pnpn_ring_chunk_of(reader->head) ? oldest + 1 : oldest);
}

void pnpn_ring_reader_set_end(struct pnpn_ring_reader *reader, uint64_t end)
{
	uint64_t data_bytes = (uint64_t)reader->chunks * PNPN_RING_CHUNK_BYTES;
	uint64_t oldest = (end - data_bytes) & ~7ull;

	reader->end = end;
	if (reader->head > end)
		reader->head = end;
	if (end == UINT64_MAX || end < data_bytes || reader->position >= oldest)
		return;
	reader->head = load_head(reader);
	seek_forward(reader, pnpn_ring_chunk_of(oldest) + 1);
	if (reader->position < oldest)
		reader->position = oldest;
}

void pnpn_ring_reader_seek_oldest(struct pnpn_ring_reader *reader)
{
	reader->head = load_head(reader);
	reader->position = oldest_chunk(reader) * PNPN_RING_CHUNK_BYTES;
	reader->sequence = SEQUENCE_UNKNOWN;
}

static bool record_is_sound(const struct pnpn_ring_reader *reader,
			    const struct pnpn_ring_record *record, uint64_t room)
{
	if (record->position != reader->position || record->size % 8 ||
	    record->size < sizeof(*record) || record->size > room ||
	    record->size > reader->head - reader->position)
		return false;
	if (record->kind != PNPN_RECORD_EVENT)
		return true;
	return record->data_size <= PNPN_DATA_MAX &&
	       pnpn_ring_record_bytes(record->data_size) <= record->size;
}

/* No report can have such an offset (R4): whoever wrote it, there is no text. */
static void mend_name_offset(struct pnpn_ring_record *record)
{
	if (record->name_offset < 0 || record->name_offset % 2 ||
	    (uint32_t)record->name_offset >= record->data_size)
		record->name_offset = PNPN_NO_TEXT;
}

enum look {
	LOOK_EMPTY,
	LOOK_SKIPPED,
	LOOK_FOUND,
};

/* Most events are small: what a few wide moves do is not worth a call, and what is copied beyond the data
 * is room that both sides have. */
static void copy_data(void *to, const uint8_t *from, uint32_t bytes, uint64_t room)
{
	if (bytes <= SMALL_BYTES && room >= SMALL_BYTES)
		memcpy(to, from, SMALL_BYTES);
	else
		memcpy(to, from, bytes);
}

/* Looks at one record; the writer may change it at any time, so copies are judged, not the ring. */
static enum look look(struct pnpn_ring_reader *reader, struct pnpn_ring_record *record, void *data)
{
	uint64_t offset = reader->position % PNPN_RING_CHUNK_BYTES;
	uint64_t room = PNPN_RING_CHUNK_BYTES - offset;

	if (room < sizeof(*record)) {
		reader->position += room;
		return LOOK_SKIPPED;
	}
	if (!find_chunk(reader)) {
		skip_lost(reader);
		return LOOK_SKIPPED;
	}
	const uint8_t *from = reader->chunk + offset;
	/* A few records on: by the time they are looked at they are near. */
	if (room > PREFETCH_BYTES) {
		__builtin_prefetch(from + PREFETCH_BYTES);
		__builtin_prefetch(from + PREFETCH_BYTES + 64);
	}
	memcpy(record, from, sizeof(*record));
	__asm__ volatile("" : "+m"(*record)); /* one load: what is checked is what is used */
	bool sound = record_is_sound(reader, record, room);
	if (sound && record->kind == PNPN_RECORD_EVENT)
		copy_data(data, from + sizeof(*record), record->data_size, room - sizeof(*record));
	if (!still_there(reader)) {
		skip_lost(reader);
		return LOOK_SKIPPED;
	}
	reader->position = sound ? reader->position + record->size : reader->head;
	if (sound && record->kind == PNPN_RECORD_REMOVED)
		record->data_size = 0;
	mend_name_offset(record);
	return sound && (record->kind == PNPN_RECORD_EVENT || record->kind == PNPN_RECORD_REMOVED)
		       ? LOOK_FOUND
		       : LOOK_SKIPPED;
}

/* A sequence number that goes back is the writer's lie and tells nothing. */
static uint64_t count_lost(struct pnpn_ring_reader *reader, uint64_t sequence)
{
	uint64_t before = reader->sequence;

	reader->sequence = sequence;
	return before != SEQUENCE_UNKNOWN && sequence > before ? sequence - before - 1 : 0;
}

int pnpn_ring_reader_next(struct pnpn_ring_reader *reader, struct pnpn_ring_record *ret_record,
			  void *ret_data, uint64_t *ret_lost)
{
	for (int i = 0; i < LOOKS; i++) {
		if (reader->position >= reader->head && !pnpn_ring_reader_has_more(reader))
			return 0;
		if (look(reader, ret_record, ret_data) != LOOK_FOUND)
			continue;
		*ret_lost = count_lost(reader, ret_record->sequence);
		return 1;
	}
	return 0;
}

bool pnpn_ring_reader_is_armed(const struct pnpn_ring_reader *reader)
{
	return __atomic_load_n(&reader->header->armed, __ATOMIC_SEQ_CST) != 0;
}

bool pnpn_ring_reader_has_more(struct pnpn_ring_reader *reader)
{
	uint64_t head = load_head(reader);

	/* A head that goes back is the writer's lie: nothing to take until it grows past us. */
	if (head <= reader->position)
		return false;
	reader->head = head;
	return true;
}
