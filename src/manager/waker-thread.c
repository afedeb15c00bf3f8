/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "manager/pump.h"
#include "manager/server.h"
#include "manager/user.h"
#include "manager/waker-thread.h"

/* A turn is one user's: so many of his sources, or so long. The kernel hands out what is ready in a circle, each
 * time that it is asked. */
#define TURN_SOURCES 16
#define TURN_USEC    500

#define STACK_BYTES  (256u << 10)

struct pnpn_waker_thread {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_mutex_t
		door; /* who waits for the lock: the thread never passes the event loop there */
	int epoll; /* an epoll for each user who has sources, and stop_fd */
	int stop_fd; /* an eventfd */
};

/* --- the thread ----------------------------------------------------------------------------------- */

static void serve(struct pnpn_user *user)
{
	uint64_t began = pnpn_processor_usec(), spent = 0;
	struct epoll_event ready;

	for (int i = 0; i < TURN_SOURCES && spent < TURN_USEC &&
			epoll_wait(user->wakes_epoll, &ready, 1, 0) > 0;
	     i++) {
		struct pnpn_wake_source *source = ready.data.ptr;
		source->woken(source);
		spent = pnpn_processor_usec() - began;
	}
	__atomic_add_fetch(&user->wakes_usec, spent, __ATOMIC_RELAXED);
}

/* Under the lock, so what is ready is still there. Returns whether to go on. */
static bool turn(struct pnpn_waker_thread *thread)
{
	struct epoll_event ready;

	if (epoll_wait(thread->epoll, &ready, 1, 0) <= 0)
		return true;
	if (ready.data.ptr)
		serve(ready.data.ptr);
	return ready.data.ptr;
}

/* It is poll() that sleeps: epoll_wait() would turn the circle without anybody's being served. */
static void *run(void *userdata)
{
	struct pnpn_waker_thread *thread = userdata;
	struct pollfd ready = {.fd = thread->epoll, .events = POLLIN};
	bool more = true;

	while (more) {
		(void)!poll(&ready, 1, -1);
		pnpn_waker_lock(thread);
		more = turn(thread);
		pnpn_waker_unlock(thread);
	}
	return NULL;
}

void pnpn_waker_lock(struct pnpn_waker_thread *thread)
{
	pthread_mutex_lock(&thread->door);
	pthread_mutex_lock(&thread->lock);
	pthread_mutex_unlock(&thread->door);
}

void pnpn_waker_unlock(struct pnpn_waker_thread *thread)
{
	pthread_mutex_unlock(&thread->lock);
}

/* --- its life ------------------------------------------------------------------------------------- */

static int add(int epoll, int fd, void *data)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = data};

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static void thread_free(struct pnpn_waker_thread *thread)
{
	if (thread->epoll >= 0)
		close(thread->epoll);
	if (thread->stop_fd >= 0)
		close(thread->stop_fd);
	pthread_mutex_destroy(&thread->door);
	pthread_mutex_destroy(&thread->lock);
	free(thread);
}

/* Signals are the event loop's. */
static int begin(struct pnpn_waker_thread *thread)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	int r = pthread_attr_init(&attributes);

	if (r)
		return -r;
	sigfillset(&all);
	(void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&thread->thread, &attributes, run, thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return -r;
}

int pnpn_waker_thread_start(struct pnpn_waker_thread **ret_thread)
{
	struct pnpn_waker_thread *thread = calloc(1, sizeof(*thread));

	if (!thread)
		return -ENOMEM;
	pthread_mutex_init(&thread->door, NULL);
	pthread_mutex_init(&thread->lock, NULL);
	thread->epoll = epoll_create1(EPOLL_CLOEXEC);
	thread->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int r = thread->epoll < 0 || thread->stop_fd < 0
			? -errno
			: add(thread->epoll, thread->stop_fd, NULL);
	if (r >= 0)
		r = begin(thread);
	if (r < 0)
		thread_free(thread);
	else
		*ret_thread = thread;
	return r;
}

struct pnpn_waker_thread *pnpn_waker_thread_stop(struct pnpn_waker_thread *thread)
{
	if (!thread)
		return NULL;
	(void)eventfd_write(thread->stop_fd, 1);
	pthread_join(thread->thread, NULL);
	thread_free(thread);
	return NULL;
}

/* --- sources -------------------------------------------------------------------------------------- */

/* One source less; the user's epoll goes with the last. */
static void leave(struct pnpn_user *user)
{
	if (--user->n_wake_sources)
		return;
	close(user->wakes_epoll);
	user->wakes_epoll = -1;
}

static int join(struct pnpn_user *user)
{
	if (user->n_wake_sources++)
		return 0;
	user->wakes_epoll = epoll_create1(EPOLL_CLOEXEC);
	int r = user->wakes_epoll < 0 ? -errno
				      : add(user->server->waker->epoll, user->wakes_epoll, user);
	if (r >= 0)
		return 0;
	if (user->wakes_epoll >= 0)
		close(user->wakes_epoll);
	user->n_wake_sources = 0;
	return r;
}

int pnpn_wake_source_add(struct pnpn_wake_source *source, struct pnpn_user *user)
{
	struct pnpn_waker_thread *thread = user->server->waker;

	pnpn_waker_lock(thread);
	int r = join(user);
	if (r >= 0) {
		r = add(user->wakes_epoll, source->fd, source);
		if (r < 0)
			leave(user);
		else
			source->user = user;
	}
	pnpn_waker_unlock(thread);
	return r;
}

void pnpn_wake_source_remove(struct pnpn_wake_source *source)
{
	if (!source->user)
		return;
	struct pnpn_waker_thread *thread = source->user->server->waker;

	pnpn_waker_lock(thread);
	(void)epoll_ctl(source->user->wakes_epoll, EPOLL_CTL_DEL, source->fd, NULL);
	leave(source->user);
	source->user = NULL;
	pnpn_waker_unlock(thread);
}
