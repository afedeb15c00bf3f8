/* SPDX-License-Identifier: MIT */
/* The ring by itself: order (R11), counts of what was lost (R15), hostile writers. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/test-ring.h"

static void r11_records_come_out_as_they_went_in(void **state)
{
	struct ring ring;
	struct pnpn_ring_record record;
	uint64_t lost;

	ring_init(&ring, SMALL);
	assert_int_equal(pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 0);
	for (uint32_t i = 1; i <= 20000; i++) {
		uint32_t data[40];
		for (size_t k = 0; k < 40; k++)
			data[k] = i;
		report(&ring, data, 4 * (i % 40));
		assert_int_equal(pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 1);
		assert_int_equal(record.sequence, i);
		assert_int_equal(lost, 0);
		assert_int_equal(record.data_size, 4 * (i % 40));
		assert_memory_equal(record.guid, &guid, sizeof(guid));
		assert_memory_equal(buffer, data, record.data_size);
	}
	assert_int_equal(pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 0);
	ring_deinit(&ring);
}

static void r5_the_largest_event_fits(void **state)
{
	struct ring ring;
	struct pnpn_ring_record record;
	uint64_t lost;
	uint8_t *data = malloc(PNPN_DATA_MAX);

	ring_init(&ring, SMALL);
	for (uint32_t i = 0; i < 50; i++) {
		memset(data, (int)i + 1, PNPN_DATA_MAX);
		report(&ring, data, PNPN_DATA_MAX);
		assert_int_equal(pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 1);
		assert_int_equal(record.data_size, PNPN_DATA_MAX);
		assert_memory_equal(buffer, data, PNPN_DATA_MAX);
	}
	free(data);
	ring_deinit(&ring);
}

static void r15_a_lapped_reader_is_told_how_many(void **state)
{
	struct ring ring;
	struct pnpn_ring_record record;
	uint64_t lost, taken = 0, missed = 0;
	const uint64_t reports = 30000;

	ring_init(&ring, SMALL);
	for (uint64_t i = 1; i <= reports; i++)
		report(&ring, &i, sizeof(i));
	while (pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost) > 0) {
		uint64_t value;
		memcpy(&value, buffer, sizeof(value));
		missed += lost;
		taken++;
		assert_int_equal(record.sequence, taken + missed);
		assert_int_equal(value, record.sequence);
	}
	assert_true(missed > 0);
	assert_int_equal(taken + missed, reports);
	/* But for the chunk that is being written and the one that may go next, all that the ring holds is there. */
	assert_true(taken * 64 >= SMALL - 2 * PNPN_RING_CHUNK_BYTES);
	ring_deinit(&ring);
}

static void r15_nothing_is_lost_below_the_backlog(void **state)
{
	struct pnpn_ring_record record;
	uint64_t lost;

	/* Wherever in a chunk the reader stopped. */
	for (uint64_t before = 0; before < 12; before++) {
		struct ring ring;
		ring_init(&ring, SMALL);
		for (uint64_t i = 0; i < before * 391; i++) {
			report(&ring, NULL, 0);
			assert_int_equal(
				pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 1);
		}
		for (uint64_t i = 0; i < BACKLOG / 64; i++)
			report(&ring, &i, sizeof(i));
		for (uint64_t i = 0; i < BACKLOG / 64; i++) {
			assert_int_equal(
				pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 1);
			assert_int_equal(lost, 0);
			assert_memory_equal(buffer, &i, sizeof(i));
		}
		ring_deinit(&ring);
	}
}

static void r15_a_reader_lapped_before_its_first_event_knows_too(void **state)
{
	struct ring ring;
	struct pnpn_ring_record record;
	uint64_t lost;

	ring_init(&ring, SMALL);
	for (int i = 0; i < 100; i++)
		report(&ring, NULL, 0);
	pnpn_ring_reader_seek_head(&ring.reader);
	for (int i = 0; i < 40000; i++)
		report(&ring, NULL, 0);
	assert_int_equal(pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 1);
	assert_true(lost > 0);
	assert_int_equal(record.sequence, 100 + lost + 1);
	ring_deinit(&ring);
}

/* Who follows a device that has just come may come to its ring late: what it missed since the start is told. */
static void r15_who_begins_at_the_start_is_told_what_is_gone(void **state)
{
	static const uint64_t bases[] = {0, 1000};

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		struct ring ring;
		struct pnpn_ring_record record;
		uint64_t lost;

		ring_init(&ring, SMALL);
		pnpn_ring_writer_set_base(&ring.writer, bases[i]);
		pnpn_ring_reader_seek_start(&ring.reader);
		report(&ring, "x", 1);
		assert_int_equal(pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 1);
		assert_int_equal(lost, 0);
		for (int k = 0; k < 20000; k++)
			report(&ring, buffer, 64);
		pnpn_ring_reader_seek_start(&ring.reader);
		assert_int_equal(pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 1);
		assert_in_range(lost, 1, 20000);
		assert_int_equal(lost, record.sequence - bases[i] - 1);
		ring_deinit(&ring);
	}
}

