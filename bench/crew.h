/* SPDX-License-Identifier: MIT */
/* As many reader processes as a measurement wants, and what they tell through shared memory. */
#ifndef PNPN_BENCH_CREW_H
#define PNPN_BENCH_CREW_H

#include <stdint.h>
#include <sys/types.h>
#include "peer.h"

#define ROUNDS_MAX 2000

struct member {
	_Alignas(64) uint64_t taken;
	pid_t pid;
	uint32_t latency[ROUNDS_MAX]; /* ns from report to take, for the first so many events */
};

struct crew {
	const struct peer *peer;
	void *shared;
	int size;
	uint64_t reported;
	struct member *members;
};

/** Opens the peer and starts the readers; returns when all are registered. */
void crew_init(struct crew *crew, const struct peer *peer, int size);

/** Ends the readers and closes the peer. */
void crew_deinit(struct crew *crew);

/** One event with the time in it; returns how long the call took, in ns. */
uint64_t crew_report(struct crew *crew);

/** Waits until every reader took everything that was reported. */
void crew_wait(struct crew *crew);

#endif
