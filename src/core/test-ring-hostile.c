/* SPDX-License-Identifier: MIT */
/* Rings whose owner means harm, case by case: records and headers that can't be, for a reader (R11, R15, D8) and for
 * the manager that takes a dead owner's ring over (R14). Behind the data there is nothing: a byte too far kills. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/ring-reader.h"
#include "core/ring-writer.h"

#define CHUNK PNPN_RING_CHUNK_BYTES
#define DATA  (2ull * CHUNK)
#define GUARD 65536u

/* Where the record under test lies: so far before the end of the data. */
#define NEAR_END 256u

static uint8_t buffer[PNPN_DATA_MAX];

struct ring {
	int fd;
	struct pnpn_ring_header *header;
	uint8_t *data;
	struct pnpn_ring_reader reader;
};

static void ring_init(struct ring *ring)
{
	size_t bytes = pnpn_ring_bytes(DATA);

	ring->fd = memfd_create("ring", MFD_CLOEXEC);
	assert_int_equal(ftruncate(ring->fd, (off_t)bytes), 0);
	ring->header = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);
	assert_ptr_not_equal(ring->header, MAP_FAILED);
	ring->data = (uint8_t *)ring->header + PNPN_RING_HEADER_BYTES;
	pnpn_ring_init(ring->header, DATA);
	char *room = mmap(NULL, bytes + GUARD, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(room, MAP_FAILED);
	assert_ptr_equal(mmap(room, bytes, PROT_READ, MAP_SHARED | MAP_FIXED, ring->fd, 0), room);
	assert_int_equal(pnpn_ring_reader_init(&ring->reader, room, bytes), 0);
}

static void ring_deinit(struct ring *ring)
{
	munmap((void *)ring->reader.header, pnpn_ring_bytes(DATA) + GUARD);
	munmap(ring->header, pnpn_ring_bytes(DATA));
	close(ring->fd);
}

/* Chunk by chunk in turn, as a ring is whose readers are slow. */
static void put(struct ring *ring, const struct pnpn_ring_record *record)
{
	uint64_t number = record->position / CHUNK;

	ring->header->chunk[number % 2] = pnpn_ring_chunk_entry(number, number % 2);
	memcpy(ring->data + record->position % DATA, record, sizeof(*record));
}

/* --- records -------------------------------------------------------------------------------------- */

