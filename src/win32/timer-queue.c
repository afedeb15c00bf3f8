/* SPDX-License-Identifier: MIT */
/* Timer queues, and waits that are registered: what programs had before the thread pool, on its threads. */
#include <pthread.h>
#include <stdlib.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/pool-watch.h"
#include "win32/pooled.h"

/* A timer or a wait. */
struct callback {
	struct pnpn_pooled pooled;
	struct pnpn_watch watch;
	struct pnpn_list link; /* a timer's, in its queue */
	WAITORTIMERCALLBACK function;
	void *parameter;
	bool is_timer;
	/* Of a wait that goes on. */
	bool again;
	bool ended; /* guarded by the lock */
	HANDLE object;
	DWORD milliseconds;
};

/* Protects the queues' lists, and that what has ended is not armed again. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct queue {
	struct pnpn_list timers;
};

static struct queue default_queue = {{&default_queue.timers, &default_queue.timers}};

static struct callback *of(struct pnpn_pooled *pooled)
{
	return pnpn_list_entry(pooled, struct callback, pooled);
}

static void release(struct pnpn_pooled *pooled)
{
	free(of(pooled));
}

/* A wait that goes on does so after its call: what stays signaled would have it called without end meanwhile. */
static void arm_again(struct callback *callback)
{
	pthread_mutex_lock(&lock);
	if (callback->again && !callback->ended)
		(void)pnpn_watch_arm(&callback->watch, callback->object,
				     pnpn_watch_due_in(callback->milliseconds), 0);
	pthread_mutex_unlock(&lock);
}

static void call(struct pnpn_pooled *pooled, PTP_CALLBACK_INSTANCE instance)
{
	struct callback *callback = of(pooled);

	callback->function(callback->parameter,
			   callback->is_timer || pnpn_watch_timed_out(&callback->watch));
	arm_again(callback);
}

static struct callback *new_callback(WAITORTIMERCALLBACK function, void *parameter)
{
	struct callback *callback = function ? calloc(1, sizeof(*callback)) : NULL;

	if (!callback) {
		pnpn_fail(function ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_PARAMETER);
		return NULL;
	}
	pnpn_pooled_init(&callback->pooled, call, release);
	pnpn_list_init(&callback->link);
	callback->watch.pooled = &callback->pooled;
	callback->function = function;
	callback->parameter = parameter;
	return callback;
}

static BOOL end(struct callback *callback, HANDLE completion)
{
	pthread_mutex_lock(&lock);
	callback->ended = true;
	pnpn_list_remove(&callback->link);
	(void)pnpn_watch_disarm(&callback->watch);
	pthread_mutex_unlock(&lock);
	return pnpn_pooled_end(&callback->pooled, completion);
}

/* --- waits ---------------------------------------------------------------------------------------- */

PNPN_EXPORT WINBOOL WINAPI RegisterWaitForSingleObject(PHANDLE ret_wait, HANDLE object,
						       WAITORTIMERCALLBACK function,
						       PVOID parameter, ULONG milliseconds,
						       ULONG flags)
{
	if (!ret_wait)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	struct callback *callback = new_callback(function, parameter);
	if (!callback)
		return FALSE;
	callback->again = !(flags & WT_EXECUTEONLYONCE);
	callback->object = object;
	callback->milliseconds = milliseconds;
	*ret_wait = callback;
	int r = pnpn_watch_arm(&callback->watch, object, pnpn_watch_due_in(milliseconds), 0);
	if (r >= 0)
		return TRUE;
	pnpn_pooled_unref(&callback->pooled);
	return pnpn_fail_errno(r);
}

PNPN_EXPORT WINBOOL WINAPI UnregisterWaitEx(HANDLE wait, HANDLE completion)
{
	return wait ? end(wait, completion) : pnpn_fail(ERROR_INVALID_HANDLE);
}

PNPN_EXPORT WINBOOL WINAPI UnregisterWait(HANDLE wait)
{
	return UnregisterWaitEx(wait, NULL);
}

/* --- timers --------------------------------------------------------------------------------------- */

PNPN_EXPORT HANDLE WINAPI CreateTimerQueue(void)
{
	struct queue *queue = calloc(1, sizeof(*queue));

	if (queue)
		pnpn_list_init(&queue->timers);
	else
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	return queue;
}

PNPN_EXPORT WINBOOL WINAPI CreateTimerQueueTimer(PHANDLE ret_timer, HANDLE queue,
						 WAITORTIMERCALLBACK function, PVOID parameter,
						 DWORD due, DWORD period, ULONG flags)
{
	struct queue *of_queue = queue ? queue : &default_queue;

	if (!ret_timer)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	struct callback *callback = new_callback(function, parameter);
	if (!callback)
		return FALSE;
	callback->is_timer = true;
	*ret_timer = callback; /* before it may be called */
	pthread_mutex_lock(&lock);
	int r = pnpn_watch_arm(&callback->watch, NULL, pnpn_watch_due_in(due),
			       flags & WT_EXECUTEONLYONCE ? 0 : period);
	if (r >= 0)
		pnpn_list_append(&of_queue->timers, &callback->link);
	pthread_mutex_unlock(&lock);
	if (r >= 0)
		return TRUE;
	pnpn_pooled_unref(&callback->pooled);
	return pnpn_fail_errno(r);
}

/* One that was once, and is over, stays over: as documented. */
PNPN_EXPORT WINBOOL WINAPI ChangeTimerQueueTimer(HANDLE queue, HANDLE timer, ULONG due,
						 ULONG period)
{
	struct callback *callback = timer;

	if (!callback)
		return pnpn_fail(ERROR_INVALID_HANDLE);
	if (pnpn_watch_is_armed(&callback->watch))
		(void)pnpn_watch_arm(&callback->watch, NULL, pnpn_watch_due_in(due), period);
	return TRUE;
}

PNPN_EXPORT WINBOOL WINAPI DeleteTimerQueueTimer(HANDLE queue, HANDLE timer, HANDLE completion)
{
	return timer ? end(timer, completion) : pnpn_fail(ERROR_INVALID_HANDLE);
}

static struct callback *first_of(struct queue *queue)
{
	pthread_mutex_lock(&lock);
	struct callback *first = pnpn_list_is_empty(&queue->timers)
					 ? NULL
					 : pnpn_list_entry(queue->timers.next, struct callback,
							   link);
	pthread_mutex_unlock(&lock);
	return first;
}

/* An event is set once the last of its calls is over: each is waited for, unless nobody wants to know. */
PNPN_EXPORT WINBOOL WINAPI DeleteTimerQueueEx(HANDLE handle, HANDLE completion)
{
	struct queue *queue = handle;
	struct callback *timer;
	BOOL done = TRUE;

	if (!queue || queue == &default_queue)
		return pnpn_fail(ERROR_INVALID_HANDLE);
	while ((timer = first_of(queue)))
		done = end(timer, completion ? INVALID_HANDLE_VALUE : NULL) && done;
	free(queue);
	if (completion && completion != INVALID_HANDLE_VALUE)
		(void)SetEvent(completion);
	return done ? TRUE : pnpn_fail(ERROR_IO_PENDING);
}

PNPN_EXPORT WINBOOL WINAPI DeleteTimerQueue(HANDLE queue)
{
	return DeleteTimerQueueEx(queue, NULL);
}
