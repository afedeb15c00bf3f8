/* SPDX-License-Identifier: MIT */
/*
 * The reading end of an event ring. The writer may be hostile: every size and offset is loaded once,
 * checked against private limits, and only the copies are used; the payload is copied before it is
 * judged, and judged again after.
 */
#ifndef PNPN_CORE_RING_READER_H
#define PNPN_CORE_RING_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/port.h"
#include "core/ring.h"

struct pnpn_ring_reader {
	const struct pnpn_ring_header *header;
	const uint8_t *data;
	uint32_t chunks; /* of the data */
	uint64_t number; /* of the chunk that is read, */
	const __u64 *entry_at; /* its entry in the header's table, */
	uint64_t entry; /* what that said, */
	const uint8_t *chunk; /* and where it lies; NULL for none */
	uint64_t position; /* everything below was taken */
	uint64_t head; /* as last loaded, and not beyond end */
	uint64_t end; /* nothing from here on is taken, whatever the owner writes */
	uint64_t sequence; /* of the last event taken */
};

/**
 * pnpn_ring_reader_init() - read a ring from its head on
 * @map:   the mapping, read-only; stays the caller's and must outlive the reader
 * @bytes: its size, at which the memory was sealed: nothing else tells the geometry, since the owner can write
 *         whatever stands in the header
 *
 * Returns 0; -EPROTO for a size that no ring has.
 */
int pnpn_ring_reader_init(struct pnpn_ring_reader *reader, const void *map, size_t bytes);

/** Goes to the head: what is taken next was accepted after this call began (R12). */
void pnpn_ring_reader_seek_head(struct pnpn_ring_reader *reader);

/** Goes to a position at which a record begins, or began: what is no longer there is skipped. */
void pnpn_ring_reader_seek(struct pnpn_ring_reader *reader, uint64_t position);

/** Goes back to the ring's first event: for a registrant that was there before it. */
void pnpn_ring_reader_seek_start(struct pnpn_ring_reader *reader);

/** Goes back to the oldest event that is still there (R12). */
void pnpn_ring_reader_seek_oldest(struct pnpn_ring_reader *reader);

/**
 * pnpn_ring_reader_set_end() - take nothing from a position on; UINT64_MAX: no end
 *
 * What can't be in the ring any more when its head is there is skipped: an owner that names a position far
 * ahead can't make a reader go on for ever.
 */
void pnpn_ring_reader_set_end(struct pnpn_ring_reader *reader, uint64_t end);

/**
 * pnpn_ring_reader_next() - copy the next record out
 * @ret_record: its fixed part, checked: kind is EVENT or REMOVED, data_size at most PNPN_DATA_MAX,
 *              name_offset even and inside the data or PNPN_NO_TEXT
 * @ret_data:   room for PNPN_DATA_MAX bytes
 * @ret_lost:   events lost since the last one taken (R15)
 *
 * Both are used while looking: they mean something only if a record was found. Returns 1 with a
 * record, 0 if all was taken. Does a bounded amount of work whatever the writer does:
 * what is no record is skipped, and counted as lost when the next one tells.
 */
int pnpn_ring_reader_next(struct pnpn_ring_reader *reader, struct pnpn_ring_record *ret_record,
			  void *ret_data, uint64_t *ret_lost);

/** Whether the owner's next report will wake everybody: if not, a reader that wants to sleep must
 *  say so first, and after either look at the ring once more. */
bool pnpn_ring_reader_is_armed(const struct pnpn_ring_reader *reader);

/** Whether there is more to take: loads the head again. */
bool pnpn_ring_reader_has_more(struct pnpn_ring_reader *reader);

#endif
