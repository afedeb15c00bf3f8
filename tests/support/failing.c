/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "failing.h"

struct failing *failing_new(int *ret_fd)
{
	int fd = memfd_create("failing", 0);

	if (fd < 0 || ftruncate(fd, sizeof(struct failing)) < 0)
		abort();
	struct failing *failing = mmap(NULL, sizeof(*failing), PROT_READ | PROT_WRITE, MAP_SHARED,
				       fd, 0);
	if (failing == MAP_FAILED)
		abort();
	*ret_fd = fd;
	return failing;
}

void failing_preload(int fd)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", fd);
	setenv(FAILING_VARIABLE, text, 1);
	setenv("LD_PRELOAD", FAILING_LIBRARY, 1);
}

void failing_set(struct failing *failing, uint64_t at)
{
	__atomic_store_n(&failing->made, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&failing->at, at, __ATOMIC_SEQ_CST);
}

uint64_t failing_stop(struct failing *failing)
{
	__atomic_store_n(&failing->at, 0, __ATOMIC_SEQ_CST);
	return __atomic_load_n(&failing->made, __ATOMIC_SEQ_CST);
}