static const struct {
	const char *what;
	struct pnpn_ring_record record; /* position is relative to where the reader is */
	uint64_t ahead; /* how far the head is ahead */
	int found;
	uint32_t data_size;
	int32_t name_offset;
	bool at_start; /* of the data, where there is room for the largest */
} records[] = {
#define GOOD(what, ahead, data, name, ...) {what, {__VA_ARGS__}, ahead, 1, data, name, false}
#define NONE(what, ahead, ...)		   {what, {__VA_ARGS__}, ahead, 0, 0, 0, false}
	GOOD("a good one", 64, 8, 2, .size = 64, .kind = 1, .name_offset = 2, .data_size = 8),
	GOOD("to the end of the data", 256, 200, -1, .size = 256, .kind = 1, .name_offset = -1,
	     .data_size = 200),
	NONE("no size", 64, .size = 0, .kind = 1),
	NONE("smaller than its fixed part", 64, .size = 48, .kind = 1),
	NONE("no multiple of 8", 64, .size = 60, .kind = 1),
	NONE("beyond the end of the data", 65536, .size = 60000, .kind = 1, .data_size = 59000),
	NONE("as large as can be", 1ull << 40, .size = UINT32_MAX & ~7u, .kind = 1,
	     .data_size = 65499),
	NONE("a removal beyond the end", 65536, .size = 60000, .kind = 3),
	NONE("beyond the head", 64, .size = 128, .kind = 1, .data_size = 72),
	NONE("more data than an event has", 256, .size = 256, .kind = 1, .data_size = 65500),
	NONE("as much data as can be", 256, .size = 256, .kind = 1, .data_size = UINT32_MAX),
	NONE("more data than it holds", 256, .size = 64, .kind = 1, .data_size = 16),
	NONE("of another place", 64, .position = 8, .size = 64, .kind = 1),
	NONE("of no kind", 64, .size = 64, .kind = 0),
	NONE("of an unknown kind", 64, .size = 64, .kind = 7, .data_size = UINT32_MAX),
	NONE("a pad", 64, .size = 64, .kind = 2),
	NONE("a pad without size", 64, .size = 0, .kind = 2),
	NONE("a removal without size", 64, .size = 0, .kind = 3),
	NONE("a removal that is too small", 64, .size = 48, .kind = 3),
	GOOD("a removal with data", 64, 0, -1, .size = 64, .kind = 3, .data_size = UINT32_MAX),
	GOOD("an odd name offset", 64, 8, -1, .size = 64, .kind = 1, .name_offset = 3,
	     .data_size = 8),
	GOOD("a name offset at the end", 64, 8, -1, .size = 64, .kind = 1, .name_offset = 8,
	     .data_size = 8),
	GOOD("a name offset outside", 64, 8, -1, .size = 64, .kind = 1, .name_offset = 1 << 30,
	     .data_size = 8),
	GOOD("a negative name offset", 64, 8, -1, .size = 64, .kind = 1, .name_offset = -2,
	     .data_size = 8),
	GOOD("the least name offset", 64, 8, -1, .size = 64, .kind = 1, .name_offset = INT32_MIN,
	     .data_size = 8),
	GOOD("a name without data", 56, 0, -1, .size = 56, .kind = 1),
	{"the largest", {.size = 65560, .kind = 1, .data_size = 65499}, 65560, 1, 65499, 0, true},
	{"more than the largest",
	 {.size = 65560, .kind = 1, .data_size = 65500},
	 65560,
	 0,
	 0,
	 0,
	 true},
};

static void r11_records_that_can_not_be(void **state)
{
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		struct ring ring;
		struct pnpn_ring_record record = records[i].record, got;
		uint64_t lost, position = records[i].at_start ? DATA : DATA - NEAR_END;

		ring_init(&ring);
		pnpn_ring_reader_seek(&ring.reader, position);
		ring.header->chunk[position / CHUNK % 2] =
			pnpn_ring_chunk_entry(position / CHUNK, position / CHUNK % 2);
		record.position += position;
		memcpy(ring.data + position % DATA, &record, sizeof(record));
		ring.header->head = ring.header->claim = position + records[i].ahead;
		int r = pnpn_ring_reader_next(&ring.reader, &got, buffer, &lost);
		if (r != records[i].found)
			fail_msg("%s: %d", records[i].what, r);
		if (r && (got.data_size != records[i].data_size ||
			  got.name_offset != records[i].name_offset))
			fail_msg("%s: %u bytes, name at %d", records[i].what, got.data_size,
				 got.name_offset);
		/* What is no record is not looked at again. */
		assert_int_equal(pnpn_ring_reader_next(&ring.reader, &got, buffer, &lost), 0);
		assert_true(ring.reader.position > position);
		ring_deinit(&ring);
	}
}

static void r15_a_sequence_that_goes_back_tells_nothing(void **state)
{
	static const struct {
		uint64_t sequence, lost;
	} told[] = {{5, 0}, {6, 0}, {8, 1}, {3, 0}, {4, 0}, {UINT64_MAX, UINT64_MAX - 5}, {1, 0}};
	struct ring ring;
	struct pnpn_ring_record got;
	uint64_t lost;

	ring_init(&ring);
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		struct pnpn_ring_record record = {.position = i * 56,
						  .size = 56,
						  .kind = 1,
						  .sequence = told[i].sequence,
						  .name_offset = -1};
		if (!i)
			ring.reader.sequence = 4;
		put(&ring, &record);
		ring.header->head = ring.header->claim = (i + 1) * 56;
		assert_int_equal(pnpn_ring_reader_next(&ring.reader, &got, buffer, &lost), 1);
		assert_int_equal(lost, told[i].lost);
	}
	ring_deinit(&ring);
}

