/* SPDX-License-Identifier: MIT */
#include <pthread.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/object.h"
#include "win32/pooled.h"

/* Protects their counts. Never held while something is called, or with another lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t became_idle = PTHREAD_COND_INITIALIZER;

static void before_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void after_fork(void)
{
	pthread_mutex_unlock(&lock);
}

static void watch_fork(void)
{
	pthread_atfork(before_fork, after_fork, after_fork);
}

/* With the lock held. */
static bool is_idle(const struct pnpn_pooled *pooled)
{
	return !pooled->pending && !pooled->running;
}

/* With the lock held, which it gives back. */
static void unref_and_unlock(struct pnpn_pooled *pooled)
{
	bool last = !--pooled->references;

	pthread_mutex_unlock(&lock);
	if (last)
		pooled->release(pooled);
}

/* With the lock held. Returns what is to be signaled: a reference, NULL. */
static struct pnpn_object *leave(struct pnpn_pooled *pooled)
{
	struct pnpn_object *completion = NULL;

	pooled->running--;
	if (is_idle(pooled)) {
		completion = pooled->completion;
		pooled->completion = NULL;
		pthread_cond_broadcast(&became_idle);
	}
	return completion;
}

static void tell(struct pnpn_object *completion)
{
	if (completion)
		pnpn_object_signal(completion, true);
	pnpn_object_unref(completion);
}

/* --- one call ------------------------------------------------------------------------------------- */

static void finish(PTP_CALLBACK_INSTANCE instance)
{
	if (instance->section)
		LeaveCriticalSection(instance->section);
	if (instance->mutex)
		(void)ReleaseMutex(instance->mutex);
	if (instance->semaphore)
		(void)ReleaseSemaphore(instance->semaphore, (LONG)instance->count, NULL);
	tell(instance->event);
	if (instance->module)
		(void)FreeLibrary(instance->module);
}

static void call(struct pnpn_pooled *pooled)
{
	struct _TP_CALLBACK_INSTANCE instance = {.pooled = pooled};

	pooled->call(pooled, &instance);
	finish(&instance);
	pthread_mutex_lock(&lock);
	struct pnpn_object *completion = instance.pooled ? leave(pooled) : NULL;
	unref_and_unlock(pooled);
	tell(completion);
}

static void run(struct pnpn_task *task);

void pnpn_pooled_hand_over(struct pnpn_pooled *pooled)
{
	pooled->task.run = run;
	if (pnpn_workers_run(&pooled->task) < 0)
		run(&pooled->task);
}

/* The next one may begin before this one is over: its turn is given on first. */
static void run(struct pnpn_task *task)
{
	struct pnpn_pooled *pooled = pnpn_list_entry(task, struct pnpn_pooled, task);

	pthread_mutex_lock(&lock);
	bool cancelled = !pooled->pending;
	if (cancelled) {
		pooled->queued = false;
		unref_and_unlock(pooled);
		return;
	}
	pooled->running++;
	bool more = --pooled->pending;
	pooled->queued = more;
	pooled->references += more;
	pthread_mutex_unlock(&lock);
	if (more)
		pnpn_pooled_hand_over(pooled);
	call(pooled);
}

/* --- pooled --------------------------------------------------------------------------------------- */

void pnpn_pooled_init(struct pnpn_pooled *pooled,
		      void (*call_it)(struct pnpn_pooled *, PTP_CALLBACK_INSTANCE),
		      void (*release)(struct pnpn_pooled *))
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, watch_fork);
	*pooled = (struct pnpn_pooled){.call = call_it, .release = release, .references = 1};
}

void pnpn_pooled_unref(struct pnpn_pooled *pooled)
{
	pthread_mutex_lock(&lock);
	unref_and_unlock(pooled);
}

bool pnpn_pooled_count(struct pnpn_pooled *pooled)
{
	pthread_mutex_lock(&lock);
	pooled->pending++;
	bool first = !pooled->queued;
	pooled->queued = true;
	pooled->references += first;
	pthread_mutex_unlock(&lock);
	return first;
}

void pnpn_pooled_submit(struct pnpn_pooled *pooled)
{
	if (pnpn_pooled_count(pooled))
		pnpn_pooled_hand_over(pooled);
}

void pnpn_pooled_wait(struct pnpn_pooled *pooled, bool cancel)
{
	pthread_mutex_lock(&lock);
	if (cancel)
		pooled->pending = 0;
	while (!is_idle(pooled))
		pthread_cond_wait(&became_idle, &lock);
	pthread_mutex_unlock(&lock);
}

/* Returns whether nothing is under way; else the event is set when it is over. */
static bool end(struct pnpn_pooled *pooled, struct pnpn_object *completion)
{
	pthread_mutex_lock(&lock);
	pooled->pending = 0;
	bool idle = is_idle(pooled);
	if (!idle)
		pooled->completion = completion;
	unref_and_unlock(pooled);
	if (idle)
		tell(completion);
	return idle;
}

BOOL pnpn_pooled_end(struct pnpn_pooled *pooled, HANDLE completion)
{
	struct pnpn_object *event = NULL;

	if (completion == INVALID_HANDLE_VALUE)
		pnpn_pooled_wait(pooled, true);
	else if (completion && !(event = pnpn_object_get(completion, PNPN_OBJECT_EVENT)))
		return FALSE;
	return end(pooled, event) ? TRUE : pnpn_fail(ERROR_IO_PENDING);
}

void pnpn_pooled_run_simple(PTP_SIMPLE_CALLBACK callback, void *context)
{
	struct _TP_CALLBACK_INSTANCE instance = {0};

	callback(&instance, context);
	finish(&instance);
}

/* --- what a call may ask for itself --------------------------------------------------------------- */

PNPN_EXPORT void WINAPI SetEventWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, HANDLE event)
{
	instance->event = pnpn_object_get(event, PNPN_OBJECT_EVENT);
}

PNPN_EXPORT void WINAPI ReleaseSemaphoreWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance,
							    HANDLE semaphore, DWORD count)
{
	instance->semaphore = semaphore;
	instance->count = count;
}

PNPN_EXPORT void WINAPI ReleaseMutexWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance,
							HANDLE mutex)
{
	instance->mutex = mutex;
}

PNPN_EXPORT void WINAPI LeaveCriticalSectionWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance,
								PCRITICAL_SECTION section)
{
	instance->section = section;
}

PNPN_EXPORT void WINAPI FreeLibraryWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance,
						       HMODULE module)
{
	instance->module = module;
}

/* There are threads for the others in any case. */
PNPN_EXPORT WINBOOL WINAPI CallbackMayRunLong(PTP_CALLBACK_INSTANCE instance)
{
	return TRUE;
}

PNPN_EXPORT void WINAPI DisassociateCurrentThreadFromCallback(PTP_CALLBACK_INSTANCE instance)
{
	struct pnpn_pooled *pooled = instance->pooled;

	if (!pooled)
		return;
	instance->pooled = NULL;
	pthread_mutex_lock(&lock);
	struct pnpn_object *completion = leave(pooled);
	pthread_mutex_unlock(&lock);
	tell(completion);
}
