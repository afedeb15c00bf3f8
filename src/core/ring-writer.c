/* SPDX-License-Identifier: MIT */
#include "core/ring-writer.h"

/* Long enough for readers that were woken to have gone back to sleep. */
#define BURST_NS 100000u

/* The records of a ring that nobody has registered for yet. */
#define LITTLE_ROOM (PNPN_RING_LITTLE - sizeof(struct pnpn_ring_record))

/* How many chunks are taken or given back at once. */
#define CARE_MOST 64

static uint64_t offset_of(const struct pnpn_ring_writer *writer)
{
	return writer->head % PNPN_RING_CHUNK_BYTES;
}

/* Bytes to the end of the chunk. */
static uint64_t rest_of(const struct pnpn_ring_writer *writer)
{
	return PNPN_RING_CHUNK_BYTES - offset_of(writer);
}

/* What a record may have there: behind it is room for the fixed part of a pad. */
static uint64_t room_of(const struct pnpn_ring_writer *writer)
{
	uint64_t offset = offset_of(writer);

	if (!writer->chunks.little)
		return rest_of(writer);
	return offset < LITTLE_ROOM ? LITTLE_ROOM - offset : 0;
}

/* A record lies in one chunk: what is left of this one is skipped. */
static void pad(struct pnpn_ring_writer *writer)
{
	uint64_t rest = rest_of(writer);
	uint64_t next = writer->head + rest;

	__atomic_store_n(&writer->header->claim, next, __ATOMIC_RELAXED);
	if (rest >= sizeof(struct pnpn_ring_record)) {
		struct pnpn_ring_record record = {
			.position = writer->head,
			.size = (uint32_t)rest,
			.kind = PNPN_RECORD_PAD,
			.name_offset = PNPN_NO_TEXT,
		};
		memcpy(writer->chunk + offset_of(writer), &record, sizeof(record));
	}
	writer->head = next;
	__atomic_store_n(&writer->header->head, next, __ATOMIC_RELEASE);
}

static int enter_next_chunk(struct pnpn_ring_writer *writer)
{
	int r = pnpn_ring_chunks_enter(&writer->chunks);

	if (r < 0)
		return r;
	if (writer->chunk)
		pad(writer);
	writer->chunk = pnpn_ring_chunks_at(&writer->chunks, pnpn_ring_chunk_of(writer->head));
	return writer->chunk ? 0 : -ENODEV;
}

/* Only at these moments can more or less memory be wanted than before. */
static unsigned int ask_for_care(const struct pnpn_ring_writer *writer)
{
	return pnpn_ring_chunks_are_short(&writer->chunks) ||
			       pnpn_ring_chunks_want_floor(&writer->chunks)
		       ? PNPN_AFTER_CARE
		       : 0;
}

/* The little that there is before anybody registers is not enough for everybody, and not for large records. */
static bool wants_more(const struct pnpn_ring_writer *writer, uint64_t bytes)
{
	return writer->chunks.little && (writer->read || bytes > LITTLE_ROOM);
}

static int make_room(struct pnpn_ring_writer *writer, uint64_t bytes, unsigned int *after)
{
	bool read = __atomic_load_n(&writer->header->readers, __ATOMIC_RELAXED) != 0;
	bool changed = read != writer->read;

	writer->read = read;
	while (!writer->chunk || bytes > room_of(writer)) {
		int r = wants_more(writer, bytes) ? pnpn_ring_chunks_reserve(&writer->chunks)
						  : enter_next_chunk(writer);
		if (r < 0)
			return r;
		changed = true;
	}
	if (changed)
		*after |= ask_for_care(writer);
	return 0;
}

/* Pairs with pnpn_ring_reader_seek_head(): the claim is visible before the sequence number of the record. */
static void write_record(struct pnpn_ring_writer *writer, const struct pnpn_ring_record *record,
			 const void *data)
{
	uint8_t *to = writer->chunk + offset_of(writer);

	__atomic_store_n(&writer->header->claim, writer->head + record->size, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	memcpy(to, record, sizeof(*record));
	if (record->data_size)
		memcpy(to + sizeof(*record), data, record->data_size);
	/* After the record: unfinished_has() counts on it. */
	__atomic_store_n(&writer->header->sequence, record->sequence, __ATOMIC_RELEASE);
	writer->sequence = record->sequence;
	writer->head += record->size;
	if (!offset_of(writer))
		writer->chunk = NULL;
}

/*
 * The new head, then the question whether anybody sleeps: both sequentially consistent, as are the
 * manager's store of armed and its load of head after it (src/manager/waker.c). One of the two sides
 * sees the other, so no sleeper stays asleep on an event.
 *
 * In a burst armed is cleared, so that the next reports make no system call until the readers have
 * drained the ring; and cleared before the wake: a wake that came first could be answered by a new
 * announcement which the clearing would then destroy. A report that stands alone leaves it set: the
 * readers go back to sleep without a word to the manager, and the next report wakes them again.
 */
static bool publish(struct pnpn_ring_writer *writer, bool alone)
{
	__atomic_store_n(&writer->header->head, writer->head, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&writer->header->armed, __ATOMIC_SEQ_CST))
		return false;
	return alone || __atomic_exchange_n(&writer->header->armed, 0, __ATOMIC_SEQ_CST);
}

