/* SPDX-License-Identifier: MIT */
/* The thread pool: work, timers and waits that workers call. There is one pool; of an environment nothing else is known. */
#include <stdlib.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/file-time.h"
#include "win32/last-error.h"
#include "win32/pool-watch.h"
#include "win32/pooled.h"

/* All three; a work has no watch. */
struct member {
	struct pnpn_pooled pooled;
	struct pnpn_watch watch;
	void *callback;
	void *context;
};

struct _TP_WORK {
	struct member member;
};

struct _TP_TIMER {
	struct member member;
};

struct _TP_WAIT {
	struct member member;
};

static struct member *of(struct pnpn_pooled *pooled)
{
	return pnpn_list_entry(pooled, struct member, pooled);
}

static void release(struct pnpn_pooled *pooled)
{
	free(of(pooled));
}

/* Each of the three is a member and nothing else. NULL, last error set. */
static void *new_member(void *callback, void *context, const TP_CALLBACK_ENVIRON *environment,
			void (*call)(struct pnpn_pooled *, PTP_CALLBACK_INSTANCE))
{
	bool is_plain = !environment || (!environment->Pool && !environment->CleanupGroup &&
					 !environment->FinalizationCallback);
	struct member *member = callback && is_plain ? calloc(1, sizeof(*member)) : NULL;

	if (!member) {
		pnpn_fail(!callback  ? ERROR_INVALID_PARAMETER
			  : is_plain ? ERROR_NOT_ENOUGH_MEMORY
				     : ERROR_NOT_SUPPORTED);
		return NULL;
	}
	pnpn_pooled_init(&member->pooled, call, release);
	member->watch.pooled = &member->pooled;
	member->callback = callback;
	member->context = context;
	return member;
}

/* Calls that were submitted are made all the same; it goes after the last. */
static void close_member(struct member *member)
{
	(void)pnpn_watch_disarm(&member->watch);
	pnpn_pooled_unref(&member->pooled);
}

/* Negative: from now on; else the day and hour. */
static ULONGLONG due_of(const FILETIME *time)
{
	LONGLONG ticks = (LONGLONG)((ULONGLONG)time->dwHighDateTime << 32 | time->dwLowDateTime);
	FILETIME now;

	if (ticks > 0) {
		GetSystemTimeAsFileTime(&now);
		ticks = (LONGLONG)((ULONGLONG)now.dwHighDateTime << 32 | now.dwLowDateTime) - ticks;
	}
	/* Not before it, so the last part of a millisecond counts whole. */
	return GetTickCount64() + (ticks < 0 ? ((ULONGLONG)-ticks + 9999) / 10000 : 0);
}

/* --- work ----------------------------------------------------------------------------------------- */

static void call_work(struct pnpn_pooled *pooled, PTP_CALLBACK_INSTANCE instance)
{
	struct member *member = of(pooled);

	((PTP_WORK_CALLBACK)member->callback)(instance, member->context, (PTP_WORK)(void *)member);
}

PNPN_EXPORT PTP_WORK WINAPI CreateThreadpoolWork(PTP_WORK_CALLBACK callback, PVOID context,
						 PTP_CALLBACK_ENVIRON environment)
{
	return new_member((void *)callback, context, environment, call_work);
}

PNPN_EXPORT void WINAPI SubmitThreadpoolWork(PTP_WORK work)
{
	pnpn_pooled_submit(&work->member.pooled);
}

PNPN_EXPORT void WINAPI WaitForThreadpoolWorkCallbacks(PTP_WORK work, WINBOOL cancel)
{
	pnpn_pooled_wait(&work->member.pooled, cancel);
}

PNPN_EXPORT void WINAPI CloseThreadpoolWork(PTP_WORK work)
{
	close_member(&work->member);
}

struct simple {
	struct pnpn_task task;
	PTP_SIMPLE_CALLBACK callback;
	LPTHREAD_START_ROUTINE routine;
	void *context;
};

static void run_simple(struct pnpn_task *task)
{
	struct simple simple = *pnpn_list_entry(task, struct simple, task);

	free(pnpn_list_entry(task, struct simple, task));
	if (simple.callback)
		pnpn_pooled_run_simple(simple.callback, simple.context);
	else
		(void)simple.routine(simple.context);
}

static BOOL submit_simple(const struct simple *simple)
{
	struct simple *copy = calloc(1, sizeof(*copy));

	if (!copy)
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	*copy = *simple;
	copy->task.run = run_simple;
	int r = pnpn_workers_run(&copy->task);
	if (r >= 0)
		return TRUE;
	free(copy);
	return pnpn_fail_errno(r);
}

