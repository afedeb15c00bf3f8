/* SPDX-License-Identifier: MIT */
/*
 * The writing end of an event ring: the device's owner, or the manager once the owner is gone. Never
 * waits for a reader and never looks at one.
 */
#ifndef PNPN_CORE_RING_WRITER_H
#define PNPN_CORE_RING_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pnpnotify.h>
#include "core/port.h"
#include "core/ring.h"
#include "core/ring-chunks.h"

/** What is to be done after a report, once it returned. */
enum pnpn_ring_after {
	PNPN_AFTER_WAKE = 1, /* the registrants: they may be asleep */
	PNPN_AFTER_CARE = 2, /* pnpn_ring_writer_care() */
};

struct pnpn_ring_writer {
	struct pnpn_ring_header *header;
	uint64_t head;
	uint64_t sequence;
	uint8_t *chunk; /* where the chunk of the head lies; NULL: it has no place yet */
	struct pnpn_ring_chunks chunks;
	uint64_t reported; /* when the last record was accepted, in ns */
	uint64_t burst; /* reports that follow each other within so many ns are a burst */
	bool alone; /* the last record was none of a burst */
	bool read; /* somebody read when the last record was written */
	bool closed; /* no more records */
	struct pnpn_port_lock lock; /* last; protects all of the above and the order of records */
};

/**
 * pnpn_ring_writer_init() - write to a ring, from where it stands
 * @map:   the mapping; stays the caller's and must outlive the writer
 * @bytes: its size
 *
 * What another process may have written there is checked: a head that can't be one is taken as the
 * next one that can. Returns 0; -EPROTO if it is no ring; -ENOBUFS if the reserve can't be had.
 */
int pnpn_ring_writer_init(struct pnpn_ring_writer *writer, void *map, size_t bytes);

void pnpn_ring_writer_deinit(struct pnpn_ring_writer *writer);

/**
 * pnpn_ring_writer_reopen() - go on with another ring, as pnpn_ring_writer_init(); open again if it was closed
 *
 * Any thread may be reporting: when this returns nobody uses the old mapping. Returns as init.
 */
int pnpn_ring_writer_reopen(struct pnpn_ring_writer *writer, void *map, size_t bytes);

/** What the manager wrote in the header, whatever the ring is just now. Any thread. */
uint32_t pnpn_ring_writer_get_readers(struct pnpn_ring_writer *writer);
uint64_t pnpn_ring_writer_get_handled(struct pnpn_ring_writer *writer);

/**
 * pnpn_ring_writer_report() - append an event; the report was checked (notification.h)
 * @ret_end:   position after the record; may be NULL
 * @ret_after: enum pnpn_ring_after: what the caller now does, in that order
 *
 * Any thread. Returns 0; -ENODEV after the writer was closed, or somebody else has written there; -ENOBUFS if memory can't be had (R8).
 */
int pnpn_ring_writer_report(struct pnpn_ring_writer *writer, const struct pnpn_guid *guid,
			    const void *data, uint32_t size, int32_t name_offset, uint64_t *ret_end,
			    unsigned int *ret_after);

/**
 * pnpn_ring_writer_report_as() - pnpn_ring_writer_report() of an event that has its number and time already (F4)
 * @sequence: above that of every event before; those in between are lost, and told so (R15)
 * @time:     nanoseconds of CLOCK_REALTIME
 *
 * Returns as report; -EALREADY for a number that was there.
 */
int pnpn_ring_writer_report_as(struct pnpn_ring_writer *writer, const struct pnpn_guid *guid,
			       const void *data, uint32_t size, int32_t name_offset,
			       uint64_t sequence, uint64_t time, unsigned int *ret_after);

/**
 * pnpn_ring_writer_care() - see to the memory, when nobody waits for an event any more
 *
 * Takes memory for the reserve (R8), or gives back what a backlog has left, which can take some
 * milliseconds; reports of other threads go between. Returns whether the manager should be asked to set the
 * header's floor, so that the ring can go on in memory that was read. Any thread.
 */
bool pnpn_ring_writer_care(struct pnpn_ring_writer *writer);

/** An empty ring's first event comes after that number, or any (uapi.h: base). Any thread. */
void pnpn_ring_writer_set_base(struct pnpn_ring_writer *writer, uint64_t sequence);

/** The number of the last event. Any thread. */
uint64_t pnpn_ring_writer_get_sequence(struct pnpn_ring_writer *writer);

/** No report is accepted any more; those under way are in the ring when it returns. Any thread. */
void pnpn_ring_writer_close(struct pnpn_ring_writer *writer);

/**
 * pnpn_ring_writer_remove() - append the removal, also to a closed ring (D8, R14)
 *
 * Afterwards the ring is closed and the caller wakes everybody. Returns as report does.
 */
int pnpn_ring_writer_remove(struct pnpn_ring_writer *writer);

#endif
