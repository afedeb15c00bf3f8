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

static uint64_t part_bytes(const struct pnpn_ring_reader *reader)
{
	return reader->data_bytes / PNPN_RING_ANCHORS;
}

static uint64_t load_head(const struct pnpn_ring_reader *reader)
{
	uint64_t head = __atomic_load_n(&reader->header->head, __ATOMIC_SEQ_CST) & ~7ull;

	return head < reader->end ? head : reader->end;
}

/* Pairs with write_record() in ring-writer.c: whatever was read before is whole if this holds. */
static bool still_there(const struct pnpn_ring_reader *reader, uint64_t position)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	uint64_t claim = __atomic_load_n(&reader->header->claim, __ATOMIC_RELAXED);

	return claim - position <= reader->data_bytes;
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
		.data_bytes = data_bytes,
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

/* The first record that starts in a part, if it is still there and not beyond head. */
static bool anchor_of(const struct pnpn_ring_reader *reader, uint64_t part, uint64_t *ret_position)
{
	uint64_t anchor = __atomic_load_n(&reader->header->anchor[part % PNPN_RING_ANCHORS],
					  __ATOMIC_RELAXED);

	if (anchor / part_bytes(reader) != part || anchor >= reader->head || anchor % 8)
		return false;
	uint64_t offset = anchor & (reader->data_bytes - 1);
	if (offset > reader->data_bytes - sizeof(struct pnpn_ring_record))
		return false;
	/* Memory that was given back reads as zeros. */
	const struct pnpn_ring_record *record = (const void *)(reader->data + offset);
	if (__atomic_load_n(&record->position, __ATOMIC_RELAXED) != anchor)
		return false;
	*ret_position = anchor;
	return still_there(reader, anchor);
}

/* Goes on at the first record from this position on that is still there, else at the head. */
static void seek_anchor(struct pnpn_ring_reader *reader, uint64_t from)
{
	uint64_t part = (from + part_bytes(reader) - 1) / part_bytes(reader);
	uint64_t last = reader->head / part_bytes(reader);

	for (int i = 0; part <= last && i < (int)PNPN_RING_ANCHORS; part++, i++)
		if (anchor_of(reader, part, &reader->position))
			return;
	reader->position = reader->head;
}

/* Never back, whatever anchors and head say now, and never to where it is: an owner could have the same read, or
 * looked at, again and again. */
static void seek_forward(struct pnpn_ring_reader *reader, uint64_t from)
{
	uint64_t before = reader->position;

	seek_anchor(reader, from);
	if (reader->position <= before)
		reader->position = before < reader->head ? reader->head : before;
}

/* What may be overwritten next is left alone too: else the reader would be lapped again at once. */
static void skip_lost(struct pnpn_ring_reader *reader)
{
	uint64_t claim = __atomic_load_n(&reader->header->claim, __ATOMIC_RELAXED);
	uint64_t oldest = claim > reader->data_bytes ? claim - reader->data_bytes : 0;

	reader->head = load_head(reader);
	seek_forward(reader, oldest + reader->data_bytes / 64);
}

void pnpn_ring_reader_set_end(struct pnpn_ring_reader *reader, uint64_t end)
{
	uint64_t oldest = (end - reader->data_bytes) & ~7ull;

	reader->end = end;
	if (reader->head > end)
		reader->head = end;
	if (end == UINT64_MAX || end < reader->data_bytes || reader->position >= oldest)
		return;
	reader->head = load_head(reader);
	seek_forward(reader, oldest);
	if (reader->position < oldest)
		reader->position = oldest;
}

void pnpn_ring_reader_seek_oldest(struct pnpn_ring_reader *reader)
{
	reader->head = load_head(reader);
	seek_anchor(reader,
		    reader->head > reader->data_bytes ? reader->head - reader->data_bytes : 0);
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
	uint64_t offset = reader->position & (reader->data_bytes - 1);
	uint64_t room = reader->data_bytes - offset;

	if (room < sizeof(*record)) {
		reader->position += room;
		return LOOK_SKIPPED;
	}
	/* A few records on: by the time they are looked at they are near. */
	if (room > PREFETCH_BYTES) {
		__builtin_prefetch(reader->data + offset + PREFETCH_BYTES);
		__builtin_prefetch(reader->data + offset + PREFETCH_BYTES + 64);
	}
	memcpy(record, reader->data + offset, sizeof(*record));
	__asm__ volatile("" : "+m"(*record)); /* one load: what is checked is what is used */
	bool sound = record_is_sound(reader, record, room);
	if (sound && record->kind == PNPN_RECORD_EVENT)
		copy_data(data, reader->data + offset + sizeof(*record), record->data_size,
			  room - sizeof(*record));
	if (!still_there(reader, reader->position)) {
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
