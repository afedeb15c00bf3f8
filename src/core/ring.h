/* SPDX-License-Identifier: MIT */
/* The event ring's geometry, shared by writer and reader. The layout is pnpnotify/uapi.h's. */
#ifndef PNPN_CORE_RING_H
#define PNPN_CORE_RING_H

#include <stddef.h>
#include <stdint.h>
#include <pnpnotify.h>
#include <pnpnotify/uapi.h>

/** The backlog limit of a ring in user space (R15). */
#define PNPN_RING_BACKLOG (64ull << 20)

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

/** What a ring has of its first chunk before anybody registers. */
#define PNPN_RING_LITTLE (16u << 10)

/** The first places of the data, which a ring takes its reserve from when somebody registers. */
#define PNPN_RING_FIRST_BYTES (PNPN_RING_RESERVE + PNPN_RING_CHUNK_BYTES)

/** The data bytes of a ring that holds a backlog: beside it the chunk that is being written. */
static inline uint64_t pnpn_ring_data_bytes(uint64_t backlog)
{
	return (backlog + 2 * PNPN_RING_CHUNK_BYTES - 1) & ~(PNPN_RING_CHUNK_BYTES - 1ull);
}

/** Whether data_bytes is a size that a ring can have. */
static inline int pnpn_ring_data_bytes_valid(uint64_t data_bytes)
{
	return data_bytes % PNPN_RING_CHUNK_BYTES == 0 && data_bytes >= 2 * PNPN_RING_CHUNK_BYTES &&
	       data_bytes <= (uint64_t)PNPN_RING_CHUNKS_MAX * PNPN_RING_CHUNK_BYTES;
}

/** The number of the chunk in which a position lies. */
static inline uint64_t pnpn_ring_chunk_of(uint64_t position)
{
	return position / PNPN_RING_CHUNK_BYTES;
}

/** What the header's chunk says of a chunk that lies at a place. */
static inline uint64_t pnpn_ring_chunk_entry(uint64_t number, uint32_t place)
{
	return number << 16 | (place + 1);
}

/** Whether an entry says where a chunk of that number lies, in a ring that has so many. */
static inline int pnpn_ring_chunk_entry_valid(uint64_t entry, uint64_t number, uint32_t chunks)
{
	return PNPN_RING_CHUNK_NUMBER(entry) == number && PNPN_RING_CHUNK_PLACE(entry) < chunks;
}

/** Makes zeroed memory of pnpn_ring_bytes(data_bytes) an empty ring, not armed, handled all ones. */
void pnpn_ring_init(struct pnpn_ring_header *header, uint64_t data_bytes);

#endif
