/* SPDX-License-Identifier: MIT */
/* The ring's memory: what is reserved (R8), what nobody wants (R13), what a slow reader needs (R15). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "core/test-ring.h"

static void r13_nobody_reading_costs_no_memory(void **state)
{
	struct ring ring;

	ring_init(&ring, LARGE);
	ring.writer.header->readers = 0;
	for (int i = 0; i < 2000000; i++)
		report(&ring, NULL, 0);
	assert_true(resident(&ring) <= PNPN_RING_RESERVE + 65536);
	ring_deinit(&ring);
}

/* Until the first registrant comes a ring costs next to nothing, however much is reported; large events cost it. */
static void r13_a_device_that_nobody_knows_costs_little(void **state)
{
	struct ring ring;
	struct pnpn_ring_record record;
	uint64_t lost;

	ring_init(&ring, LARGE);
	struct pnpn_ring_writer writer;
	ring.writer.header->readers = 0;
	madvise(data_of(&ring), LARGE, MADV_REMOVE);
	assert_int_equal(pnpn_ring_writer_init(&writer, ring.map, pnpn_ring_bytes(LARGE)), 0);
	pnpn_ring_writer_deinit(&ring.writer);
	ring.writer = writer;
	for (int i = 0; i < 100000; i++)
		report(&ring, buffer, 8 * (i % 300));
	assert_int_equal(resident(&ring), PNPN_RING_LITTLE);
	/* What is left is the newest, whole. */
	pnpn_ring_reader_seek_oldest(&ring.reader);
	uint64_t last = 0;
	while (pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost) > 0)
		last = record.sequence;
	assert_int_equal(last, 100000);
	/* Somebody comes: nothing is lost from then on. */
	tell_floor(&ring);
	ring.writer.header->readers = 1;
	for (uint64_t i = 0; i < 100000; i++)
		report(&ring, &i, sizeof(i));
	for (uint64_t i = 0; i < 100000; i++) {
		assert_int_equal(pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 1);
		assert_int_equal(lost, 0);
		assert_memory_equal(buffer, &i, sizeof(i));
	}
	ring_deinit(&ring);
}

static void memory_comes_back_after_a_rest(void **state)
{
	struct ring ring;

	ring_init(&ring, LARGE);
	for (int lap = 0; lap < 3; lap++) {
		ring.writer.burst = UINT64_MAX;
		for (int i = 0; i < 800000; i++)
			report(&ring, NULL, 0);
		assert_true(resident(&ring) > 32 << 20);
		/* Everybody read, and the stream goes on: it may be slow again. */
		pnpn_ring_reader_seek_head(&ring.reader);
		tell_floor(&ring);
		report(&ring, NULL, 0);
		assert_true(resident(&ring) > 32 << 20);
		ring.writer.burst = 0;
		for (int i = 0; i < 4; i++)
			report(&ring, NULL, 0);
		assert_true(resident(&ring) < 8 << 20);
	}
	ring_deinit(&ring);
}

static void a_stream_that_is_read_stays_in_little_memory(void **state)
{
	struct ring ring;
	struct pnpn_ring_record record;
	uint64_t lost;

	ring_init(&ring, LARGE);
	ring.writer.burst = UINT64_MAX;
	for (uint64_t i = 0; i < 2000000; i++) {
		report(&ring, &i, sizeof(i));
		assert_int_equal(pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 1);
		assert_int_equal(lost, 0);
		assert_memory_equal(buffer, &i, sizeof(i));
	}
	assert_true(resident(&ring) < 4 << 20);
	ring_deinit(&ring);
}

static void r8_a_new_ring_with_a_registrant_has_its_reserve(void **state)
{
	struct ring ring;

	ring_init(&ring, LARGE);
	assert_true(resident(&ring) >= PNPN_RING_RESERVE);
	ring_deinit(&ring);
}

static void r8_the_reserve_is_there_again_after_each_chunk(void **state)
{
	struct ring ring;

	/* Nobody reads at first: then somebody comes, and does not. */
	ring_init(&ring, LARGE);
	ring.writer.header->readers = 0;
	for (int i = 0; i < 40000; i++)
		report(&ring, NULL, 0);
	pnpn_ring_reader_seek_head(&ring.reader);
	tell_floor(&ring);
	ring.writer.header->readers = 1;
	for (int i = 0; i < 200000; i++) {
		report(&ring, NULL, 0);
		/* Beyond the records that somebody may still want, but for what this chunk has used. */
		if (i % 1000 == 0)
			assert_true(resident(&ring) >=
				    ring.writer.head - ring.reader.position + PNPN_RING_RESERVE);
	}
	ring_deinit(&ring);
}

static void what_a_slow_reader_needs_is_not_given_back(void **state)
{
	struct ring ring;
	struct pnpn_ring_record record;
	uint64_t lost, taken = 0, reported = 0;

	ring_init(&ring, LARGE);
	for (int round = 0; round < 40; round++) {
		for (int i = 0; i < 200000; i++, reported++)
			report(&ring, &reported, sizeof(reported));
		while (taken + 400000 < reported) {
			assert_int_equal(
				pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 1);
			assert_int_equal(lost, 0);
			assert_memory_equal(buffer, &taken, sizeof(taken));
			taken++;
		}
		tell_floor(&ring);
	}
	ring_deinit(&ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(r13_nobody_reading_costs_no_memory),
		cmocka_unit_test(r13_a_device_that_nobody_knows_costs_little),
		cmocka_unit_test(memory_comes_back_after_a_rest),
		cmocka_unit_test(a_stream_that_is_read_stays_in_little_memory),
		cmocka_unit_test(r8_a_new_ring_with_a_registrant_has_its_reserve),
		cmocka_unit_test(r8_the_reserve_is_there_again_after_each_chunk),
		cmocka_unit_test(what_a_slow_reader_needs_is_not_given_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
