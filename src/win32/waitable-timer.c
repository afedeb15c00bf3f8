/* SPDX-License-Identifier: MIT */
/* Timers that are waited for. The kernel's tell the library's thread, which signals the object. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <windows.h>

#include "win32/apc.h"
#include "win32/export.h"
#include "win32/io-thread.h"
#include "win32/last-error.h"
#include "win32/object.h"

/* What the object, the thread and a call that is queued have of a timer. */
struct timer {
	struct pnpn_io_watch watch;
	pthread_mutex_t lock; /* the object's is taken inside */
	struct pnpn_object *object; /* NULL once that is gone */
	unsigned int references;
	unsigned int setting; /* counts: what an earlier one was to call is not called */
	struct pnpn_apc_queue *apcs; /* of the thread that set it; a reference, NULL */
	PTIMERAPCROUTINE routine;
	LPVOID argument;
	bool queued;
};

struct call {
	struct pnpn_apc apc;
	struct timer *timer; /* a reference */
	unsigned int setting;
	FILETIME due;
};

static void unref(struct timer *timer)
{
	pthread_mutex_lock(&timer->lock);
	bool last = !--timer->references;
	pthread_mutex_unlock(&timer->lock);
	if (!last)
		return;
	pnpn_apc_queue_unref(timer->apcs);
	close(timer->watch.fd);
	pthread_mutex_destroy(&timer->lock);
	free(timer);
}

/* --- calls ---------------------------------------------------------------------------------------------- */

static void drop_call(struct pnpn_apc *apc)
{
	struct call *call = pnpn_list_entry(apc, struct call, apc);

	unref(call->timer);
	free(call);
}

static void run_call(struct pnpn_apc *apc)
{
	struct call call = *pnpn_list_entry(apc, struct call, apc);

	pthread_mutex_lock(&call.timer->lock);
	PTIMERAPCROUTINE routine = call.timer->object && call.timer->setting == call.setting
					   ? call.timer->routine
					   : NULL;
	LPVOID argument = call.timer->argument;
	if (routine)
		call.timer->queued = false;
	pthread_mutex_unlock(&call.timer->lock);
	drop_call(apc);
	if (routine)
		routine(argument, call.due.dwLowDateTime, call.due.dwHighDateTime);
}

/* The call for what is due now, with references; NULL if none is to be made. With the timer's lock held. */
static struct call *call_new(struct timer *timer)
{
	struct call *call = timer->routine && !timer->queued ? calloc(1, sizeof(*call)) : NULL;

	if (!call)
		return NULL;
	*call = (struct call){.apc = {.run = run_call, .drop = drop_call},
			      .timer = timer,
			      .setting = timer->setting};
	GetSystemTimeAsFileTime(&call->due);
	timer->references++;
	timer->queued = true;
	return call;
}

/* --- the kernel's timer --------------------------------------------------------------------------------- */

static bool run(struct pnpn_io_watch *watch)
{
	struct timer *timer = (struct timer *)watch;
	uint64_t times;

	pthread_mutex_lock(&timer->lock);
	bool is_due = read(watch->fd, &times, sizeof(times)) == sizeof(times);
	bool goes_on = timer->object;
	struct call *call = NULL;
	struct pnpn_apc_queue *apcs = NULL;
	if (goes_on && is_due) {
		pnpn_object_signal(timer->object, true);
		call = call_new(timer);
		apcs = call ? pnpn_apc_queue_ref(timer->apcs) : NULL;
	}
	pthread_mutex_unlock(&timer->lock);
	if (call && !pnpn_apc_queue_add(apcs, &call->apc))
		drop_call(&call->apc);
	pnpn_apc_queue_unref(apcs);
	return goes_on;
}

static void over(struct pnpn_io_watch *watch)
{
	unref((struct timer *)watch);
}

/* The thread finds the object gone when the kernel's timer wakes it, which is now. */
static void release(struct pnpn_object *object)
{
	struct timer *timer = object->device;

	pthread_mutex_lock(&timer->lock);
	timer->object = NULL;
	(void)timerfd_settime(timer->watch.fd, 0, &(struct itimerspec){.it_value.tv_nsec = 1},
			      NULL);
	pthread_mutex_unlock(&timer->lock);
	unref(timer);
}

/* One that is reset by hand lets everybody through. */
static bool take(struct pnpn_object *object)
{
	if (!object->manual_reset)
		object->signaled = false;
	return true;
}

/* --- as programs have them ------------------------------------------------------------------------------ */

static struct timer *timer_new(void)
{
	struct timer *timer = calloc(1, sizeof(*timer));

	if (!timer)
		return NULL;
	/* Of the clock on the wall; what is relative does not follow it. */
	timer->watch = (struct pnpn_io_watch){
		.fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK),
		.run = run,
		.over = over};
	if (timer->watch.fd < 0) {
		free(timer);
		return NULL;
	}
	pthread_mutex_init(&timer->lock, NULL);
	timer->references = 1;
	return timer;
}

