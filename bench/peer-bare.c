/* SPDX-License-Identifier: MIT */
/*
 * The bare rings: an array of 80-byte slots in shared memory and a futex; no checks, no rules, no
 * loss to notice. What is left when everything but the way of the bytes is taken away. In one the
 * reporter wakes everybody, in the other a helper process does, so that a burst is one wake-up.
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "peer.h"

/* What lies in the ring at the most: no burst has more. */
#define RING_BYTES (256ull << 20)
#define SLOTS_MAX  (1u << 18)

/* An event's place: a number, then the payload. */
struct slot {
	uint64_t number;
	uint64_t time;
	uint8_t payload[];
};

struct bare {
	_Alignas(64) uint64_t head;
	_Alignas(64) uint32_t sleepers;
	_Alignas(64) uint32_t word;
	_Alignas(64) uint32_t helper_word;
	uint32_t helper_asleep;
	pid_t helper;
	uint64_t slots;
	size_t slot_bytes;
	size_t bytes;
	_Alignas(64) uint8_t memory[];
};

struct bare_reader {
	struct bare *bare;
	uint64_t next;
};

static void futex_wait(uint32_t *word, uint32_t value)
{
	syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0);
}

static void futex_wake(uint32_t *word, int count)
{
	syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
}

static void wake_all(struct bare *bare)
{
	__atomic_fetch_add(&bare->word, 1, __ATOMIC_SEQ_CST);
	futex_wake(&bare->word, INT_MAX);
}

static struct slot *slot_at(struct bare *bare, uint64_t number)
{
	return (struct slot *)(void *)(bare->memory + number % bare->slots * bare->slot_bytes);
}

static void *bare_open(int readers)
{
	size_t slot_bytes = sizeof(struct slot) + payload_bytes;
	uint64_t slots = SLOTS_MAX;

	while (slots * slot_bytes > RING_BYTES)
		slots /= 2;
	size_t bytes = sizeof(struct bare) + slots * slot_bytes;
	struct bare *bare = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (bare == MAP_FAILED)
		die("bare ring");
	bare->slots = slots;
	bare->slot_bytes = slot_bytes;
	bare->bytes = bytes;
	return bare;
}

static void run_helper(struct bare *bare)
{
	uint64_t done = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		uint32_t word = __atomic_load_n(&bare->helper_word, __ATOMIC_SEQ_CST);
		__atomic_store_n(&bare->helper_asleep, 1, __ATOMIC_SEQ_CST);
		if (__atomic_load_n(&bare->head, __ATOMIC_SEQ_CST) == done)
			futex_wait(&bare->helper_word, word);
		__atomic_store_n(&bare->helper_asleep, 0, __ATOMIC_SEQ_CST);
		done = __atomic_load_n(&bare->head, __ATOMIC_SEQ_CST);
		if (__atomic_load_n(&bare->sleepers, __ATOMIC_SEQ_CST))
			wake_all(bare);
	}
}

static void *helper_open(int readers)
{
	struct bare *bare = bare_open(readers);

	bare->helper = fork();
	if (bare->helper < 0)
		die("fork");
	if (!bare->helper)
		run_helper(bare);
	return bare;
}

static void bare_close(void *shared)
{
	struct bare *bare = shared;

	if (bare->helper) {
		kill(bare->helper, SIGKILL);
		waitpid(bare->helper, NULL, 0);
	}
	munmap(bare, bare->bytes);
}

static void append(struct bare *bare, const struct payload *payload)
{
	struct slot *slot = slot_at(bare, bare->head);

	slot->number = bare->head;
	slot->time = payload->time;
	memcpy(slot->payload, payload, payload_bytes);
	__atomic_store_n(&bare->head, bare->head + 1, __ATOMIC_SEQ_CST);
}

static void report_direct(void *shared, const struct payload *payload)
{
	struct bare *bare = shared;

	append(bare, payload);
	if (__atomic_load_n(&bare->sleepers, __ATOMIC_SEQ_CST))
		wake_all(bare);
}

static void report_helper(void *shared, const struct payload *payload)
{
	struct bare *bare = shared;

	append(bare, payload);
	if (__atomic_load_n(&bare->sleepers, __ATOMIC_SEQ_CST) &&
	    __atomic_exchange_n(&bare->helper_asleep, 0, __ATOMIC_SEQ_CST)) {
		__atomic_fetch_add(&bare->helper_word, 1, __ATOMIC_SEQ_CST);
		futex_wake(&bare->helper_word, 1);
	}
}

static void *reader_open(void *shared, int number)
{
	struct bare_reader *reader = malloc(sizeof(*reader));

	if (!reader)
		die("reader");
	reader->bare = shared;
	reader->next = __atomic_load_n(&reader->bare->head, __ATOMIC_ACQUIRE);
	return reader;
}

static int reader_take(void *context, struct payload *ret_payload)
{
	struct bare_reader *reader = context;

	if (__atomic_load_n(&reader->bare->head, __ATOMIC_ACQUIRE) == reader->next)
		return 0;
	memcpy(ret_payload, slot_at(reader->bare, reader->next++)->payload, payload_bytes);
	return 1;
}

static void reader_sleep(void *context)
{
	struct bare_reader *reader = context;
	uint32_t word = __atomic_load_n(&reader->bare->word, __ATOMIC_SEQ_CST);

	__atomic_fetch_add(&reader->bare->sleepers, 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&reader->bare->head, __ATOMIC_SEQ_CST) == reader->next)
		futex_wait(&reader->bare->word, word);
	__atomic_fetch_sub(&reader->bare->sleepers, 1, __ATOMIC_SEQ_CST);
}

const struct peer peer_bare_direct = {
	.name = "bare ring",
	.what = "shared memory and a futex; the reporter wakes everybody",
	.open = bare_open,
	.close = bare_close,
	.report = report_direct,
	.reader_open = reader_open,
	.take = reader_take,
	.sleep = reader_sleep,
};

const struct peer peer_bare_helper = {
	.name = "bare ring, helper",
	.what = "the same; a helper process wakes everybody",
	.open = helper_open,
	.close = bare_close,
	.report = report_helper,
	.reader_open = reader_open,
	.take = reader_take,
	.sleep = reader_sleep,
};
