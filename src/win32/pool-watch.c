/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <windows.h>

#include "win32/object.h"
#include "win32/pool-watch.h"

/* Protects the list, and what it says there. Those of the pool, its workers and of objects are taken inside. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct pnpn_list armed = {&armed, &armed};
static bool started;
static int wake_fd; /* written whenever something is armed, or any object signaled */

static void before_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void in_parent(void)
{
	pthread_mutex_unlock(&lock);
}

/* A child has no such thread, and none of what it watched. */
static void in_child(void)
{
	pnpn_list_init(&armed);
	started = false;
	pthread_mutex_unlock(&lock);
}

static void watch_fork(void)
{
	pthread_atfork(before_fork, in_parent, in_child);
}

static struct pnpn_watch *at(struct pnpn_list *link)
{
	return pnpn_list_entry(link, struct pnpn_watch, link);
}

ULONGLONG pnpn_watch_due_in(DWORD milliseconds)
{
	return milliseconds == INFINITE ? PNPN_NEVER : GetTickCount64() + milliseconds;
}

/* --- the thread ----------------------------------------------------------------------------------- */

/* With the lock held. What has a period goes on, the rest is over. Returns what is to be handed over; NULL. */
static struct pnpn_pooled *fire(struct pnpn_watch *watch, bool timed_out)
{
	watch->timed_out = timed_out;
	if (timed_out && watch->period) {
		watch->due += watch->period;
	} else {
		watch->armed = false;
		pnpn_list_remove(&watch->link);
	}
	return pnpn_pooled_count(watch->pooled) ? watch->pooled : NULL;
}

/* With the lock held. An object's being signaled goes before the end of the time for it. */
static bool fires(const struct pnpn_watch *watch, ULONGLONG now, bool *ret_timed_out)
{
	bool is_signaled = watch->object &&
			   pnpn_object_try(1, &watch->object, FALSE) == WAIT_OBJECT_0;

	*ret_timed_out = !is_signaled;
	return is_signaled || watch->due <= now;
}

/* One that is due. Returns whether there was one, and what is to be handed over for it: NULL if nothing. */
static bool fire_next(struct pnpn_pooled **ret_pooled)
{
	ULONGLONG now = GetTickCount64();
	bool found = false, timed_out;

	pthread_mutex_lock(&lock);
	pnpn_list_for_each_safe (link, after, &armed) {
		if (!fires(at(link), now, &timed_out))
			continue;
		*ret_pooled = fire(at(link), timed_out);
		found = true;
		break;
	}
	pthread_mutex_unlock(&lock);
	return found;
}

/* When the next one is due. */
static ULONGLONG next_due(void)
{
	ULONGLONG next = PNPN_NEVER;

	pthread_mutex_lock(&lock);
	pnpn_list_for_each_safe (link, after, &armed)
		if (at(link)->due < next)
			next = at(link)->due;
	pthread_mutex_unlock(&lock);
	return next;
}

/* As poll(2) wants it. */
static int until(ULONGLONG due)
{
	ULONGLONG now = GetTickCount64();

	if (due == PNPN_NEVER)
		return -1;
	return due <= now ? 0 : due - now < INT_MAX ? (int)(due - now) : INT_MAX;
}

static void *watch_all(void *argument)
{
	struct pollfd fd = {.fd = (int)(intptr_t)argument, .events = POLLIN};
	struct pnpn_pooled *pooled;
	eventfd_t count;

	for (;;) {
		while (fire_next(&pooled))
			if (pooled)
				pnpn_pooled_hand_over(pooled);
		(void)poll(&fd, 1, until(next_due()));
		(void)eventfd_read(fd.fd, &count);
	}
	return NULL;
}

/* With the lock held. Signals are the program's threads'. Returns 0; an errno. */
static int start(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_t thread;
	sigset_t all, before;

	pthread_once(&once, watch_fork);
	if (started)
		return 0;
	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (wake_fd < 0)
		return -errno;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int r = pthread_create(&thread, NULL, watch_all, (void *)(intptr_t)wake_fd);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r) {
		close(wake_fd);
		return -r;
	}
	pthread_detach(thread);
	pnpn_object_add_watcher(wake_fd);
	started = true;
	return 0;
}

/* --- arming --------------------------------------------------------------------------------------- */

int pnpn_watch_arm(struct pnpn_watch *watch, HANDLE object, ULONGLONG due, DWORD period)
{
	pthread_mutex_lock(&lock);
	int r = start();
	if (r >= 0) {
		if (!watch->armed)
			pnpn_list_append(&armed, &watch->link);
		watch->armed = true;
		watch->object = object;
		watch->due = due;
		watch->period = period;
		(void)eventfd_write(wake_fd, 1);
	}
	pthread_mutex_unlock(&lock);
	return r;
}

bool pnpn_watch_disarm(struct pnpn_watch *watch)
{
	pthread_mutex_lock(&lock);
	bool was_armed = watch->armed;
	if (was_armed)
		pnpn_list_remove(&watch->link);
	watch->armed = false;
	pthread_mutex_unlock(&lock);
	return was_armed;
}

bool pnpn_watch_is_armed(struct pnpn_watch *watch)
{
	pthread_mutex_lock(&lock);
	bool is_armed = watch->armed;
	pthread_mutex_unlock(&lock);
	return is_armed;
}

bool pnpn_watch_timed_out(struct pnpn_watch *watch)
{
	pthread_mutex_lock(&lock);
	bool timed_out = watch->timed_out;
	pthread_mutex_unlock(&lock);
	return timed_out;
}