PNPN_EXPORT WINBOOL WINAPI TrySubmitThreadpoolCallback(PTP_SIMPLE_CALLBACK callback, PVOID context,
						       PTP_CALLBACK_ENVIRON environment)
{
	if (!callback)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	return submit_simple(&(struct simple){.callback = callback, .context = context});
}

PNPN_EXPORT WINBOOL WINAPI QueueUserWorkItem(LPTHREAD_START_ROUTINE routine, PVOID context,
					     ULONG flags)
{
	if (!routine)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	return submit_simple(&(struct simple){.routine = routine, .context = context});
}

/* --- timers --------------------------------------------------------------------------------------- */

static void call_timer(struct pnpn_pooled *pooled, PTP_CALLBACK_INSTANCE instance)
{
	struct member *member = of(pooled);

	((PTP_TIMER_CALLBACK)member->callback)(instance, member->context,
					       (PTP_TIMER)(void *)member);
}

PNPN_EXPORT PTP_TIMER WINAPI CreateThreadpoolTimer(PTP_TIMER_CALLBACK callback, PVOID context,
						   PTP_CALLBACK_ENVIRON environment)
{
	return new_member((void *)callback, context, environment, call_timer);
}

PNPN_EXPORT WINBOOL WINAPI SetThreadpoolTimerEx(PTP_TIMER timer, PFILETIME due, DWORD period,
						DWORD window)
{
	struct pnpn_watch *watch = &timer->member.watch;
	bool was_set = pnpn_watch_disarm(watch);

	if (due)
		(void)pnpn_watch_arm(watch, NULL, due_of(due), period);
	return was_set;
}

PNPN_EXPORT void WINAPI SetThreadpoolTimer(PTP_TIMER timer, PFILETIME due, DWORD period,
					   DWORD window)
{
	(void)SetThreadpoolTimerEx(timer, due, period, window);
}

PNPN_EXPORT WINBOOL WINAPI IsThreadpoolTimerSet(PTP_TIMER timer)
{
	return pnpn_watch_is_armed(&timer->member.watch);
}

PNPN_EXPORT void WINAPI WaitForThreadpoolTimerCallbacks(PTP_TIMER timer, WINBOOL cancel)
{
	pnpn_pooled_wait(&timer->member.pooled, cancel);
}

PNPN_EXPORT void WINAPI CloseThreadpoolTimer(PTP_TIMER timer)
{
	close_member(&timer->member);
}

/* --- waits ---------------------------------------------------------------------------------------- */

static void call_wait(struct pnpn_pooled *pooled, PTP_CALLBACK_INSTANCE instance)
{
	struct member *member = of(pooled);
	TP_WAIT_RESULT result = pnpn_watch_timed_out(&member->watch) ? WAIT_TIMEOUT : WAIT_OBJECT_0;

	((PTP_WAIT_CALLBACK)member->callback)(instance, member->context, (PTP_WAIT)(void *)member,
					      result);
}

PNPN_EXPORT PTP_WAIT WINAPI CreateThreadpoolWait(PTP_WAIT_CALLBACK callback, PVOID context,
						 PTP_CALLBACK_ENVIRON environment)
{
	return new_member((void *)callback, context, environment, call_wait);
}

PNPN_EXPORT WINBOOL WINAPI SetThreadpoolWaitEx(PTP_WAIT wait, HANDLE object, PFILETIME timeout,
					       PVOID reserved)
{
	struct pnpn_watch *watch = &wait->member.watch;
	bool was_set = pnpn_watch_disarm(watch);

	if (object)
		(void)pnpn_watch_arm(watch, object, timeout ? due_of(timeout) : PNPN_NEVER, 0);
	return was_set;
}

PNPN_EXPORT void WINAPI SetThreadpoolWait(PTP_WAIT wait, HANDLE object, PFILETIME timeout)
{
	(void)SetThreadpoolWaitEx(wait, object, timeout, NULL);
}

PNPN_EXPORT void WINAPI WaitForThreadpoolWaitCallbacks(PTP_WAIT wait, WINBOOL cancel)
{
	pnpn_pooled_wait(&wait->member.pooled, cancel);
}

PNPN_EXPORT void WINAPI CloseThreadpoolWait(PTP_WAIT wait)
{
	close_member(&wait->member);
}
