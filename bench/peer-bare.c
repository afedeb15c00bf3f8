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

#define SLOTS (1u << 18)

struct slot {
	uint64_t number;
	uint64_t time;
	struct payload payload;
};

struct bare {
	_Alignas(64) uint64_t head;
	_Alignas(64) uint32_t sleepers;
	_Alignas(64) uint32_t word;
	_Alignas(64) uint32_t helper_word;
	uint32_t helper_asleep;
	pid_t helper;
	struct slot slots[SLOTS];
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

static void *bare_open(void)
{
	struct bare *bare = mmap(NULL, sizeof(*bare), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (bare == MAP_FAILED)
		die("bare ring");
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

static void *helper_open(void)
{
	struct bare *bare = bare_open();

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
	munmap(bare, sizeof(*bare));
}

static void append(struct bare *bare, const struct payload *payload)
{
	struct slot *slot = &bare->slots[bare->head % SLOTS];

	slot->number = bare->head;
	slot->time = payload->time;
	slot->payload = *payload;
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

static void *reader_open(void *shared)
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
	*ret_payload = reader->bare->slots[reader->next++ % SLOTS].payload;
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
