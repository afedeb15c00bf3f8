/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <windows.h>

#include "io/caller.h"
#include "win32/apc.h"
#include "win32/object.h"
#include "win32/operation.h"

/* Guards the list and what it says there; no other lock is taken inside but a caller's. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t finished;
static struct pnpn_list all = {&all, &all};

static void before_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void after_fork(void)
{
	pthread_mutex_unlock(&lock);
}

static void init(void)
{
	pthread_condattr_t attributes;

	pthread_atfork(before_fork, after_fork, after_fork);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&finished, &attributes);
	pthread_condattr_destroy(&attributes);
}

struct pnpn_operation *pnpn_operation_new(struct pnpn_caller *caller, struct pnpn_object *file)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct pnpn_operation *operation = calloc(1, sizeof(*operation));

	pthread_once(&once, init);
	if (!operation)
		return NULL;
	operation->caller = caller;
	operation->cancel_fd = -1;
	operation->file = file ? pnpn_object_ref(file) : NULL;
	operation->thread = GetCurrentThreadId();
	operation->references = 2;
	pnpn_list_init(&operation->link);
	return operation;
}

void pnpn_operation_begin(struct pnpn_operation *operation)
{
	pthread_mutex_lock(&lock);
	pnpn_list_append(&all, &operation->link);
	pthread_mutex_unlock(&lock);
}

void pnpn_operation_unref(struct pnpn_operation *operation)
{
	pthread_mutex_lock(&lock);
	bool last = !--operation->references;
	if (last)
		pnpn_list_remove(&operation->link);
	pthread_mutex_unlock(&lock);
	if (!last)
		return;
	if (operation->cancel_fd >= 0)
		close(operation->cancel_fd);
	pnpn_object_unref(operation->event);
	pnpn_apc_queue_unref(operation->apcs);
	pnpn_object_unref(operation->file);
	free(operation);
}

void pnpn_operation_set_id(struct pnpn_operation *operation, uint64_t id)
{
	pthread_mutex_lock(&lock);
	operation->id = id;
	bool cancel = operation->cancelled && !operation->done;
	pthread_mutex_unlock(&lock);
	if (cancel)
		(void)pnpn_caller_cancel(operation->caller, id);
}

void pnpn_operation_finish(struct pnpn_operation *operation, int32_t status, uint64_t information)
{
	pthread_mutex_lock(&lock);
	operation->done = true;
	operation->status = status;
	operation->information = information;
	pthread_cond_broadcast(&finished);
	pthread_mutex_unlock(&lock);
}

bool pnpn_operation_is_done(struct pnpn_operation *operation)
{
	pthread_mutex_lock(&lock);
	bool done = operation->done;
	pthread_mutex_unlock(&lock);
	return done;
}

bool pnpn_operation_wait(struct pnpn_operation *operation, DWORD milliseconds)
{
	struct timespec due;
	int r = 0;

	clock_gettime(CLOCK_MONOTONIC, &due);
	due.tv_sec += milliseconds / 1000;
	pthread_mutex_lock(&lock);
	while (!operation->done && r != ETIMEDOUT) {
		if (milliseconds == INFINITE)
			r = pthread_cond_wait(&finished, &lock);
		else
			r = pthread_cond_timedwait(&finished, &lock, &due);
	}
	bool done = operation->done;
	pthread_mutex_unlock(&lock);
	return done;
}

static bool is_chosen(const struct pnpn_operation *operation,
		      const struct pnpn_operation_choice *choice)
{
	return operation->file && !operation->done &&
	       (!choice->file || choice->file == operation->file) &&
	       (!choice->thread || choice->thread == operation->thread) &&
	       (!choice->overlapped || choice->overlapped == operation->overlapped) &&
	       (!choice->synchronous_only || operation->synchronous) &&
	       (!choice->overlapped_only || !operation->synchronous);
}

/* The first one that is chosen and not cancelled yet, with a reference. */
static struct pnpn_operation *next_chosen(const struct pnpn_operation_choice *choice,
					  uint64_t *ret_id)
{
	struct pnpn_operation *found = NULL;

	pthread_mutex_lock(&lock);
	pnpn_list_for_each_safe (link, after, &all) {
		struct pnpn_operation *operation = pnpn_list_entry(link, struct pnpn_operation,
								   link);
		if (found || operation->cancelled || !is_chosen(operation, choice))
			continue;
		operation->cancelled = true;
		operation->references++;
		*ret_id = operation->id;
		found = operation;
	}
	pthread_mutex_unlock(&lock);
	return found;
}

unsigned int pnpn_operations_cancel(const struct pnpn_operation_choice *choice)
{
	struct pnpn_operation *operation;
	unsigned int count = 0;
	uint64_t id;

	while ((operation = next_chosen(choice, &id))) {
		/* One that is not on its way yet is cancelled by whoever sends it. */
		if (operation->cancel_fd >= 0)
			(void)eventfd_write(operation->cancel_fd, 1);
		else if (id)
			(void)pnpn_caller_cancel(operation->caller, id);
		pnpn_operation_unref(operation);
		count++;
	}
	return count;
}

void pnpn_operations_cancel_thread(DWORD thread)
{
	(void)pnpn_operations_cancel(&(struct pnpn_operation_choice){.thread = thread});
}