/* --- headers -------------------------------------------------------------------------------------- */

/* More than there is to look at. */
#define LOOKS_MOST 10000

/* What a reader takes of a ring full of good records, whatever the header says: no more than the ring holds. */
static void fill(struct ring *ring)
{
	for (uint64_t position = 0; position < DATA; position += 64) {
		struct pnpn_ring_record record = {
			.position = position, .size = 64, .kind = 1, .name_offset = -1};
		put(ring, &record);
	}
}

static uint64_t drain(struct ring *ring)
{
	struct pnpn_ring_record got;
	uint64_t lost, taken = 0;

	for (uint64_t i = 0; pnpn_ring_reader_has_more(&ring->reader); i++) {
		assert_true(i < LOOKS_MOST);
		uint64_t before = ring->reader.position;
		taken += (uint64_t)pnpn_ring_reader_next(&ring->reader, &got, buffer, &lost);
		assert_true(ring->reader.position >= before);
		assert_int_equal(ring->reader.position % 8, 0);
	}
	return taken;
}

/* An entry of neither chunk: 0 would say that it is as fill() made it. */
#define NO_ENTRY (9u << 16 | 1u)

static const struct {
	const char *what;
	uint64_t claim, head;
	uint64_t from; /* where the reader is */
	uint64_t chunk[2]; /* unless 0 */
} headers[] = {
	{"good", DATA, DATA, 0, {0}},
	{"head not aligned", DATA, DATA - 3, 0, {0}},
	{"head far ahead", DATA, 1ull << 40, 0, {0}},
	{"head at the end of numbers", DATA, UINT64_MAX, 0, {0}},
	{"claim far ahead", UINT64_MAX, DATA, 0, {0}},
	{"both far ahead", UINT64_MAX, 1ull << 62, 0, {0}},
	{"both at the end of numbers", UINT64_MAX, UINT64_MAX, 0, {0}},
	{"claim behind", 0, DATA, 0, {0}},
	{"claim behind, head ahead", 0, 1ull << 40, DATA / 2, {0}},
	{"head behind the reader", DATA, DATA / 4, DATA / 2, {0}},
	{"the first chunk gone", DATA, DATA, 0, {NO_ENTRY}},
	{"all chunks gone", DATA, DATA, 0, {NO_ENTRY, NO_ENTRY}},
	{"a place outside", DATA, DATA, 0, {2 + 1}},
	{"the last place of all", DATA, DATA, 0, {0xffff, 1 << 16 | 0xffff}},
	{"two chunks in one place", DATA, DATA, 0, {1, 1 << 16 | 1}},
	{"chunks of the past", 2 * DATA, 2 * DATA, 0, {1, 1 << 16 | 2}},
	{"chunks that will be", DATA, DATA, 0, {2 << 16 | 1, 3 << 16 | 2}},
	{"chunks at the end of numbers",
	 UINT64_MAX,
	 UINT64_MAX,
	 0,
	 {~0ull << 16 | 1, ~0ull << 16 | 2}},
	{"entries that are none", 2 * DATA, 2 * DATA, 0, {UINT64_MAX, UINT64_MAX}},
};

static void r11_headers_that_can_not_be(void **state)
{
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		struct ring ring;

		ring_init(&ring);
		fill(&ring);
		memset(ring.header, 0xff, offsetof(struct pnpn_ring_header, claim));
		ring.header->claim = headers[i].claim;
		ring.header->head = headers[i].head;
		for (size_t k = 0; k < 2; k++)
			if (headers[i].chunk[k])
				ring.header->chunk[k] = headers[i].chunk[k];
		pnpn_ring_reader_seek(&ring.reader, headers[i].from);
		uint64_t taken = drain(&ring);
		if (taken > DATA / 64 || (i == 0 && taken != DATA / 64))
			fail_msg("%s: %lu", headers[i].what, (unsigned long)taken);
		pnpn_ring_reader_seek_oldest(&ring.reader);
		pnpn_ring_reader_seek_head(&ring.reader);
		ring_deinit(&ring);
	}
}