static int append(struct pnpn_ring_writer *writer, struct pnpn_ring_record *record,
		  const void *data, unsigned int *ret_after)
{
	unsigned int after = 0;

	record->size = (uint32_t)pnpn_ring_record_bytes(record->data_size);
	int r = make_room(writer, record->size, &after);
	if (r < 0)
		return r;
	uint64_t now = pnpn_port_now();
	record->position = writer->head;
	if (!record->sequence) {
		record->sequence = writer->sequence + 1;
		record->time = now;
	}
	write_record(writer, record, data);
	writer->alone = now - writer->reported > writer->burst;
	writer->reported = now;
	if (publish(writer, writer->alone))
		after |= PNPN_AFTER_WAKE;
	if (writer->alone && pnpn_ring_chunks_are_many(&writer->chunks))
		after |= PNPN_AFTER_CARE;
	*ret_after = after;
	return 0;
}

int pnpn_ring_writer_report(struct pnpn_ring_writer *writer, const struct pnpn_guid *guid,
			    const void *data, uint32_t size, int32_t name_offset, uint64_t *ret_end,
			    unsigned int *ret_after)
{
	struct pnpn_ring_record record = {
		.kind = PNPN_RECORD_EVENT,
		.name_offset = name_offset,
		.data_size = size,
	};

	memcpy(record.guid, guid, sizeof(record.guid));
	pnpn_port_lock(&writer->lock);
	int r = writer->closed ? -ENODEV : append(writer, &record, data, ret_after);
	if (r >= 0 && ret_end)
		*ret_end = writer->head;
	pnpn_port_unlock(&writer->lock);
	return r;
}

int pnpn_ring_writer_report_as(struct pnpn_ring_writer *writer, const struct pnpn_guid *guid,
			       const void *data, uint32_t size, int32_t name_offset,
			       uint64_t sequence, uint64_t time, unsigned int *ret_after)
{
	struct pnpn_ring_record record = {
		.kind = PNPN_RECORD_EVENT,
		.name_offset = name_offset,
		.data_size = size,
		.sequence = sequence,
		.time = time,
	};
	int r = -ENODEV;

	memcpy(record.guid, guid, sizeof(record.guid));
	pnpn_port_lock(&writer->lock);
	if (!writer->closed)
		r = sequence > writer->sequence ? append(writer, &record, data, ret_after)
						: -EALREADY;
	pnpn_port_unlock(&writer->lock);
	return r;
}

void pnpn_ring_writer_set_base(struct pnpn_ring_writer *writer, uint64_t sequence)
{
	pnpn_port_lock(&writer->lock);
	if (!writer->head) {
		writer->sequence = sequence == UINT64_MAX ? 0 : sequence;
		__atomic_store_n(&writer->header->base, sequence, __ATOMIC_RELAXED);
		__atomic_store_n(&writer->header->sequence, sequence, __ATOMIC_RELEASE);
	}
	pnpn_port_unlock(&writer->lock);
}

uint64_t pnpn_ring_writer_get_sequence(struct pnpn_ring_writer *writer)
{
	pnpn_port_lock(&writer->lock);
	uint64_t sequence = writer->sequence;
	pnpn_port_unlock(&writer->lock);
	return sequence;
}

void pnpn_ring_writer_close(struct pnpn_ring_writer *writer)
{
	pnpn_port_lock(&writer->lock);
	writer->closed = true;
	pnpn_port_unlock(&writer->lock);
}

int pnpn_ring_writer_remove(struct pnpn_ring_writer *writer)
{
	struct pnpn_ring_record record = {
		.kind = PNPN_RECORD_REMOVED,
		.name_offset = PNPN_NO_TEXT,
	};
	unsigned int after;

	pnpn_port_lock(&writer->lock);
	writer->closed = true;
	int r = append(writer, &record, NULL, &after);
	pnpn_port_unlock(&writer->lock);
	return r;
}

/* In a burst what was left of a backlog may be wanted again at once. */
static bool care_for_one_chunk(struct pnpn_ring_writer *writer)
{
	struct pnpn_ring_chunks *chunks = &writer->chunks;

	if (pnpn_ring_chunks_are_short(chunks))
		/* Failing now is no harm while the reserve lasts (R8). */
		return pnpn_ring_chunks_reserve(chunks) >= 0;
	return writer->alone && pnpn_ring_chunks_give_back(chunks);
}