static HANDLE create(bool manual_reset, bool named)
{
	struct pnpn_object *object;

	if (named) {
		pnpn_fail(ERROR_NOT_SUPPORTED);
		return NULL;
	}
	struct timer *timer = timer_new();
	HANDLE handle = timer ? pnpn_object_new(PNPN_OBJECT_TIMER, &object) : NULL;
	if (!handle) {
		if (timer)
			unref(timer);
		else
			pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	object->manual_reset = manual_reset;
	object->take = take;
	object->device = timer;
	object->release = release;
	timer->object = object;
	timer->references++; /* the thread's */
	int r = pnpn_io_thread_add(&timer->watch);
	if (r >= 0)
		return handle;
	unref(timer);
	CloseHandle(handle);
	pnpn_fail_errno(r);
	return NULL;
}

PNPN_EXPORT HANDLE WINAPI CreateWaitableTimerW(LPSECURITY_ATTRIBUTES security, BOOL manual_reset,
					       LPCWSTR name)
{
	return create(manual_reset, name);
}

PNPN_EXPORT HANDLE WINAPI CreateWaitableTimerA(LPSECURITY_ATTRIBUTES security, BOOL manual_reset,
					       LPCSTR name)
{
	return create(manual_reset, name);
}

#define UNITS_PER_SECOND 10000000 /* of 100 ns */
#define UNITS_TO_1970	 116444736000000000

/* Nanoseconds; 0 would be no time at all. */
static struct timespec time_of(int64_t units)
{
	struct timespec time = {.tv_sec = units / UNITS_PER_SECOND,
				.tv_nsec = units % UNITS_PER_SECOND * 100};

	if (!time.tv_sec && !time.tv_nsec)
		time.tv_nsec = 1;
	return time;
}

/* Below 0: from now on. Above: since 1601. */
static int arm(struct timer *timer, int64_t due, LONG period)
{
	struct itimerspec setting = {
		.it_interval = {.tv_sec = period / 1000, .tv_nsec = period % 1000 * 1000000L}};
	bool relative = due <= 0;

	if (relative)
		setting.it_value = time_of(due == INT64_MIN ? INT64_MAX : -due);
	else
		setting.it_value = time_of(due > UNITS_TO_1970 ? due - UNITS_TO_1970 : 0);
	return timerfd_settime(timer->watch.fd, relative ? 0 : TFD_TIMER_ABSTIME, &setting, NULL);
}

/* What the last setting was to call is called no more. With the lock held. Returns the queue that it was for. */
static struct pnpn_apc_queue *forget_call(struct timer *timer)
{
	struct pnpn_apc_queue *apcs = timer->apcs;

	timer->setting++;
	timer->queued = false;
	timer->routine = NULL;
	timer->apcs = NULL;
	return apcs;
}

static DWORD set(struct pnpn_object *object, int64_t due, LONG period, PTIMERAPCROUTINE routine,
		 LPVOID argument)
{
	struct timer *timer = object->device;
	struct pnpn_apc_queue *apcs = routine ? pnpn_apc_queue_get() : NULL;

	if (routine && !apcs)
		return ERROR_NOT_ENOUGH_MEMORY;
	pthread_mutex_lock(&timer->lock);
	struct pnpn_apc_queue *before = forget_call(timer);
	timer->routine = routine;
	timer->argument = argument;
	timer->apcs = apcs ? pnpn_apc_queue_ref(apcs) : NULL;
	pnpn_object_signal(object, false);
	int r = arm(timer, due, period);
	pthread_mutex_unlock(&timer->lock);
	pnpn_apc_queue_unref(before);
	return r < 0 ? ERROR_INVALID_PARAMETER : 0;
}

PNPN_EXPORT BOOL WINAPI SetWaitableTimer(HANDLE handle, const LARGE_INTEGER *due, LONG period,
					 PTIMERAPCROUTINE routine, LPVOID argument, BOOL resume)
{
	struct pnpn_object *object = pnpn_object_get(handle, PNPN_OBJECT_TIMER);

	if (!object)
		return FALSE;
	DWORD error = due && period >= 0 ? set(object, due->QuadPart, period, routine, argument)
					 : ERROR_INVALID_PARAMETER;
	pnpn_object_unref(object);
	return error ? pnpn_fail(error) : TRUE;
}

/* It stays signaled, if it is. */
PNPN_EXPORT BOOL WINAPI CancelWaitableTimer(HANDLE handle)
{
	struct pnpn_object *object = pnpn_object_get(handle, PNPN_OBJECT_TIMER);

	if (!object)
		return FALSE;
	struct timer *timer = object->device;
	pthread_mutex_lock(&timer->lock);
	struct pnpn_apc_queue *before = forget_call(timer);
	(void)timerfd_settime(timer->watch.fd, 0, &(struct itimerspec){0}, NULL);
	pthread_mutex_unlock(&timer->lock);
	pnpn_apc_queue_unref(before);
	pnpn_object_unref(object);
	return TRUE;
}
