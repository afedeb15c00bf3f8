/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crew.h"

/* A reader that has not registered yet. */
#define NOT_READY UINT64_MAX

size_t payload_bytes = 64;

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void take_all(struct crew *crew, struct member *member, void *reader)
{
	static struct payload payload;
	uint64_t taken = member->taken;

	while (crew->peer->take(reader, &payload)) {
		if (taken < ROUNDS_MAX)
			member->latency[taken] = (uint32_t)(now_ns() - payload.time);
		if (payload.number != taken)
			die("out of order");
		taken++;
	}
	__atomic_store_n(&member->taken, taken, __ATOMIC_RELEASE);
}

static void run_member(struct crew *crew, struct member *member)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	void *reader = crew->peer->reader_open(crew->shared, (int)(member - crew->members));
	/* The pages of the table are there before the first measurement. */
	memset(member->latency, 0, sizeof(member->latency));
	__atomic_store_n(&member->taken, 0, __ATOMIC_RELEASE);
	for (;;) {
		take_all(crew, member, reader);
		crew->peer->sleep(reader);
	}
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

void crew_init(struct crew *crew, const struct peer *peer, int size)
{
	*crew = (struct crew){.peer = peer, .size = size};
	crew->members = mmap(NULL, sizeof(struct member) * READERS_MAX, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (crew->members == MAP_FAILED)
		die("members");
	crew->shared = peer->open(size);
	for (int i = 0; i < size; i++) {
		struct member *member = &crew->members[i];
		member->taken = NOT_READY;
		/* The table is shared: only the parent may write the number into it. */
		pid_t pid = fork();
		if (pid < 0)
			die("fork");
		if (!pid)
			run_member(crew, member);
		member->pid = pid;
	}
	crew_wait(crew);
	pause_ms(100);
}

void crew_deinit(struct crew *crew)
{
	for (int i = 0; i < crew->size; i++)
		kill(crew->members[i].pid, SIGKILL);
	for (int i = 0; i < crew->size; i++)
		waitpid(crew->members[i].pid, NULL, 0);
	crew->peer->close(crew->shared);
	munmap(crew->members, sizeof(struct member) * READERS_MAX);
}

uint64_t crew_report(struct crew *crew)
{
	static struct payload payload;

	payload.number = crew->reported++;
	payload.time = now_ns();
	crew->peer->report(crew->shared, &payload);
	return now_ns() - payload.time;
}

void crew_wait(struct crew *crew)
{
	for (int i = 0; i < crew->size; i++) {
		struct member *member = &crew->members[i];
		while (__atomic_load_n(&member->taken, __ATOMIC_ACQUIRE) != crew->reported) {
			if (waitpid(member->pid, NULL, WNOHANG) == member->pid)
				die("a reader ended");
			pause_ms(1);
		}
	}
}
