/* SPDX-License-Identifier: MIT */
/* Memory that both sides see, and that neither can take away from the other. */
#ifndef PNPN_IO_MEMORY_H
#define PNPN_IO_MEMORY_H

#include <stddef.h>

struct pnpn_io_memory {
	void *map; /* NULL: none */
	size_t bytes;
};

/** New memory; the descriptor for the other side is the caller's. Returns it; an errno. */
int pnpn_io_memory_new(struct pnpn_io_memory *memory, size_t bytes);

/** The other side's: mapped if it has those bytes and can't shrink; the descriptor stays the caller's. Returns
 *  0; -EPROTO for what is no such memory; an errno. */
int pnpn_io_memory_adopt(struct pnpn_io_memory *memory, int fd, size_t bytes);

/** Lets go of it. */
void pnpn_io_memory_deinit(struct pnpn_io_memory *memory);

#endif
