/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdlib.h>
#include "wdm/completer.h"
#include "wdm/irql.h"

static struct {
	pthread_mutex_t lock; /* guards the rest, and the nodes' callbacks_ members */
	pthread_cond_t work;
	pthread_cond_t returned;
	bool look;
	bool stopping;
	pthread_t thread;
} completer = {.lock = PTHREAD_MUTEX_INITIALIZER,
	       .work = PTHREAD_COND_INITIALIZER,
	       .returned = PTHREAD_COND_INITIALIZER};

bool pnpn_completer_make_room(struct pnpn_node *node)
{
	uint32_t before = node->completions.n_slots;
	uint32_t n_slots = before ? 2 * before : PNPN_COMPLETIONS_RESERVE;

	if (!pnpn_completions_is_full(&node->completions))
		return true;
	struct pnpn_completion *slots = n_slots > before ? malloc(n_slots * sizeof(*slots)) : NULL;
	if (slots)
		free(pnpn_completions_move(&node->completions, slots, n_slots));
	return slots;
}

uint64_t pnpn_completer_count(struct pnpn_node *node)
{
	pthread_mutex_lock(&node->order);
	uint64_t count = pnpn_completions_count(&node->completions);
	pthread_mutex_unlock(&node->order);
	return count;
}

static bool completer_take(struct pnpn_node *node, uint64_t up_to,
			   struct pnpn_completion *ret_completion)
{
	struct pnpn_place handled;

	pthread_mutex_lock(&node->order);
	pnpn_node_get_handled(node, &handled);
	bool taken = pnpn_completions_take(&node->completions, &handled, up_to, ret_completion);
	pthread_mutex_unlock(&node->order);
	return taken;
}

bool pnpn_completer_run(struct pnpn_node *node, uint64_t up_to)
{
	struct pnpn_completion completion;

	while (completer_take(node, up_to, &completion)) {
		completion.done(completion.context);
		pnpn_irql_restore(PASSIVE_LEVEL, "completion callback");
	}
	pthread_mutex_lock(&node->order);
	bool left = node->completions.n_taken < up_to;
	pthread_mutex_unlock(&node->order);
	return left;
}

/* --- the thread ----------------------------------------------------------------------------------- */

void pnpn_completer_wake(void)
{
	pthread_mutex_lock(&completer.lock);
	completer.look = true;
	pthread_cond_signal(&completer.work);
	pthread_mutex_unlock(&completer.lock);
}

void pnpn_completer_hold(struct pnpn_node *node)
{
	pthread_mutex_lock(&completer.lock);
	node->callbacks_held = true;
	while (node->callbacks_run)
		pthread_cond_wait(&completer.returned, &completer.lock);
	pthread_mutex_unlock(&completer.lock);
}

void pnpn_completer_release(struct pnpn_node *node)
{
	pthread_mutex_lock(&completer.lock);
	node->callbacks_held = false;
	pthread_mutex_unlock(&completer.lock);
	pnpn_completer_wake();
}

static void completer_look(struct pnpn_node *node)
{
	pthread_mutex_lock(&completer.lock);
	bool run = node->callbacks_run = !node->callbacks_held;
	pthread_mutex_unlock(&completer.lock);
	if (!run)
		return;
	pnpn_completer_run(node, pnpn_completer_count(node));
	pthread_mutex_lock(&completer.lock);
	node->callbacks_run = false;
	pthread_cond_broadcast(&completer.returned);
	pthread_mutex_unlock(&completer.lock);
}

static void *completer_main(void *unused)
{
	pthread_mutex_lock(&completer.lock);
	while (completer.look || !completer.stopping) {
		if (!completer.look) {
			pthread_cond_wait(&completer.work, &completer.lock);
			continue;
		}
		completer.look = false;
		pthread_mutex_unlock(&completer.lock);
		for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
			completer_look(node);
		pthread_mutex_lock(&completer.lock);
	}
	pthread_mutex_unlock(&completer.lock);
	return NULL;
}

int pnpn_completer_start(void)
{
	completer.stopping = false;
	return -pthread_create(&completer.thread, NULL, completer_main, NULL);
}

void pnpn_completer_stop(void)
{
	pthread_mutex_lock(&completer.lock);
	completer.stopping = true;
	completer.look = true;
	pthread_cond_signal(&completer.work);
	pthread_mutex_unlock(&completer.lock);
	pthread_join(completer.thread, NULL);
}
