/* SPDX-License-Identifier: MIT */
#include "core/ring-writer.h"

/* How much memory is made ready in one go, and how much is given back at the least. */
#define READY_STEP     (256ull << 10)
#define GIVE_BACK_STEP (16ull << 20)

/* Long enough for readers that were woken to have gone back to sleep. */
#define BURST_NS 100000u

static uint64_t offset_of(const struct pnpn_ring_writer *writer, uint64_t position)
{
	return position & (writer->data_bytes - 1);
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Makes memory from ready up to there ready, a step or the end of the data at a time. */
static int make_ready(struct pnpn_ring_writer *writer, uint64_t until)
{
	while (writer->ready < until) {
		uint64_t offset = offset_of(writer, writer->ready);
		uint64_t bytes = min_u64(READY_STEP, writer->data_bytes - offset);
		int r = pnpn_port_populate(writer->data + offset, bytes);
		if (r < 0)
			return r;
		writer->ready += bytes;
	}
	return 0;
}

/*
 * Every reader took everything below floor, so that memory can go, but for the last stretch, which
 * is history (R12). Done here and not by the manager, because here no report can be writing.
 */
static void give_back(struct pnpn_ring_writer *writer)
{
	uint64_t floor = __atomic_load_n(&writer->header->floor, __ATOMIC_RELAXED);
	uint64_t until = writer->head > PNPN_RING_RESERVE ? writer->head - PNPN_RING_RESERVE : 0;

	until = min_u64(floor, until) & ~(READY_STEP - 1);
	if (until < writer->given_back + GIVE_BACK_STEP)
		return;
	/* What the ring's next lap made ready already is not behind but ahead. */
	uint64_t from = writer->given_back;
	if (writer->ready > writer->data_bytes && from < writer->ready - writer->data_bytes)
		from = writer->ready - writer->data_bytes;
	while (from < until) {
		uint64_t offset = offset_of(writer, from);
		uint64_t bytes = min_u64(until - from, writer->data_bytes - offset);
		pnpn_port_give_back(writer->data + offset, bytes);
		from += bytes;
	}
	writer->given_back = until;
}

/* A record never wraps: what is left at the end of the data is skipped. */
static void skip_to_next_lap(struct pnpn_ring_writer *writer)
{
	uint64_t room = writer->data_bytes - offset_of(writer, writer->head);
	uint64_t next = writer->head + room;

	__atomic_store_n(&writer->header->claim, next, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	if (room >= sizeof(struct pnpn_ring_record)) {
		struct pnpn_ring_record pad = {
			.position = writer->head,
			.size = (uint32_t)room,
			.kind = PNPN_RECORD_PAD,
			.name_offset = PNPN_NO_TEXT,
		};
		memcpy(writer->data + offset_of(writer, writer->head), &pad, sizeof(pad));
	}
	/* What this lap made ready still is in the next one, unless some of it was given back. */
	uint64_t ready = next;
	if (writer->given_back <= next - writer->data_bytes)
		ready += min_u64(writer->ready, next) - (next - writer->data_bytes);
	if (writer->ready < ready)
		writer->ready = ready;
	writer->head = next;
	__atomic_store_n(&writer->header->head, next, __ATOMIC_RELEASE);
}

/*
 * Nobody reads: go round in the memory that is at hand (R13). The pad before the next lap keeps the
 * arithmetic of positions as it is, and what the last round left is the history (R12).
 */
static bool may_recycle(const struct pnpn_ring_writer *writer, uint64_t bytes)
{
	return !__atomic_load_n(&writer->header->readers, __ATOMIC_RELAXED) &&
	       writer->head + bytes + sizeof(struct pnpn_ring_record) > writer->ready;
}

static int make_room(struct pnpn_ring_writer *writer, uint64_t bytes)
{
	if (bytes > writer->data_bytes - offset_of(writer, writer->head) ||
	    may_recycle(writer, bytes))
		skip_to_next_lap(writer);
	if (__atomic_load_n(&writer->header->readers, __ATOMIC_RELAXED)) {
		/* Failing now is no harm while the reserve lasts (R8). */
		(void)make_ready(writer, writer->head + PNPN_RING_RESERVE);
		give_back(writer);
	}
	/* Behind each record there is room for the fixed part of a pad. */
	return make_ready(writer, writer->head + bytes + sizeof(struct pnpn_ring_record));
}

static void set_anchor(struct pnpn_ring_writer *writer)
{
	uint64_t part = writer->head / (writer->data_bytes / PNPN_RING_ANCHORS);

	if (part == writer->anchored)
		return;
	writer->anchored = part;
	__atomic_store_n(&writer->header->anchor[part % PNPN_RING_ANCHORS], writer->head,
			 __ATOMIC_RELAXED);
}

/* Pairs with the claim check in ring-reader.c: the claim is visible before any byte of the record. */
static void write_record(struct pnpn_ring_writer *writer, const struct pnpn_ring_record *record,
			 const void *data)
{
	uint8_t *to = writer->data + offset_of(writer, writer->head);

	__atomic_store_n(&writer->header->claim, writer->head + record->size, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	memcpy(to, record, sizeof(*record));
	if (record->data_size)
		memcpy(to + sizeof(*record), data, record->data_size);
	/* After the record: unfinished_has() counts on it. */
	__atomic_store_n(&writer->header->sequence, record->sequence, __ATOMIC_RELEASE);
	set_anchor(writer);
	writer->sequence = record->sequence;
	writer->head += record->size;
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
		  const void *data, bool *ret_wake)
{
	record->size = (uint32_t)pnpn_ring_record_bytes(record->data_size);
	int r = make_room(writer, record->size);
	if (r < 0)
		return r;
	uint64_t now = pnpn_port_now();
	record->position = writer->head;
	if (!record->sequence) {
		record->sequence = writer->sequence + 1;
		record->time = now;
	}
	write_record(writer, record, data);
	*ret_wake = publish(writer, now - writer->reported > writer->burst);
	writer->reported = now;
	return 0;
}

int pnpn_ring_writer_report(struct pnpn_ring_writer *writer, const struct pnpn_guid *guid,
			    const void *data, uint32_t size, int32_t name_offset, uint64_t *ret_end,
			    bool *ret_wake)
{
	struct pnpn_ring_record record = {
		.kind = PNPN_RECORD_EVENT,
		.name_offset = name_offset,
		.data_size = size,
	};

	memcpy(record.guid, guid, sizeof(record.guid));
	pnpn_port_lock(&writer->lock);
	int r = writer->closed ? -ENODEV : append(writer, &record, data, ret_wake);
	if (r >= 0 && ret_end)
		*ret_end = writer->head;
	pnpn_port_unlock(&writer->lock);
	return r;
}

int pnpn_ring_writer_report_as(struct pnpn_ring_writer *writer, const struct pnpn_guid *guid,
			       const void *data, uint32_t size, int32_t name_offset,
			       uint64_t sequence, uint64_t time, bool *ret_wake)
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
		r = sequence > writer->sequence ? append(writer, &record, data, ret_wake)
						: -EALREADY;
	pnpn_port_unlock(&writer->lock);
	return r;
}

void pnpn_ring_writer_set_base(struct pnpn_ring_writer *writer, uint64_t sequence)
{
	pnpn_port_lock(&writer->lock);
	if (!writer->head) {
		writer->sequence = sequence;
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
	bool wake;

	pnpn_port_lock(&writer->lock);
	writer->closed = true;
	int r = append(writer, &record, NULL, &wake);
	pnpn_port_unlock(&writer->lock);
	return r;
}

/*
 * Whether the header's sequence number is that of a record which its writer did not live to publish: the
 * record then lies at the head.
 */
static bool unfinished_has(const struct pnpn_ring_writer *writer, uint64_t sequence)
{
	uint64_t offset = offset_of(writer, writer->head);
	struct pnpn_ring_record record;

	if (writer->data_bytes - offset < sizeof(record))
		return false;
	memcpy(&record, writer->data + offset, sizeof(record));
	return record.position == writer->head && record.sequence == sequence && sequence;
}

/* The header is in other hands too: what it says is made into something that can't hurt. */
static int adopt(struct pnpn_ring_writer *writer)
{
	writer->head = __atomic_load_n(&writer->header->head, __ATOMIC_ACQUIRE) & ~7ull;
	if (writer->head >= 1ull << 62)
		return -EPROTO;
	writer->sequence = __atomic_load_n(&writer->header->sequence, __ATOMIC_ACQUIRE);
	if (unfinished_has(writer, writer->sequence))
		writer->sequence--;
	writer->anchored = writer->head ? writer->head / (writer->data_bytes / PNPN_RING_ANCHORS)
					: UINT64_MAX;
	writer->ready = writer->head & ~(READY_STEP - 1);
	writer->given_back = writer->ready;
	return make_ready(writer, writer->head + (writer->head ? READY_STEP : PNPN_RING_RESERVE));
}

int pnpn_ring_writer_init(struct pnpn_ring_writer *writer, void *map, size_t bytes)
{
	uint64_t data_bytes = bytes - PNPN_RING_HEADER_BYTES;

	if (bytes < PNPN_RING_HEADER_BYTES || !pnpn_ring_data_bytes_valid(data_bytes))
		return -EPROTO;

	struct pnpn_ring_writer fresh = {
		.header = map,
		.data = (uint8_t *)map + PNPN_RING_HEADER_BYTES,
		.data_bytes = data_bytes,
		.burst = BURST_NS,
	};

	if (fresh.header->magic != PNPN_RING_MAGIC || fresh.header->abi != PNPN_RING_ABI ||
	    fresh.header->data_bytes != data_bytes)
		return -EPROTO;
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
