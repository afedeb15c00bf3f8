/* SPDX-License-Identifier: MIT */
/*
 * One thread listens and makes the calls, one after the other. Another stands by: where a callback does not
 * return for a while it goes on with those of the other notifications, so that a callback may wait for another,
 * as on Windows. Who returns late stands by in its turn.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "core/list.h"
#include "win32/cm-call.h"

/* How long a callback may take before another thread goes on. */
#define PATIENCE_NS 50000000

/* Callbacks that do not return, and who leads; beyond that it waits. */
#define THREADS_MAX 16

/* Calls that wait for a callback to return; beyond that what happens stays where it is (R15). */
#define CALLS_MAX 64

/* One call that is to be made. */
struct call {
	struct pnpn_list link;
	HCMNOTIFICATION number;
	CM_NOTIFY_ACTION action;
	CM_NOTIFY_EVENT_DATA *data;
	size_t bytes;
	uint64_t query; /* that it answers; 0: none */
};

/* One that is being made, on its thread's stack. */
struct under_way {
	struct pnpn_list link;
	HCMNOTIFICATION number;
	pthread_t thread;
	HCMNOTIFICATION waits_for; /* the callback waits for that one's to return */
};

pthread_mutex_t pnpn_cm_lock = PTHREAD_MUTEX_INITIALIZER;

/* All of it is protected by the lock. */
static pthread_cond_t returned = PTHREAD_COND_INITIALIZER; /* a callback */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER; /* for who stands by */
static const struct pnpn_cm_caller *caller; /* set before there are calls */
static struct pnpn_list calls = {&calls, &calls};
static struct pnpn_list all_under_way = {&all_under_way, &all_under_way};
static unsigned int n_calls;
static unsigned int n_threads;
static uintptr_t last_thread; /* threads have numbers, from 1 */
static uintptr_t leader; /* who listens and makes calls; 0: nobody */
static uintptr_t spare; /* who stands by; 0: nobody */
static bool calling; /* the leader is inside a callback */
static bool spare_sleeps; /* until it is */
static uint64_t turns; /* callbacks that the leader began or saw return */

/* --- what is to be called ------------------------------------------------------------------------- */

/* Returns whether there was memory for it. */
static bool add(const struct call *call)
{
	struct call *fresh = call->data ? calloc(1, sizeof(*fresh)) : NULL;

	if (!fresh) {
		free(call->data);
		return false;
	}
	*fresh = *call;
	pthread_mutex_lock(&pnpn_cm_lock);
	pnpn_list_append(&calls, &fresh->link);
	n_calls++;
	pthread_mutex_unlock(&pnpn_cm_lock);
	return true;
}

void pnpn_cm_call(HCMNOTIFICATION number, CM_NOTIFY_ACTION action, CM_NOTIFY_EVENT_DATA *data,
		  size_t bytes)
{
	(void)add(&(struct call){.number = number, .action = action, .data = data, .bytes = bytes});
}

bool pnpn_cm_call_query(HCMNOTIFICATION number, uint64_t query, CM_NOTIFY_EVENT_DATA *data,
			size_t bytes)
{
	return add(&(struct call){.number = number,
				  .action = CM_NOTIFY_ACTION_DEVICEQUERYREMOVE,
				  .data = data,
				  .bytes = bytes,
				  .query = query});
}

static void call_free(struct call *call)
{
	free(call->data);
	free(call);
}

static struct under_way *find_under_way(HCMNOTIFICATION number)
{
	pnpn_list_for_each_safe (link, after, &all_under_way) {
		struct under_way *one = pnpn_list_entry(link, struct under_way, link);
		if (one->number == number)
			return one;
	}
	return NULL;
}

static struct under_way *find_own(void)
{
	pnpn_list_for_each_safe (link, after, &all_under_way) {
		struct under_way *one = pnpn_list_entry(link, struct under_way, link);
		if (pthread_equal(one->thread, pthread_self()))
			return one;
	}
	return NULL;
}

/* The first that can be made now, taken out; its notification may have ended. */
static struct call *take_call(PCM_NOTIFY_CALLBACK *ret_callback, PVOID *ret_context)
{
	pnpn_list_for_each_safe (link, after, &calls) {
		struct call *call = pnpn_list_entry(link, struct call, link);
		bool there = caller->find(call->number, ret_callback, ret_context);
		if (there && find_under_way(call->number))
			continue;
		if (!there)
			*ret_callback = NULL;
		pnpn_list_remove(&call->link);
		n_calls--;
		return call;
	}
	return NULL;
}

/* --- threads -------------------------------------------------------------------------------------- */

static void *run(void *number);

static int start_thread(uintptr_t number)
{
	pthread_t thread;
	int r = -pthread_create(&thread, NULL, run, (void *)number);

	if (r < 0)
		return r;
	pthread_detach(thread);
	n_threads++;
	return 0;
}

