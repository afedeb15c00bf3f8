/* SPDX-License-Identifier: MIT */
#include "wdm/completion.h"
#include "wdm/irql.h"

struct pnpn_completion {
	LIST_ENTRY entry;
	struct pnpn_node_position position;
	PDEVICE_CHANGE_COMPLETE_CALLBACK callback;
	PVOID context;
};

struct pnpn_completion *pnpn_completion_new(PDEVICE_CHANGE_COMPLETE_CALLBACK callback,
					    PVOID context)
{
	struct pnpn_completion *completion = ExAllocatePoolZero(NonPagedPoolNx, sizeof(*completion),
								0);

	if (!completion)
		return NULL;
	completion->callback = callback;
	completion->context = context;
	return completion;
}

void pnpn_completion_queue(struct pnpn_node *node, struct pnpn_completion *completion,
			   const struct pnpn_node_position *position)
{
	completion->position = *position;
	InsertTailList(&node->completions, &completion->entry);
}

/* Sets *ret_left to whether there is one that can't run yet. */
static struct pnpn_completion *completion_take(struct pnpn_node *node, bool *ret_left)
{
	struct pnpn_completion *completion = NULL;

	pthread_mutex_lock(&node->order);
	bool left = !IsListEmpty(&node->completions);
	if (left) {
		completion = CONTAINING_RECORD(node->completions.Flink, struct pnpn_completion,
					       entry);
		if (pnpn_node_is_handled(node, &completion->position))
			RemoveEntryList(&completion->entry);
		else
			completion = NULL;
	}
	pthread_mutex_unlock(&node->order);
	*ret_left = left;
	return completion;
}

bool pnpn_completions_run(struct pnpn_node *node)
{
	struct pnpn_completion *completion;
	bool left;

	while ((completion = completion_take(node, &left))) {
		completion->callback(completion->context);
		pnpn_irql_restore(PASSIVE_LEVEL, "completion callback");
		ExFreePool(completion);
	}
	return left;
}
