/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "wdm/dispatcher.h"
#include "wdm/io-worker.h"

/* Drivers' routines that wait at the same time. */
#define WORKERS_MAX 1024

/* Of those that have nothing to do so many stay. */
#define IDLE_MAX 4

static struct {
	pthread_mutex_t lock; /* guards the rest but the descriptors */
	pthread_cond_t ended;
	unsigned int count, idle;
	bool stopping;
	struct pnpn_io_task *first, **last;
	int epoll, wake;
} workers = {.lock = PTHREAD_MUTEX_INITIALIZER,
	     .ended = PTHREAD_COND_INITIALIZER,
	     .last = &workers.first,
	     .epoll = -1,
	     .wake = -1};

/* What the calling thread, one of these, has in hand. */
static _Thread_local struct {
	struct pnpn_io_work *work; /* NULL once others may go on with it */
	void *current;
} mine;

/* Grows when a descriptor is handed on: who gets it from epoll acquires what the one before released, which neither the
 * language nor a sanitizer knows of epoll. */
static unsigned int handed_on;

static void *worker_main(void *unused);

/* With the lock held. */
static int worker_new(void)
{
	pthread_attr_t attributes;
	pthread_t thread;

	if (workers.count >= WORKERS_MAX)
		return -EAGAIN;
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	int r = -pthread_create(&thread, &attributes, worker_main, NULL);
	pthread_attr_destroy(&attributes);
	if (r < 0)
		return r;
	workers.count++;
	workers.idle++;
	return 0;
}

static int watch(struct pnpn_io_work *work, int operation, uint32_t events)
{
	struct epoll_event event = {.events = events | EPOLLONESHOT, .data.ptr = work};
	int fd = work->fd;

	__atomic_add_fetch(&handed_on, 1, __ATOMIC_RELEASE);
	return epoll_ctl(workers.epoll, operation, fd, &event) < 0 ? -errno : 0;
}

int pnpn_io_work_add(struct pnpn_io_work *work)
{
	return watch(work, EPOLL_CTL_ADD, EPOLLIN);
}

int pnpn_io_work_when_writable(struct pnpn_io_work *work, bool again)
{
	return watch(work, again ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, EPOLLOUT);
}

void pnpn_io_task_queue(struct pnpn_io_task *task)
{
	pthread_mutex_lock(&workers.lock);
	task->next = NULL;
	*workers.last = task;
	workers.last = &task->next;
	pthread_mutex_unlock(&workers.lock);
	eventfd_write(workers.wake, 1);
}

static void run_tasks(void)
{
	for (;;) {
		pthread_mutex_lock(&workers.lock);
		struct pnpn_io_task *task = workers.first;
		if (task)
			workers.first = task->next;
		if (!workers.first)
			workers.last = &workers.first;
		pthread_mutex_unlock(&workers.lock);
		if (!task)
			return;
		task->function(task);
	}
}

static void run(struct pnpn_io_work *work)
{
	mine.work = work;
	bool goes_on = work->run(work);
	/* Others may have it by now. */
	if (goes_on && mine.work)
		watch(work, EPOLL_CTL_MOD, EPOLLIN);
	mine.work = NULL;
}

/* Whether the thread goes on. */
static bool worker_wait(struct epoll_event *ret_event, int *ret_n)
{
	*ret_n = epoll_wait(workers.epoll, ret_event, 1, -1);
	(void)__atomic_load_n(&handed_on, __ATOMIC_ACQUIRE);
	pthread_mutex_lock(&workers.lock);
	workers.idle--;
	bool goes_on = !workers.stopping;
	pthread_mutex_unlock(&workers.lock);
	return goes_on;
}

static bool worker_rests(void)
{
	pthread_mutex_lock(&workers.lock);
	bool stays = workers.idle < IDLE_MAX && !workers.stopping;
	workers.idle += stays;
	pthread_mutex_unlock(&workers.lock);
	return stays;
}

static void *worker_main(void *unused)
{
	struct epoll_event event;
	eventfd_t count;
	int n;

	do {
		if (!worker_wait(&event, &n))
			break;
		if (n > 0 && event.data.ptr)
			run(event.data.ptr);
		else if (n > 0 && eventfd_read(workers.wake, &count) >= 0)
			run_tasks();
	} while (worker_rests());
	pthread_mutex_lock(&workers.lock);
	workers.count--;
	pthread_cond_signal(&workers.ended);
	pthread_mutex_unlock(&workers.lock);
	return NULL;
}

void pnpn_io_worker_waits(void)
{
	struct pnpn_io_work *work = mine.work;

	if (!work)
		return;
	mine.work = NULL;
	pthread_mutex_lock(&workers.lock);
	/* Without a thread for them they wait for this one. */
	int r = workers.idle || workers.stopping ? 0 : worker_new();
	pthread_mutex_unlock(&workers.lock);
	if (r < 0)
		mine.work = work;
	else
		watch(work, EPOLL_CTL_MOD, EPOLLIN);
}

void pnpn_io_worker_set_current(void *current)
{
	mine.current = current;
}

void *pnpn_io_worker_get_current(void)
{
	return mine.current;
}

static void close_descriptors(void)
{
	if (workers.wake >= 0)
		close(workers.wake);
	if (workers.epoll >= 0)
		close(workers.epoll);
	workers.wake = workers.epoll = -1;
}

int pnpn_io_workers_start(void)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};

	workers.epoll = epoll_create1(EPOLL_CLOEXEC);
	workers.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	workers.stopping = false;
	int r = workers.epoll < 0 || workers.wake < 0 ||
				epoll_ctl(workers.epoll, EPOLL_CTL_ADD, workers.wake, &event) < 0
			? -errno
			: 0;
	if (r >= 0) {
		pthread_mutex_lock(&workers.lock);
		r = worker_new();
		pthread_mutex_unlock(&workers.lock);
	}
	if (r < 0)
		close_descriptors();
	else
		pnpn_dispatcher_watch_waits(pnpn_io_worker_waits);
	return r;
}

void pnpn_io_workers_stop(void)
{
	pthread_mutex_lock(&workers.lock);
	workers.stopping = true;
	eventfd_write(workers.wake, 1);
	while (workers.count)
		pthread_cond_wait(&workers.ended, &workers.lock);
	workers.idle = 0;
	pthread_mutex_unlock(&workers.lock);
	close_descriptors();
}
