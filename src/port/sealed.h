/* SPDX-License-Identifier: MIT */
/* Shared memory that nobody can truncate under those who map it. */
#ifndef PNPN_PORT_SEALED_H
#define PNPN_PORT_SEALED_H

#include <stddef.h>

/** A memory object that nobody can truncate. */
struct pnpn_sealed {
	int fd; /* can write */
	void *map;
	size_t bytes;
};

/** Makes it, zeroed and mapped. Returns 0; an errno. */
int pnpn_sealed_init(struct pnpn_sealed *sealed, const char *name, size_t bytes);

/** Unmaps and closes; a zeroed one with fd -1 is allowed. */
void pnpn_sealed_deinit(struct pnpn_sealed *sealed);

/** How large it is, and stays: what could be truncated under who maps it would kill him. Returns 0; -EPROTO for what
 *  is no such memory; an errno. */
int pnpn_sealed_size(int fd, size_t *ret_bytes);

#endif
