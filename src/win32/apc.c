/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include <windows.h>

#include "win32/apc.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/object.h"

struct pnpn_apc_queue {
	struct pnpn_list list;
	unsigned int references, count; /* count is atomic, too */
	bool ended;
};

/* Guards all queues. Never held while something is called, or with another lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local struct pnpn_apc_queue *own;

struct pnpn_apc_queue *pnpn_apc_queue_new(void)
{
	struct pnpn_apc_queue *queue = calloc(1, sizeof(*queue));

	if (queue) {
		pnpn_list_init(&queue->list);
		queue->references = 1;
	}
	return queue;
}

struct pnpn_apc_queue *pnpn_apc_queue_ref(struct pnpn_apc_queue *queue)
{
	pthread_mutex_lock(&lock);
	queue->references++;
	pthread_mutex_unlock(&lock);
	return queue;
}

void pnpn_apc_queue_unref(struct pnpn_apc_queue *queue)
{
	if (!queue)
		return;
	pthread_mutex_lock(&lock);
	bool last = !--queue->references;
	pthread_mutex_unlock(&lock);
	if (last)
		free(queue);
}

void pnpn_apc_queue_adopt(struct pnpn_apc_queue *queue)
{
	own = queue;
}

struct pnpn_apc_queue *pnpn_apc_queue_get(void)
{
	if (!own)
		own = pnpn_apc_queue_new();
	return own;
}

static struct pnpn_apc *take(struct pnpn_apc_queue *queue)
{
	struct pnpn_apc *apc = NULL;

	pthread_mutex_lock(&lock);
	if (!pnpn_list_is_empty(&queue->list)) {
		apc = pnpn_list_entry(queue->list.next, struct pnpn_apc, link);
		pnpn_list_remove(&apc->link);
		__atomic_sub_fetch(&queue->count, 1, __ATOMIC_RELAXED);
	}
	pthread_mutex_unlock(&lock);
	return apc;
}

void pnpn_apc_queue_end(void)
{
	struct pnpn_apc *apc;

	if (!own)
		return;
	pthread_mutex_lock(&lock);
	own->ended = true;
	pthread_mutex_unlock(&lock);
	while ((apc = take(own))) {
		if (apc->drop)
			apc->drop(apc);
		else
			free(apc);
	}
	pnpn_apc_queue_unref(own);
	own = NULL;
}

bool pnpn_apc_queue_add(struct pnpn_apc_queue *queue, struct pnpn_apc *apc)
{
	pthread_mutex_lock(&lock);
	bool ended = queue->ended;
	if (!ended) {
		pnpn_list_init(&apc->link);
		pnpn_list_append(&queue->list, &apc->link);
		__atomic_add_fetch(&queue->count, 1, __ATOMIC_RELAXED);
	}
	pthread_mutex_unlock(&lock);
	if (!ended)
		pnpn_object_wake_waiters();
	return !ended;
}

bool pnpn_apc_is_pending(void)
{
	return own && __atomic_load_n(&own->count, __ATOMIC_RELAXED);
}

bool pnpn_apc_run(void)
{
	struct pnpn_apc *apc;
	bool any = false;

	while (own && (apc = take(own))) {
		apc->run(apc);
		any = true;
	}
	return any;
}

/* --- a program's own -------------------------------------------------------------------------------- */

struct user_apc {
	struct pnpn_apc apc;
	PAPCFUNC function;
	ULONG_PTR data;
};

static void run_user(struct pnpn_apc *apc)
{
	struct user_apc user = *pnpn_list_entry(apc, struct user_apc, apc);

	free(pnpn_list_entry(apc, struct user_apc, apc));
	user.function(user.data);
}

/* The pseudo handle, or one that CreateThread() gave. A reference. */
static struct pnpn_apc_queue *queue_of(HANDLE thread)
{
	if (thread == GetCurrentThread()) {
		struct pnpn_apc_queue *queue = pnpn_apc_queue_get();
		if (!queue)
			pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return queue ? pnpn_apc_queue_ref(queue) : NULL;
	}
	struct pnpn_object *object = pnpn_object_get(thread, PNPN_OBJECT_THREAD);
	if (!object)
		return NULL;
	struct pnpn_apc_queue *queue = pnpn_apc_queue_ref(object->apcs);
	pnpn_object_unref(object);
	return queue;
}

PNPN_EXPORT DWORD WINAPI QueueUserAPC(PAPCFUNC function, HANDLE thread, ULONG_PTR data)
{
	struct pnpn_apc_queue *queue = queue_of(thread);

	if (!queue)
		return 0;
	struct user_apc *apc = calloc(1, sizeof(*apc));
	bool queued = false;
	if (apc) {
		*apc = (struct user_apc){.apc.run = run_user, .function = function, .data = data};
		queued = pnpn_apc_queue_add(queue, &apc->apc);
		if (!queued)
			free(apc);
	}
	pnpn_apc_queue_unref(queue);
	if (!queued)
		pnpn_fail(apc ? ERROR_GEN_FAILURE : ERROR_NOT_ENOUGH_MEMORY);
	return queued;
}
