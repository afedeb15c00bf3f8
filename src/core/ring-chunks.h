/* SPDX-License-Identifier: MIT */
/*
 * Where the chunks of a ring's positions lie in its data. The owner goes on in chunks that every reader has
 * taken, so that a stream stays in memory that is near however long it goes on; where a reader is slow it takes
 * more, up to the whole data; after a rest what is not wanted any more is given back.
 *
 * Not thread-safe: the writer's lock protects it.
 */
#ifndef PNPN_CORE_RING_CHUNKS_H
#define PNPN_CORE_RING_CHUNKS_H

#include <stdbool.h>
#include <stdint.h>
#include "core/ring.h"

/** Places in the data, by number. */
struct pnpn_ring_places {
	uint64_t words[PNPN_RING_CHUNKS_MAX / 64];
	uint32_t n;
};

struct pnpn_ring_chunks {
	struct pnpn_ring_header *header;
	uint8_t *data;
	uint32_t count; /* of places */
	uint64_t oldest; /* chunks of the positions from here on have a place, */
	uint64_t next; /* and up to here */
	bool little; /* nobody has registered yet: the first place is all there is, and of it PNPN_RING_LITTLE bytes */
	struct pnpn_ring_places spare; /* places that have memory and no chunk */
	struct pnpn_ring_places empty; /* places that have neither */
};

/** No chunk has a place yet. header and data stay the caller's. */
void pnpn_ring_chunks_init(struct pnpn_ring_chunks *chunks, struct pnpn_ring_header *header,
			   uint8_t *data, uint32_t count);

/**
 * pnpn_ring_chunks_begin_little() - memory for a device that nobody may ever register for
 *
 * Until pnpn_ring_chunks_reserve() is called the only chunk goes round in PNPN_RING_LITTLE bytes. Returns 0;
 * -ENOBUFS.
 */
int pnpn_ring_chunks_begin_little(struct pnpn_ring_chunks *chunks);

/**
 * pnpn_ring_chunks_adopt() - go on with the chunks that the header names, up to that of the head
 *
 * Anybody may have written them: places that can't be are left out, and none is there twice.
 */
void pnpn_ring_chunks_adopt(struct pnpn_ring_chunks *chunks, uint64_t head);

/** Where a chunk of the positions lies; NULL for one without a place. */
uint8_t *pnpn_ring_chunks_at(const struct pnpn_ring_chunks *chunks, uint64_t number);

/**
 * pnpn_ring_chunks_enter() - give a place to the next chunk
 *
 * Returns 0; -ENOBUFS if memory can't be had (R8); -ENODEV if somebody else has written in the header: the manager
 * does once it took the device away. Nothing is changed then.
 */
int pnpn_ring_chunks_enter(struct pnpn_ring_chunks *chunks);

/** Whether there is less memory at hand than is kept in reserve (R8). */
bool pnpn_ring_chunks_are_short(const struct pnpn_ring_chunks *chunks);

/** Takes one chunk of memory into the reserve; first of all what the little one lacks. Returns 0; -ENOBUFS if it can't be had, or all is in use. */
int pnpn_ring_chunks_reserve(struct pnpn_ring_chunks *chunks);

/** Whether there are chunks that every reader took and that are neither recent past nor soon wanted again. */
bool pnpn_ring_chunks_are_many(const struct pnpn_ring_chunks *chunks);

/** Gives the memory of one of them back. Returns whether there was one. */
bool pnpn_ring_chunks_give_back(struct pnpn_ring_chunks *chunks);

/** Whether the next chunk could lie where an old one does, if only the header's floor said that it was taken. */
bool pnpn_ring_chunks_want_floor(const struct pnpn_ring_chunks *chunks);

#endif
