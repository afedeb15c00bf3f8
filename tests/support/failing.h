/* SPDX-License-Identifier: MIT */
/* Programs whose n-th allocation, descriptor or mapping fails (V2): a library that is preloaded into them, and
 * a page that they share with the test. */
#ifndef PNPN_TESTS_FAILING_H
#define PNPN_TESTS_FAILING_H

#include <stdint.h>

/** Where the preloaded library finds the page: the number of a descriptor. */
#define FAILING_VARIABLE "PNPN_TEST_FAILING"

struct failing {
	uint64_t made; /* since the test last set it to 0 */
	uint64_t at; /* this one fails; 0: none */
	int64_t live; /* allocations that are not freed */
};

/** Makes the page; its descriptor is inherited. Exits the test's process if that fails. */
struct failing *failing_new(int *ret_fd);

/** In a child, before exec: the program that it becomes has the library, and that page. */
void failing_preload(int fd);

/** In a program that is linked with the library: from now on it counts there. */
void failing_use(struct failing *failing);

/** From now on the n-th fails; 0: none. */
void failing_set(struct failing *failing, uint64_t at);

/** How many were made since; none fails any more. */
uint64_t failing_stop(struct failing *failing);

#endif
