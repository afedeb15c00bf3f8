/* SPDX-License-Identifier: MIT */
/* The memory of a device's ring. */
#ifndef PNPN_MANAGER_RING_MEMORY_H
#define PNPN_MANAGER_RING_MEMORY_H

#include <stdbool.h>
#include <pnpnotify/uapi.h>
#include "port/sealed.h"

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