/* A head that went back, and the chunk with it, leads a reader who had seen more to nothing that he has read. */
static void r11_nothing_leads_back(void **state)
{
	struct ring ring;
	struct pnpn_ring_record got;
	uint64_t lost;

	ring_init(&ring);
	fill(&ring);
	ring.header->claim = ring.header->head = CHUNK;
	pnpn_ring_reader_seek(&ring.reader, 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pnpn_ring_reader_next(&ring.reader, &got, buffer, &lost), 1);
	ring.header->claim = ring.header->head = 64;
	ring.header->chunk[0] = 0;
	assert_int_equal(pnpn_ring_reader_next(&ring.reader, &got, buffer, &lost), 0);
	assert_true(ring.reader.position >= 4 * 64);
	ring_deinit(&ring);
}

/* R15: a reader that was lapped leaves out what may be overwritten next, too, and goes on behind it. */
static void r15_a_lapped_reader_is_not_lapped_again_at_once(void **state)
{
	struct ring ring;
	struct pnpn_ring_record got;
	uint64_t lost;

	ring_init(&ring);
	fill(&ring);
	pnpn_ring_reader_seek(&ring.reader, 0);
	put(&ring,
	    &(struct pnpn_ring_record){
		    .position = DATA, .size = 64, .kind = 1, .sequence = 9, .name_offset = -1});
	ring.header->claim = ring.header->head = DATA + 64;
	assert_int_equal(pnpn_ring_reader_next(&ring.reader, &got, buffer, &lost), 1);
	assert_int_equal(got.position, DATA);
	ring_deinit(&ring);
}

/* D8: the ring ends where the manager says, and nothing is read that could not be in it there. */
static void d8_a_ring_ends_where_it_ends(void **state)
{
	static const uint64_t ends[] = {0,    64,	  DATA / 2,   DATA / 2 + 8,
					DATA, 1ull << 40, 1ull << 62, UINT64_MAX - 8};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct ring ring;
		uint64_t most = ends[i] < DATA ? ends[i] / 64 : DATA / 64;

		ring_init(&ring);
		fill(&ring);
		ring.header->claim = ring.header->head = DATA;
		pnpn_ring_reader_set_end(&ring.reader, ends[i]);
		assert_in_range(drain(&ring), ends[i] <= DATA ? most : 0, most);
		/* The owner goes on: whole laps of good records. */
		for (uint64_t lap = 1; lap < 20; lap++) {
			for (uint64_t position = lap * DATA; position < (lap + 1) * DATA;
			     position += 64) {
				struct pnpn_ring_record record = {.position = position,
								  .size = 64,
								  .kind = 1,
								  .name_offset = -1};
				put(&ring, &record);
			}
			ring.header->claim = ring.header->head = (lap + 1) * DATA;
			if (ends[i] <= DATA || ends[i] > 20 * DATA)
				assert_int_equal(drain(&ring), 0);
		}
		ring_deinit(&ring);
	}
}

/* --- the heir ------------------------------------------------------------------------------------- */

static const struct {
	const char *what;
	uint64_t claim, head, sequence;
	int r;
} adopted[] = {
	{"good", 640, 640, 10, 0},
	{"empty", 0, 0, 0, 0},
	{"head not aligned", 640, 643, 10, 0},
	{"head at the end of the data", DATA, DATA, 10, 0},
	{"no room for a fixed part", DATA, DATA - 8, 10, 0},
	{"head at the end of a chunk", CHUNK, CHUNK, 10, 0},
	{"no room for a fixed part in a chunk", CHUNK, CHUNK - 8, 10, 0},
	{"head far ahead", 640, (1ull << 62) - 8, 10, 0},
	{"head too far ahead", 640, 1ull << 62, 10, -EPROTO},
	{"head at the end of numbers", 640, UINT64_MAX, 10, -EPROTO},
	{"claim behind", 0, 640, 10, 0},
	{"claim far ahead", UINT64_MAX, 640, 10, 0},
	{"sequence at the end of numbers", 640, 640, UINT64_MAX, 0},
};

