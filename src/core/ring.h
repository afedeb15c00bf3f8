/* SPDX-License-Identifier: MIT */
/* The event ring's geometry, shared by writer and reader. The layout is pnpnotify/uapi.h's. */
#ifndef PNPN_CORE_RING_H
#define PNPN_CORE_RING_H

#include <stddef.h>
#include <stdint.h>
#include <pnpnotify.h>
#include <pnpnotify/uapi.h>

/** The backlog limit of a ring in user space (R15). */
#define PNPN_RING_DATA_BYTES (64ull << 20)

/** The least data bytes of a ring: holds a few of the largest records. */
#define PNPN_RING_DATA_MIN (256ull << 10)

/** The memory that a ring has ready ahead of its head (R8). */
#define PNPN_RING_RESERVE (1ull << 20)

/** Bytes of a record that carries data_size bytes. */
static inline uint64_t pnpn_ring_record_bytes(uint32_t data_size)
{
	return (sizeof(struct pnpn_ring_record) + (uint64_t)data_size + 7) & ~7ull;
}

/** Bytes of the mapping of a ring. */
static inline uint64_t pnpn_ring_bytes(uint64_t data_bytes)
{
	return PNPN_RING_HEADER_BYTES + data_bytes;
}

/** Whether data_bytes is a size that a ring can have: a power of two, not too small, under 4 GiB. */
static inline int pnpn_ring_data_bytes_valid(uint64_t data_bytes)
{
	return data_bytes >= PNPN_RING_DATA_MIN && data_bytes <= 1ull << 31 &&
	       !(data_bytes & (data_bytes - 1));
}

/** Makes zeroed memory of pnpn_ring_bytes(data_bytes) an empty ring, not armed, handled all ones. */
void pnpn_ring_init(struct pnpn_ring_header *header, uint64_t data_bytes);

#endif
