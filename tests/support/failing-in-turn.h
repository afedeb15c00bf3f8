/* SPDX-License-Identifier: MIT */
/* Each allocation, descriptor and mapping of a program fails in turn, in a child of its own (V2). */
#ifndef PNPN_TESTS_FAILING_IN_TURN_H
#define PNPN_TESTS_FAILING_IN_TURN_H

#include <stdint.h>
#include "failing.h"

/** What one run of the program gets. */
struct failing_run {
	const char *address; /* a manager's, there for all of them */
	struct failing *failing;
	uint64_t at; /* which fails; 0: none */
};

/** Longer than any run takes. */
#define FAILING_PATIENCE_SECONDS 60

/** What libsystemd keeps, more or less, for a message of which a part has come. */
#define FAILING_KEPT_PART 2

/** For programs in which it does not matter what is not freed when they end. */
#define FAILING_KEPT_ANY INT64_MAX

/**
 * failing_in_turn() - once with none that fails, then until none is left to fail
 * @program:   run(), as child_init() has it, of a struct failing_run: it begins to fail by failing_use() and
 *             failing_set(), and ends with 0 if all was well
 * @kept_most: allocations that may be left when it ends, beyond those of the run without any that fails
 *
 * Fails the test where that is not so.
 */
void failing_in_turn(int (*program)(int socket, const void *run), int64_t kept_most);

#endif
