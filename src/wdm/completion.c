/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include "wdm/completion.h"
#include "wdm/irql.h"

struct pnpn_completion {
	LIST_ENTRY entry;
	struct pnpn_node_position position;
	uint64_t number; /* from 1 */
	PDEVICE_CHANGE_COMPLETE_CALLBACK callback;
	PVOID context;
};

static struct {
	pthread_mutex_t lock; /* guards the rest, and the nodes' callbacks_ members */
	pthread_cond_t work;
	pthread_cond_t returned;
	bool look;
	bool stopping;
	pthread_t thread;
} completions = {.lock = PTHREAD_MUTEX_INITIALIZER,
		 .work = PTHREAD_COND_INITIALIZER,
		 .returned = PTHREAD_COND_INITIALIZER};

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
	completion->number = ++node->completions_queued;
	InsertTailList(&node->completions, &completion->entry);
}

uint64_t pnpn_completions_queued(struct pnpn_node *node)
{
	pthread_mutex_lock(&node->order);
	uint64_t queued = node->completions_queued;
	pthread_mutex_unlock(&node->order);
	return queued;
}

/* Sets *ret_left to whether there is one up to there that can't run yet. */
static struct pnpn_completion *completion_take(struct pnpn_node *node, uint64_t up_to,
					       bool *ret_left)
{
	struct pnpn_completion *first = NULL;
	bool left = false;

	pthread_mutex_lock(&node->order);
	if (!IsListEmpty(&node->completions))
		first = CONTAINING_RECORD(node->completions.Flink, struct pnpn_completion, entry);
	if (first && first->number > up_to)
		first = NULL;
	if (first && !pnpn_node_is_handled(node, &first->position)) {
		left = true;
		first = NULL;
	}
	if (first)
		RemoveEntryList(&first->entry);
	pthread_mutex_unlock(&node->order);
	*ret_left = left;
	return first;
}

bool pnpn_completions_run(struct pnpn_node *node, uint64_t up_to)
{
	struct pnpn_completion *completion;
	bool left;

	while ((completion = completion_take(node, up_to, &left))) {
		completion->callback(completion->context);
		pnpn_irql_restore(PASSIVE_LEVEL, "completion callback");
		ExFreePool(completion);
	}
	return left;
}

/* --- the thread ----------------------------------------------------------------------------------- */

void pnpn_completions_wake(void)
{
	pthread_mutex_lock(&completions.lock);
	completions.look = true;
	pthread_cond_signal(&completions.work);
	pthread_mutex_unlock(&completions.lock);
}

void pnpn_completions_hold(struct pnpn_node *node)
{
	pthread_mutex_lock(&completions.lock);
	node->callbacks_held = true;
	while (node->callbacks_run)
		pthread_cond_wait(&completions.returned, &completions.lock);
	pthread_mutex_unlock(&completions.lock);
}

void pnpn_completions_release(struct pnpn_node *node)
{
	pthread_mutex_lock(&completions.lock);
	node->callbacks_held = false;
	pthread_mutex_unlock(&completions.lock);
	pnpn_completions_wake();
}

static void completions_look(struct pnpn_node *node)
{
	pthread_mutex_lock(&completions.lock);
	bool run = node->callbacks_run = !node->callbacks_held;
	pthread_mutex_unlock(&completions.lock);
	if (!run)
		return;
	pnpn_completions_run(node, pnpn_completions_queued(node));
	pthread_mutex_lock(&completions.lock);
	node->callbacks_run = false;
	pthread_cond_broadcast(&completions.returned);
	pthread_mutex_unlock(&completions.lock);
}

static void *completions_main(void *unused)
{
	pthread_mutex_lock(&completions.lock);
	while (completions.look || !completions.stopping) {
		if (!completions.look) {
			pthread_cond_wait(&completions.work, &completions.lock);
			continue;
		}
		completions.look = false;
		pthread_mutex_unlock(&completions.lock);
		for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
			completions_look(node);
		pthread_mutex_lock(&completions.lock);
	}
	pthread_mutex_unlock(&completions.lock);
	return NULL;
}

int pnpn_completions_start(void)
{
	completions.stopping = false;
	return -pthread_create(&completions.thread, NULL, completions_main, NULL);
}

void pnpn_completions_stop(void)
{
	pthread_mutex_lock(&completions.lock);
	completions.stopping = true;
	completions.look = true;
	pthread_cond_signal(&completions.work);
	pthread_mutex_unlock(&completions.lock);
	pthread_join(completions.thread, NULL);
}
