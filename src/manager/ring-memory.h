/* SPDX-License-Identifier: MIT */
/* Sealed shared memory: a device's ring, a reader's page. */
#ifndef PNPN_MANAGER_RING_MEMORY_H
#define PNPN_MANAGER_RING_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <pnpnotify/uapi.h>

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

/** A device's ring: the writable memory and a descriptor that can only read it. */
struct pnpn_ring_memory {
	struct pnpn_sealed memory;
	int read_fd;
	bool is_reserved; /* somebody has registered */
	struct pnpn_ring_header *header;
};

/** Makes an empty ring. Its inode has mode 0 then: nobody else can open it for writing. Returns 0; an
 *  errno. */
int pnpn_ring_memory_init(struct pnpn_ring_memory *ring);

/** Memory for the reports of a device for which somebody registers (R8): its owner takes it from there. Again costs
 *  little. Returns 0; -ENOMEM; another errno. */
int pnpn_ring_memory_reserve(struct pnpn_ring_memory *ring);

void pnpn_ring_memory_deinit(struct pnpn_ring_memory *ring);

#endif
