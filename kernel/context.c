/* SPDX-License-Identifier: MIT */
#include <linux/mutex.h>
#include <linux/sched.h>

#include "context.h"

/* Innermost: nothing is taken inside. Protects both lists; a context is among those that wait once at most, for it
 * waits in one place. */
static DEFINE_MUTEX(lock);
static LIST_HEAD(contexts);
static LIST_HEAD(waits);

void pnpn_context_enter(struct pnpn_context *context, const void *of)
{
	context->task = current;
	context->of = of;
	mutex_lock(&lock);
	list_add(&context->node, &contexts);
	mutex_unlock(&lock);
}

void pnpn_context_leave(struct pnpn_context *context)
{
	mutex_lock(&lock);
	list_del(&context->node);
	mutex_unlock(&lock);
}

const void *pnpn_context_current(void)
{
	const struct pnpn_context *context;
	const void *found = NULL;

	mutex_lock(&lock);
	list_for_each_entry (context, &contexts, node)
		if (context->task == current)
			found = context->of;
	mutex_unlock(&lock);
	return found;
}

static const void *awaited(const struct pnpn_wait *wait)
{
	return READ_ONCE(*wait->awaited);
}

static const struct pnpn_wait *wait_of(const void *context)
{
	const struct pnpn_wait *wait;

	list_for_each_entry (wait, &waits, node)
		if (wait->waiter == context)
			return wait;
	return NULL;
}

/* Whoever comes last closes the circle, so there is none among those that wait. */
bool pnpn_wait_begin(struct pnpn_wait *wait)
{
	const struct pnpn_wait *next = wait;

	INIT_LIST_HEAD(&wait->node);
	wait->waiter = pnpn_context_current();
	if (!wait->waiter)
		return true;
	mutex_lock(&lock);
	while (next && awaited(next) != wait->waiter)
		next = wait_of(awaited(next));
	if (!next)
		list_add(&wait->node, &waits);
	mutex_unlock(&lock);
	return !next;
}

void pnpn_wait_end(struct pnpn_wait *wait)
{
	mutex_lock(&lock);
	list_del_init(&wait->node);
	mutex_unlock(&lock);
}