bool pnpn_ring_writer_care(struct pnpn_ring_writer *writer)
{
	bool more = true, want_floor = false;

	for (int i = 0; i < CARE_MOST && more; i++) {
		pnpn_port_lock(&writer->lock);
		more = care_for_one_chunk(writer);
		want_floor = pnpn_ring_chunks_want_floor(&writer->chunks);
		pnpn_port_unlock(&writer->lock);
	}
	return want_floor;
}

/*
 * Whether the header's sequence number is that of a record which its writer did not live to publish: the
 * record then lies at the head.
 */
static bool unfinished_has(const struct pnpn_ring_writer *writer, uint64_t sequence)
{
	struct pnpn_ring_record record;

	if (!writer->chunk || rest_of(writer) < sizeof(record))
		return false;
	memcpy(&record, writer->chunk + offset_of(writer), sizeof(record));
	return record.position == writer->head && record.sequence == sequence && sequence;
}

/* A ring that is new has its whole reserve, or little while nobody has registered; who goes on with one has what
 * it needs next. */
static int make_ready(struct pnpn_ring_writer *writer)
{
	uint64_t wanted = writer->head ? PNPN_RING_CHUNK_BYTES : PNPN_RING_RESERVE;
	int r = 0;

	if (writer->chunk)
		return pnpn_port_populate(writer->chunk, PNPN_RING_CHUNK_BYTES);
	if (!writer->head && !__atomic_load_n(&writer->header->readers, __ATOMIC_RELAXED))
		return pnpn_ring_chunks_begin_little(&writer->chunks);
	for (; wanted && writer->chunks.empty.n && r >= 0; wanted -= PNPN_RING_CHUNK_BYTES)
		r = pnpn_ring_chunks_reserve(&writer->chunks);
	return r;
}

/* The header is in other hands too: what it says is made into something that can't hurt. */
static int adopt(struct pnpn_ring_writer *writer)
{
	writer->head = __atomic_load_n(&writer->header->head, __ATOMIC_ACQUIRE) & ~7ull;
	if (writer->head >= 1ull << 62)
		return -EPROTO;
	pnpn_ring_chunks_adopt(&writer->chunks, writer->head);
	writer->chunk = pnpn_ring_chunks_at(&writer->chunks, pnpn_ring_chunk_of(writer->head));
	writer->sequence = __atomic_load_n(&writer->header->sequence, __ATOMIC_ACQUIRE);
	if (unfinished_has(writer, writer->sequence))
		writer->sequence--;
	return make_ready(writer);
}

int pnpn_ring_writer_init(struct pnpn_ring_writer *writer, void *map, size_t bytes)
{
	uint64_t data_bytes = bytes - PNPN_RING_HEADER_BYTES;

	if (bytes < PNPN_RING_HEADER_BYTES || !pnpn_ring_data_bytes_valid(data_bytes))
		return -EPROTO;

	struct pnpn_ring_writer fresh = {
		.header = map,
		.burst = BURST_NS,
	};

	if (fresh.header->magic != PNPN_RING_MAGIC || fresh.header->abi != PNPN_RING_ABI ||
	    fresh.header->data_bytes != data_bytes)
		return -EPROTO;
	pnpn_ring_chunks_init(&fresh.chunks, map, (uint8_t *)map + PNPN_RING_HEADER_BYTES,
			      (uint32_t)(data_bytes / PNPN_RING_CHUNK_BYTES));
	int r = adopt(&fresh);
	if (r < 0)
		return r;
	*writer = fresh;
	pnpn_port_lock_init(&writer->lock);
	return 0;
}

void pnpn_ring_writer_deinit(struct pnpn_ring_writer *writer)
{
	pnpn_port_lock_deinit(&writer->lock);
}

int pnpn_ring_writer_reopen(struct pnpn_ring_writer *writer, void *map, size_t bytes)
{
	struct pnpn_ring_writer fresh;
	int r = pnpn_ring_writer_init(&fresh, map, bytes);

	if (r < 0)
		return r;
	pnpn_ring_writer_deinit(&fresh);
	pnpn_port_lock(&writer->lock);
	memcpy(writer, &fresh, offsetof(struct pnpn_ring_writer, lock));
	pnpn_port_unlock(&writer->lock);
	return 0;
}

uint32_t pnpn_ring_writer_get_readers(struct pnpn_ring_writer *writer)
{
	pnpn_port_lock(&writer->lock);
	uint32_t readers = __atomic_load_n(&writer->header->readers, __ATOMIC_RELAXED);
	pnpn_port_unlock(&writer->lock);
	return readers;
}

uint64_t pnpn_ring_writer_get_handled(struct pnpn_ring_writer *writer)
{
	pnpn_port_lock(&writer->lock);
	uint64_t handled = __atomic_load_n(&writer->header->handled, __ATOMIC_ACQUIRE);
	pnpn_port_unlock(&writer->lock);
	return handled;
}
