/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "failing-in-turn.h"
#include "process.h"

/* More than a program makes; only a test that went wrong gets there. */
#define ALLOCATIONS_MOST 5000

/* Returns what is not freed when the program ends. */
static int64_t run_once(int (*program)(int socket, const void *run), const struct failing_run *run)
{
	struct child child;

	run->failing->live = 0;
	child_init(&child, program, run);
	int status = child_wait(&child);
	if (status)
		fail_msg("allocation %lu: %d", run->at, status);
	return run->failing->live;
}

void failing_in_turn(int (*program)(int socket, const void *run), int64_t kept_most)
{
	struct manager_process manager;
	struct failing_run run = {.at = 0};
	int fd;

	run.failing = failing_new(&fd);
	manager_process_init(&manager);
	run.address = manager.address;
	int64_t clean = run_once(program, &run);
	do {
		run.at++;
		int64_t kept = run_once(program, &run) - clean;
		if (kept > kept_most)
			fail_msg("allocation %lu: %ld are not freed", run.at, kept);
	} while (failing_stop(run.failing) >= run.at && run.at < ALLOCATIONS_MOST);
	assert_in_range(run.at, 100, ALLOCATIONS_MOST - 1);
	manager_process_deinit(&manager);
	munmap(run.failing, sizeof(*run.failing));
	close(fd);
}
