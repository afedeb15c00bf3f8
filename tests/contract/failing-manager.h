/* SPDX-License-Identifier: MIT */
/* A pnpnotifyd of which an allocation, a descriptor or a mapping fails (V2). */
#ifndef PNPN_TESTS_FAILING_MANAGER_H
#define PNPN_TESTS_FAILING_MANAGER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <pnpnotify.h>
#include "failing.h"

/** More than is made in one go; only a test that went wrong gets there. */
#define FAILING_MOST 20000

struct failing_manager {
	struct failing *failing;
	int failing_fd;
	char folder[64], socket[96], address[128], messages[96];
	bool on_bus; /* it is on the system bus at that address */
	bool has_linux; /* it presents Linux's devices */
	pid_t pid;
};

/** Where it will be; none runs yet. */
void failing_manager_init(struct failing_manager *manager);

/** Removes its folder. */
void failing_manager_deinit(struct failing_manager *manager);

/** Starts it. Returns whether it serves; if it ended instead, with status 1, it said why. */
bool failing_manager_start(struct failing_manager *manager);

/** Ends it; its status has to be 0. */
void failing_manager_stop(struct failing_manager *manager);

/** The test fails if it is not there any more. */
void failing_manager_expect_there(struct failing_manager *manager, uint64_t at);

/** A connection to it; NULL. */
struct pnpn_connection *failing_manager_connect(const struct failing_manager *manager);

/** Allocations that it has not freed; descriptors that it has open. */
int64_t failing_manager_count_live(const struct failing_manager *manager);
int64_t failing_manager_count_descriptors(const struct failing_manager *manager);

/** Waits until it has no more than that: whoever went is cleared away once its end is seen. */
void failing_manager_expect_left(const struct failing_manager *manager, int64_t live,
				 int64_t descriptors, uint64_t at);

#endif
