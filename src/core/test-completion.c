/* SPDX-License-Identifier: MIT */
/* R9: callbacks that wait for their events to be handled; R8: how many of them find room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/completion.h"

#define ALL UINT64_MAX

static struct pnpn_completion slots[4];
static struct pnpn_completions completions;
static int contexts[16];

static int setup(void **state)
{
	completions = (struct pnpn_completions){0};
	return pnpn_completions_move(&completions, slots, 4) != NULL;
}

static void done(void *context)
{
}

/* One that waits for that place, and is known by its number. */
static void put(int number, uint64_t generation, uint64_t position)
{
	assert_false(pnpn_completions_is_full(&completions));
	pnpn_completions_put(&completions, &(struct pnpn_completion){.end = {generation, position},
								     .done = done,
								     .context = &contexts[number]});
}

/* The number of the one that is taken, -1 for none. */
static int take(uint64_t generation, uint64_t position, uint64_t up_to)
{
	struct pnpn_place handled = {generation, position};
	struct pnpn_completion completion;

	if (!pnpn_completions_take(&completions, &handled, up_to, &completion))
		return -1;
	assert_ptr_equal(completion.done, done);
	return (int)((int *)completion.context - contexts);
}

static void r9_none_before_its_event_is_handled(void **state)
{
	put(1, 0, 64);
	put(2, 0, 128);
	assert_int_equal(take(0, 0, ALL), -1);
	assert_int_equal(take(0, 63, ALL), -1);
	assert_int_equal(take(0, 64, ALL), 1);
	assert_int_equal(take(0, 127, ALL), -1);
	assert_int_equal(take(0, 1000, ALL), 2);
	assert_int_equal(take(0, ALL, ALL), -1);
}

/* From many threads the reports' order is theirs here, though an event behind was handled too. */
static void r9_in_the_order_of_the_reports(void **state)
{
	put(1, 0, 128);
	put(2, 0, 64);
	assert_int_equal(take(0, 64, ALL), -1);
	assert_int_equal(take(0, 128, ALL), 1);
	assert_int_equal(take(0, 128, ALL), 2);
}

/* A device that is another one now: nobody handles what was in the ring before. */
static void r9_what_an_earlier_ring_had_is_handled(void **state)
{
	put(1, 3, 4096);
	put(2, 4, 64);
	assert_int_equal(take(3, 64, ALL), -1);
	assert_int_equal(take(4, 0, ALL), 1);
	assert_int_equal(take(4, 0, ALL), -1);
	/* One of a ring that is not there yet is not handled by an older one. */
	assert_int_equal(take(3, ALL, ALL), -1);
	assert_int_equal(take(4, 64, ALL), 2);
}

/* Who runs them does not go on for ever with those that come meanwhile. */
static void r9_no_more_than_were_there(void **state)
{
	put(1, 0, 8);
	put(2, 0, 16);
	uint64_t there = pnpn_completions_count(&completions);
	assert_int_equal(there, 2);
	assert_int_equal(take(0, 100, there), 1);
	put(3, 0, 24);
	assert_int_equal(take(0, 100, there), 2);
	assert_int_equal(take(0, 100, there), -1);
	assert_int_equal(pnpn_completions_count(&completions), 3);
	assert_int_equal(take(0, 100, 3), 3);
	assert_int_equal(pnpn_completions_count(&completions), 3);
}

static void r8_room_comes_back(void **state)
{
	struct pnpn_completions none = {0};
	int next = 0;

	assert_true(pnpn_completions_is_full(&none));
	for (int i = 0; i < 16; i++) {
		put(i, 0, 8);
		if (pnpn_completions_is_full(&completions)) {
			assert_int_equal(i - next, 3);
			assert_int_equal(take(0, 8, ALL), next++);
			assert_int_equal(take(0, 8, ALL), next++);
		}
	}
	while (next < 16)
		assert_int_equal(take(0, 8, ALL), next++);
	assert_int_equal(completions.n_waiting, 0);
}

/* Those that wait keep their order in the new memory, wherever they began in the old. */
static void r8_more_room(void **state)
{
	for (uint32_t begin = 0; begin < 4; begin++) {
		struct pnpn_completion more[8];

		setup(state);
		completions.first = begin;
		for (int i = 0; i < 4; i++)
			put(i, 0, 8);
		assert_true(pnpn_completions_is_full(&completions));
		assert_ptr_equal(pnpn_completions_move(&completions, more, 8), slots);
		for (int i = 4; i < 8; i++)
			put(i, 0, 8);
		assert_true(pnpn_completions_is_full(&completions));
		assert_int_equal(pnpn_completions_count(&completions), 8);
		for (int i = 0; i < 8; i++)
			assert_int_equal(take(0, 8, ALL), i);
	}
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(r9_none_before_its_event_is_handled),
		TEST(r9_in_the_order_of_the_reports),
		TEST(r9_what_an_earlier_ring_had_is_handled),
		TEST(r9_no_more_than_were_there),
		TEST(r8_room_comes_back),
		TEST(r8_more_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