/* Without a thread for it calls are made one after the other, come what may. */
static void want_spare(void)
{
	if (!spare && n_threads < THREADS_MAX && start_thread(last_thread + 1) == 0)
		spare = ++last_thread;
	if (spare_sleeps)
		pthread_cond_signal(&changed);
}

static void make_call(uintptr_t me, struct call *call, PCM_NOTIFY_CALLBACK callback, PVOID context)
{
	struct under_way mine = {.number = call->number, .thread = pthread_self()};

	pnpn_list_append(&all_under_way, &mine.link);
	calling = true;
	turns++;
	want_spare();
	pthread_mutex_unlock(&pnpn_cm_lock);
	DWORD result = callback(call->number, context, call->action, call->data,
				(DWORD)call->bytes);
	if (call->query)
		caller->answer(call->query, result != ERROR_CANCELLED);
	pthread_mutex_lock(&pnpn_cm_lock);
	pnpn_list_remove(&mine.link);
	pthread_cond_broadcast(&returned);
	if (leader == me) {
		calling = false;
		turns++;
		return;
	}
	/* Whoever leads now has calls of this one, maybe. */
	pthread_mutex_unlock(&pnpn_cm_lock);
	caller->wake();
	pthread_mutex_lock(&pnpn_cm_lock);
}

/* Returns whether there is something to lead. */
static bool lead(uintptr_t me)
{
	PCM_NOTIFY_CALLBACK callback;
	PVOID context;
	struct call *call = take_call(&callback, &context);

	if (call) {
		if (callback)
			make_call(me, call, callback, context);
		call_free(call);
		return true;
	}
	bool take = n_calls < CALLS_MAX;
	pthread_mutex_unlock(&pnpn_cm_lock);
	bool goes_on = caller->listen(take);
	pthread_mutex_lock(&pnpn_cm_lock);
	return goes_on;
}

/* Waits a while. Returns whether the leader is in the same callback all the time. */
static bool leader_is_stuck(void)
{
	struct timespec end;
	uint64_t before = turns;
	int r = 0;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += PATIENCE_NS;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	while (leader && r != ETIMEDOUT)
		r = pthread_cond_clockwait(&changed, &pnpn_cm_lock, CLOCK_MONOTONIC, &end);
	return leader && calling && turns == before;
}

/* Returns whether it leads now; else there is nothing to lead any more. */
static bool stand_by(uintptr_t me)
{
	spare = me;
	while (leader) {
		if (!calling) {
			spare_sleeps = true;
			pthread_cond_wait(&changed, &pnpn_cm_lock);
			spare_sleeps = false;
		} else if (leader_is_stuck()) {
			leader = me;
			calling = false;
			break;
		}
	}
	spare = 0;
	return leader == me;
}

static void *run(void *number)
{
	uintptr_t me = (uintptr_t)number;
	bool goes_on = true;

	pthread_mutex_lock(&pnpn_cm_lock);
	while (goes_on) {
		if (leader == me)
			goes_on = lead(me);
		else if (!spare || spare == me)
			goes_on = stand_by(me);
		else
			goes_on = false;
	}
	n_threads--;
	pthread_mutex_unlock(&pnpn_cm_lock);
	return NULL;
}

int pnpn_cm_call_start(const struct pnpn_cm_caller *from)
{
	int r = 0;

	pthread_mutex_lock(&pnpn_cm_lock);
	/* Once: threads that are there read it without the lock. */
	if (!caller)
		caller = from;
	if (!leader) {
		r = start_thread(last_thread + 1);
		if (r >= 0)
			leader = ++last_thread;
		calling = false;
	}
	pthread_mutex_unlock(&pnpn_cm_lock);
	return r;
}

void pnpn_cm_call_stop(void)
{
	pthread_mutex_lock(&pnpn_cm_lock);
	leader = 0;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&pnpn_cm_lock);
}

/* --- waiting for callbacks ------------------------------------------------------------------------ */

bool pnpn_cm_call_may_wait(HCMNOTIFICATION number)
{
	struct under_way *mine = find_own();

	/* Nobody was let wait for himself, so this comes to an end. */
	for (const struct under_way *other = find_under_way(number); mine && other;
	     other = find_under_way(other->waits_for))
		if (other == mine)
			return false;
	if (mine)
		mine->waits_for = number;
	return true;
}

void pnpn_cm_call_wait(HCMNOTIFICATION number)
{
	pthread_mutex_lock(&pnpn_cm_lock);
	while (find_under_way(number))
		pthread_cond_wait(&returned, &pnpn_cm_lock);
	struct under_way *mine = find_own();
	if (mine)
		mine->waits_for = NULL;
	pthread_mutex_unlock(&pnpn_cm_lock);
}

void pnpn_cm_call_in_child(void)
{
	pthread_mutex_init(&pnpn_cm_lock, NULL);
	pthread_cond_init(&returned, NULL);
	pthread_cond_init(&changed, NULL);
	pnpn_list_init(&calls);
	pnpn_list_init(&all_under_way);
	n_calls = n_threads = 0;
	leader = spare = 0;
	calling = spare_sleeps = false;
}