static void r12_the_recent_past_is_there(void **state)
{
	struct ring ring;
	struct pnpn_ring_record record;
	uint64_t lost, first = 0, last = 0;

	ring_init(&ring, 4 << 20);
	report(&ring, NULL, 0);
	ring.writer.header->readers = 0;
	for (int i = 1; i < 100000; i++)
		report(&ring, NULL, 0);
	pnpn_ring_reader_seek_oldest(&ring.reader);
	while (pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost) > 0) {
		assert_int_equal(lost, 0);
		if (!first)
			first = record.sequence;
		else
			assert_int_equal(record.sequence, last + 1);
		last = record.sequence;
	}
	assert_int_equal(last, 100000);
	assert_true(last - first > 10000);
	ring_deinit(&ring);
}

static void in_a_burst_a_report_wakes_once_until_armed_again(void **state)
{
	struct ring ring;

	ring_init(&ring, SMALL);
	assert_false(report(&ring, NULL, 0));
	ring.writer.header->armed = 1;
	ring.writer.burst = UINT64_MAX; /* however slow this machine is */
	assert_true(report(&ring, NULL, 0));
	assert_int_equal(ring.writer.header->armed, 0);
	assert_false(report(&ring, NULL, 0));
	ring_deinit(&ring);
}

static void a_report_that_stands_alone_wakes_each_time(void **state)
{
	struct ring ring;

	ring_init(&ring, SMALL);
	ring.writer.header->armed = 1;
	ring.writer.burst = 0;
	for (int i = 0; i < 3; i++) {
		ring.writer.reported = 0;
		assert_true(report(&ring, NULL, 0));
		assert_int_equal(ring.writer.header->armed, 1);
	}
	ring_deinit(&ring);
}

static void d8_nothing_after_the_removal(void **state)
{
	struct ring ring;
	struct pnpn_ring_record record;
	uint64_t lost;
	unsigned int after;

	ring_init(&ring, SMALL);
	report(&ring, NULL, 0);
	assert_int_equal(pnpn_ring_writer_remove(&ring.writer), 0);
	assert_int_equal(
		pnpn_ring_writer_report(&ring.writer, &guid, NULL, 0, PNPN_NO_TEXT, NULL, &after),
		-ENODEV);
	assert_int_equal(pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 1);
	assert_int_equal(record.kind, PNPN_RECORD_EVENT);
	assert_int_equal(pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 1);
	assert_int_equal(record.kind, PNPN_RECORD_REMOVED);
	assert_int_equal(pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 0);
	ring_deinit(&ring);
}

static void r14_another_writer_goes_on_where_a_dead_one_stopped(void **state)
{
	struct ring ring;
	struct pnpn_ring_writer heir;
	struct pnpn_ring_record record;
	uint64_t lost;

	ring_init(&ring, SMALL);
	report(&ring, NULL, 0);
	/* It died with half a record behind its head. */
	memset(ring.writer.chunk + ring.writer.head, 0xff, 100);
	ring.writer.header->claim += 160;
	assert_int_equal(pnpn_ring_writer_init(&heir, ring.map, pnpn_ring_bytes(ring.data_bytes)),
			 0);
	assert_int_equal(pnpn_ring_writer_remove(&heir), 0);
	assert_int_equal(pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 1);
	assert_int_equal(record.sequence, 1);
	assert_int_equal(pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 1);
	assert_int_equal(record.kind, PNPN_RECORD_REMOVED);
	assert_int_equal(lost, 0);
	pnpn_ring_writer_deinit(&heir);
	ring_deinit(&ring);
}

/* It died between the sequence number and the head: what nobody can see was not lost. */
static void r14_an_unpublished_record_is_not_counted_as_lost(void **state)
{
	struct ring ring;
	struct pnpn_ring_writer heir;
	struct pnpn_ring_record record;
	uint64_t lost;

	ring_init(&ring, SMALL);
	report(&ring, NULL, 0);
	uint64_t head = ring.writer.head;
	report(&ring, NULL, 0);
	ring.writer.header->head = head;
	assert_int_equal(pnpn_ring_writer_init(&heir, ring.map, pnpn_ring_bytes(ring.data_bytes)),
			 0);
	assert_int_equal(pnpn_ring_writer_remove(&heir), 0);
	assert_int_equal(pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 1);
	assert_int_equal(record.kind, PNPN_RECORD_EVENT);
	assert_int_equal(pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost), 1);
	assert_int_equal(record.kind, PNPN_RECORD_REMOVED);
	assert_int_equal(record.sequence, 2);
	assert_int_equal(lost, 0);
	pnpn_ring_writer_deinit(&heir);
	ring_deinit(&ring);
}

/* A fixed generator: a failure can be seen again. */
static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 16;
}