static void r14_headers_that_the_manager_takes_over(void **state)
{
	/* With the chunks as they were, none, and what can't be. */
	static const uint64_t chunks[] = {0, NO_ENTRY, UINT64_MAX, 0xffff, 2};

	for (size_t k = 0; k < sizeof(adopted) / sizeof(adopted[0]) * 5; k++) {
		struct ring ring;
		struct pnpn_ring_writer writer;
		size_t i = k / 5;

		ring_init(&ring);
		fill(&ring);
		ring.header->claim = adopted[i].claim;
		ring.header->head = adopted[i].head;
		ring.header->sequence = adopted[i].sequence;
		ring.header->armed = ring.header->readers = UINT32_MAX;
		ring.header->floor = ring.header->handled = 12345678901;
		for (size_t n = 0; n < PNPN_RING_CHUNKS_MAX && chunks[k % 5]; n++)
			ring.header->chunk[n] = chunks[k % 5];
		int r = pnpn_ring_writer_init(&writer, ring.header, pnpn_ring_bytes(DATA));
		if (r != adopted[i].r)
			fail_msg("%s: %d", adopted[i].what, r);
		if (r >= 0) {
			assert_int_equal(pnpn_ring_writer_remove(&writer), 0);
			assert_int_equal(ring.header->head, writer.head);
			struct pnpn_ring_record last;
			uint64_t number = (writer.head - 56) / CHUNK;
			uint64_t entry = ring.header->chunk[number % 2];
			assert_true(pnpn_ring_chunk_entry_valid(entry, number, 2));
			memcpy(&last,
			       ring.data + PNPN_RING_CHUNK_PLACE(entry) * CHUNK +
				       (writer.head - 56) % CHUNK,
			       sizeof(last));
			assert_int_equal(last.kind, PNPN_RECORD_REMOVED);
			assert_int_equal(last.position, writer.head - 56);
			pnpn_ring_writer_deinit(&writer);
		}
		ring_deinit(&ring);
	}
}

/* What the owner does once somebody else has taken the table of chunks out of his hands. */
static void r14_an_owner_whose_ring_is_somebody_else_s(void **state)
{
	static const uint64_t chunks[] = {0, NO_ENTRY, UINT64_MAX, 0xffff};

	for (size_t k = 0; k < sizeof(chunks) / sizeof(chunks[0]); k++) {
		struct ring ring;
		struct pnpn_ring_writer writer;
		unsigned int after;
		int r = 0;

		ring_init(&ring);
		ring.header->readers = 1;
		assert_int_equal(pnpn_ring_writer_init(&writer, ring.header, pnpn_ring_bytes(DATA)),
				 0);
		for (int i = 0; i < 20 && r >= 0; i++) {
			r = pnpn_ring_writer_report(&writer, &(struct pnpn_guid){0}, buffer,
						    PNPN_DATA_MAX, PNPN_NO_TEXT, NULL, &after);
			for (size_t n = 0; i == 5 && n < PNPN_RING_CHUNKS_MAX; n++)
				ring.header->chunk[n] = chunks[k];
			(void)pnpn_ring_writer_care(&writer);
		}
		assert_int_equal(r, -ENODEV);
		pnpn_ring_writer_deinit(&writer);
		ring_deinit(&ring);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(r11_records_that_can_not_be),
		cmocka_unit_test(r15_a_sequence_that_goes_back_tells_nothing),
		cmocka_unit_test(r11_headers_that_can_not_be),
		cmocka_unit_test(r11_nothing_leads_back),
		cmocka_unit_test(r15_a_lapped_reader_is_not_lapped_again_at_once),
		cmocka_unit_test(d8_a_ring_ends_where_it_ends),
		cmocka_unit_test(r14_headers_that_the_manager_takes_over),
		cmocka_unit_test(r14_an_owner_whose_ring_is_somebody_else_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
