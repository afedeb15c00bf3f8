/* SPDX-License-Identifier: MIT */
#include "core/completion.h"

static struct pnpn_completion *slot_of(const struct pnpn_completions *completions, uint32_t index)
{
	return &completions->slots[(completions->first + index) % completions->n_slots];
}

/* Who looks without being let in sees the one or the other. */
static void set_waiting(struct pnpn_completions *completions, uint32_t n_waiting)
{
	__atomic_store_n(&completions->n_waiting, n_waiting, __ATOMIC_RELAXED);
}

struct pnpn_completion *pnpn_completions_move(struct pnpn_completions *completions,
					      struct pnpn_completion *slots, uint32_t n_slots)
{
	struct pnpn_completion *before = completions->slots;

	for (uint32_t i = 0; i < completions->n_waiting; i++)
		slots[i] = *slot_of(completions, i);
	completions->slots = slots;
	completions->n_slots = n_slots;
	completions->first = 0;
	return before;
}

bool pnpn_completions_is_full(const struct pnpn_completions *completions)
{
	return completions->n_waiting == completions->n_slots;
}

void pnpn_completions_put(struct pnpn_completions *completions,
			  const struct pnpn_completion *completion)
{
	*slot_of(completions, completions->n_waiting) = *completion;
	set_waiting(completions, completions->n_waiting + 1);
}

uint64_t pnpn_completions_count(const struct pnpn_completions *completions)
{
	return completions->n_taken + completions->n_waiting;
}

bool pnpn_completions_take(struct pnpn_completions *completions, const struct pnpn_place *handled,
			   uint64_t up_to, struct pnpn_completion *ret_completion)
{
	const struct pnpn_completion *oldest;

	if (!completions->n_waiting || completions->n_taken >= up_to)
		return false;
	oldest = slot_of(completions, 0);
	if (!pnpn_place_is_handled(&oldest->end, handled))
		return false;
	*ret_completion = *oldest;
	completions->first = (completions->first + 1) % completions->n_slots;
	completions->n_taken++;
	set_waiting(completions, completions->n_waiting - 1);
	return true;
}
