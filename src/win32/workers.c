/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <windows.h>

#include "win32/last-error.h"
#include "win32/workers.h"

/* As many as Windows has by itself; what comes then waits until one is through. */
#define WORKERS_MAX  500
#define IDLE_SECONDS 10

/* Protects all of it. Never held while something is done. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t came;
static struct pnpn_list tasks = {&tasks, &tasks};
static unsigned int n_tasks, n_idle, n_workers;

static void before_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void in_parent(void)
{
	pthread_mutex_unlock(&lock);
}

static void init_condition(void)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&came, &attributes);
	pthread_condattr_destroy(&attributes);
}

/* A child has none of its parent's threads, and nothing to do for it. */
static void in_child(void)
{
	init_condition();
	pnpn_list_init(&tasks);
	n_tasks = n_idle = n_workers = 0;
	pthread_mutex_unlock(&lock);
}

static void init(void)
{
	init_condition();
	pthread_atfork(before_fork, in_parent, in_child);
}

/* With the lock held. NULL if nothing comes for a while. */
static struct pnpn_task *next_task(void)
{
	struct timespec end;
	int r = 0;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += IDLE_SECONDS;
	n_idle++;
	while (!n_tasks && r != ETIMEDOUT)
		r = pthread_cond_timedwait(&came, &lock, &end);
	n_idle--;
	if (!n_tasks)
		return NULL;
	struct pnpn_task *task = pnpn_list_entry(tasks.next, struct pnpn_task, link);
	pnpn_list_remove(&task->link);
	n_tasks--;
	return task;
}

static DWORD WINAPI work(LPVOID unused)
{
	struct pnpn_task *task;

	pthread_mutex_lock(&lock);
	while ((task = next_task())) {
		pthread_mutex_unlock(&lock);
		task->run(task);
		pthread_mutex_lock(&lock);
	}
	n_workers--;
	pthread_mutex_unlock(&lock);
	return 0;
}

/* Signals are the program's threads'. */
static bool spawn(void)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	HANDLE thread = CreateThread(NULL, 0, work, NULL, 0, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (thread)
		CloseHandle(thread);
	return thread != NULL;
}

/* Takes it back if it is still there. */
static bool withdraw(struct pnpn_task *task)
{
	pthread_mutex_lock(&lock);
	n_workers--;
	bool withdrawn = !n_workers && !pnpn_list_is_empty(&task->link);
	if (withdrawn) {
		pnpn_list_remove(&task->link);
		n_tasks--;
	}
	pthread_mutex_unlock(&lock);
	return withdrawn;
}

int pnpn_workers_run(struct pnpn_task *task)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, init);
	pnpn_list_init(&task->link);
	pthread_mutex_lock(&lock);
	pnpn_list_append(&tasks, &task->link);
	n_tasks++;
	bool more = n_tasks > n_idle && n_workers < WORKERS_MAX;
	n_workers += more;
	pthread_cond_signal(&came);
	pthread_mutex_unlock(&lock);
	/* Without a thread of its own another one does it, if there is any. */
	return more && !spawn() && withdraw(task) ? -ENOMEM : 0;
}