static void a_hostile_writer_can_do_no_harm(void **state)
{
	struct ring ring;
	struct pnpn_ring_record record;
	uint64_t lost, seed = 42;

	ring_init(&ring, SMALL);
	for (int round = 0; round < 20000; round++) {
		uint64_t *words = (uint64_t *)(void *)data_of(&ring);
		size_t n = SMALL / 8;
		if (round % 3 == 0) {
			words = (uint64_t *)(void *)&ring.writer.header->claim;
			n = 24 + SMALL / PNPN_RING_CHUNK_BYTES; /* into the table of chunks */
		}
		for (int i = 0; i < 50; i++)
			words[next_random(&seed) % n] = next_random(&seed) >>
							next_random(&seed) % 60;
		for (int i = 0; i < 20; i++) {
			int r = pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost);
			assert_in_range(r, 0, 1);
			if (r)
				assert_true(record.data_size <= PNPN_DATA_MAX);
		}
		if (round % 100 == 0)
			pnpn_ring_reader_seek_oldest(&ring.reader);
	}
	ring_deinit(&ring);
}

static void what_is_no_ring_is_refused(void **state)
{
	struct ring ring;
	struct pnpn_ring_reader reader;
	struct pnpn_ring_writer writer;
	size_t bytes = pnpn_ring_bytes(SMALL);

	ring_init(&ring, SMALL);
	assert_int_equal(pnpn_ring_reader_init(&reader, ring.map, 100), -EPROTO);
	assert_int_equal(pnpn_ring_reader_init(&reader, ring.map, bytes - 4096), -EPROTO);
	assert_int_equal(pnpn_ring_writer_init(&writer, ring.map, bytes - 4096), -EPROTO);
	ring.writer.header->abi++;
	assert_int_equal(pnpn_ring_writer_init(&writer, ring.map, bytes), -EPROTO);
	ring_deinit(&ring);
}

#define THREADS	   4
#define PER_THREAD 20000

struct reporter {
	struct ring *ring;
	uint32_t number;
};

static void *report_many(void *argument)
{
	struct reporter *reporter = argument;

	for (uint32_t i = 0; i < PER_THREAD; i++) {
		uint32_t data[2] = {reporter->number, i};
		bool floor;
		report_and_care(reporter->ring, data, sizeof(data), &floor);
	}
	return NULL;
}

static void r11_many_threads_one_order(void **state)
{
	struct ring ring;
	struct reporter reporters[THREADS];
	pthread_t threads[THREADS];
	uint32_t next[THREADS] = {0};
	struct pnpn_ring_record record;
	uint64_t lost, taken = 0;

	ring_init(&ring, 16 << 20);
	for (uint32_t i = 0; i < THREADS; i++) {
		reporters[i] = (struct reporter){&ring, i};
		assert_int_equal(pthread_create(&threads[i], NULL, report_many, &reporters[i]), 0);
	}
	while (taken < THREADS * PER_THREAD) {
		if (pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost) <= 0)
			continue;
		uint32_t data[2];
		memcpy(data, buffer, sizeof(data));
		assert_int_equal(lost, 0);
		assert_int_equal(record.sequence, ++taken);
		assert_int_equal(data[1], next[data[0]]++);
		tell_floor(&ring);
	}
	for (uint32_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ring_deinit(&ring);
}

static void r15_a_racing_reader_counts_every_event(void **state)
{
	struct ring ring;
	struct reporter reporter = {&ring, 0};
	pthread_t thread;
	struct pnpn_ring_record record;
	uint64_t lost, seen = 0;

	ring_init(&ring, SMALL);
	assert_int_equal(pthread_create(&thread, NULL, report_many, &reporter), 0);
	while (seen < PER_THREAD) {
		if (pnpn_ring_reader_next(&ring.reader, &record, buffer, &lost) <= 0)
			continue;
		uint32_t data[2];
		memcpy(data, buffer, sizeof(data));
		seen += lost + 1;
		assert_int_equal(record.sequence, seen);
		assert_int_equal(data[1], seen - 1);
		tell_floor(&ring);
	}
	pthread_join(thread, NULL);
	ring_deinit(&ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(r11_records_come_out_as_they_went_in),
		cmocka_unit_test(r5_the_largest_event_fits),
		cmocka_unit_test(r15_a_lapped_reader_is_told_how_many),
		cmocka_unit_test(r15_nothing_is_lost_below_the_backlog),
		cmocka_unit_test(r15_a_reader_lapped_before_its_first_event_knows_too),
		cmocka_unit_test(r15_who_begins_at_the_start_is_told_what_is_gone),
		cmocka_unit_test(r12_the_recent_past_is_there),
		cmocka_unit_test(in_a_burst_a_report_wakes_once_until_armed_again),
		cmocka_unit_test(a_report_that_stands_alone_wakes_each_time),
		cmocka_unit_test(d8_nothing_after_the_removal),
		cmocka_unit_test(r14_another_writer_goes_on_where_a_dead_one_stopped),
		cmocka_unit_test(r14_an_unpublished_record_is_not_counted_as_lost),
		cmocka_unit_test(a_hostile_writer_can_do_no_harm),
		cmocka_unit_test(what_is_no_ring_is_refused),
		cmocka_unit_test(r11_many_threads_one_order),
		cmocka_unit_test(r15_a_racing_reader_counts_every_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
