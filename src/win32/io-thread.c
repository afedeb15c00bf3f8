/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "win32/io-thread.h"

#define WAKES_AT_ONCE 16

/* Guards the two: the thread is started once, and lives as long as the process. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool started;
static int epoll_fd = -1;

static void *io_main(void *unused)
{
	struct epoll_event events[WAKES_AT_ONCE];
	int fd = epoll_fd;

	for (;;) {
		int n = epoll_wait(fd, events, WAKES_AT_ONCE, -1);
		for (int i = 0; i < n; i++) {
			struct pnpn_io_watch *watch = events[i].data.ptr;
			if (watch->run(watch))
				continue;
			epoll_ctl(fd, EPOLL_CTL_DEL, watch->fd, NULL);
			watch->over(watch);
		}
	}
	return NULL;
}

/* A child of fork() has no such thread; what its parent's looked at is none of its business. */
static void before_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void in_parent(void)
{
	pthread_mutex_unlock(&lock);
}

static void in_child(void)
{
	started = false;
	if (epoll_fd >= 0)
		close(epoll_fd);
	epoll_fd = -1;
	pthread_mutex_unlock(&lock);
}

static void watch_fork(void)
{
	pthread_atfork(before_fork, in_parent, in_child);
}

/* Signals are the program's threads'. */
static int spawn(void)
{
	pthread_attr_t attributes;
	pthread_t thread;
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	int r = -pthread_create(&thread, &attributes, io_main, NULL);
	pthread_attr_destroy(&attributes);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

/* With the lock held. */
static int start(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, watch_fork);
	if (epoll_fd < 0)
		epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd < 0)
		return -errno;
	int r = started ? 0 : spawn();
	started = r >= 0;
	return r;
}

int pnpn_io_thread_add(struct pnpn_io_watch *watch)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = watch};

	pthread_mutex_lock(&lock);
	int r = start();
	if (r >= 0 && epoll_ctl(epoll_fd, EPOLL_CTL_ADD, watch->fd, &event) < 0)
		r = -errno;
	pthread_mutex_unlock(&lock);
	return r;
}
