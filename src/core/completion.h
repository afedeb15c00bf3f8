/* SPDX-License-Identifier: MIT */
/*
 * Callbacks that wait until what was reported is handled, in the order of the reports (R9). The kernel module's and
 * the driver host's; whoever has some lets one thread in at a time.
 */
#ifndef PNPN_CORE_COMPLETION_H
#define PNPN_CORE_COMPLETION_H

#include <stdbool.h>
#include <stdint.h>
#include "core/ring.h"

/** The end of an event in the ring that a device had at the time. */
struct pnpn_place {
	uint64_t
		generation; /* counts the device's rings; what was in one before is nobody's to handle */
	uint64_t position;
};

struct pnpn_completion {
	struct pnpn_place end; /* of its event */
	void (*done)(void *context);
	void *context;
};

struct pnpn_completions {
	struct pnpn_completion *slots; /* the user's memory */
	uint32_t n_slots;
	uint32_t first; /* of those that wait: a slot */
	uint32_t n_waiting; /* for whoever looks without being let in, a hint */
	uint64_t n_taken;
};

/** So many wait without more memory: 1 MiB of the smallest reports (R8). */
#define PNPN_COMPLETIONS_RESERVE (PNPN_RING_RESERVE / sizeof(struct pnpn_ring_record))

/** Whether what ends there was handled, all before handled being so. */
static inline bool pnpn_place_is_handled(const struct pnpn_place *end,
					 const struct pnpn_place *handled)
{
	return end->generation < handled->generation ||
	       (end->generation == handled->generation && end->position <= handled->position);
}

/**
 * pnpn_completions_move() - have those that wait go on in other memory
 * @completions: zeroed memory: none wait
 * @slots:       the user's
 * @n_slots:     how many it has room for: at least those that wait
 *
 * Returns the memory before, which is nobody's then, or NULL.
 */
struct pnpn_completion *pnpn_completions_move(struct pnpn_completions *completions,
					      struct pnpn_completion *slots, uint32_t n_slots);

/** Whether one more finds no room. */
bool pnpn_completions_is_full(const struct pnpn_completions *completions);

/** Puts one behind those that wait, if they are not full. */
void pnpn_completions_put(struct pnpn_completions *completions,
			  const struct pnpn_completion *completion);

/** How many were put in so far: the number of the last, from 1 on. */
uint64_t pnpn_completions_count(const struct pnpn_completions *completions);

/** Takes out the oldest if it is one of the first up_to and its event was handled, for its user to call. */
bool pnpn_completions_take(struct pnpn_completions *completions, const struct pnpn_place *handled,
			   uint64_t up_to, struct pnpn_completion *ret_completion);

#endif
