/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <windows.h>

#include "win32/queue.h"

pthread_mutex_t pnpn_gui_lock = PTHREAD_MUTEX_INITIALIZER;

static struct pnpn_list queues = {&queues, &queues};
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local struct pnpn_queue *current;

struct pnpn_queue *pnpn_queue_ref(struct pnpn_queue *queue)
{
	__atomic_fetch_add(&queue->references, 1, __ATOMIC_RELAXED);
	return queue;
}

void pnpn_queue_unref(struct pnpn_queue *queue)
{
	if (!queue || __atomic_sub_fetch(&queue->references, 1, __ATOMIC_ACQ_REL))
		return;
	close(queue->wake_fd);
	pthread_mutex_destroy(&queue->connection_lock);
	free(queue);
}

void pnpn_queue_answer(struct pnpn_sent *sent, LRESULT result)
{
	pnpn_list_remove(&sent->link);
	if (sent->abandoned) {
		free(sent);
		return;
	}
	sent->result = result;
	sent->done = true;
	pnpn_queue_wake(sent->sender);
}

/* Whoever waits for an answer of a thread that ended, in the procedure or before, gets 0. */
static void drop_messages(struct pnpn_queue *queue)
{
	pnpn_list_for_each_safe (link, after, &queue->posted)
		free(pnpn_list_entry(link, struct pnpn_posted, link));
	pnpn_list_for_each_safe (link, after, &queue->sent)
		pnpn_queue_answer(pnpn_list_entry(link, struct pnpn_sent, link), 0);
	pnpn_list_for_each_safe (link, after, &queue->answering)
		pnpn_queue_answer(pnpn_list_entry(link, struct pnpn_sent, link), 0);
}

/* The thread's end removes its windows and their registrations (U11). */
static void on_thread_end(void *argument)
{
	struct pnpn_queue *queue = argument;

	current = queue; /* thread-local storage may be gone before keys are */
	pnpn_queue_sink.drop_all(queue);
	pthread_mutex_lock(&queue->connection_lock);
	queue->connection = pnpn_disconnect(queue->connection);
	pthread_mutex_unlock(&queue->connection_lock);
	pthread_mutex_lock(&pnpn_gui_lock);
	queue->ended = true;
	pnpn_list_remove(&queue->link);
	drop_messages(queue);
	pthread_mutex_unlock(&pnpn_gui_lock);
	current = NULL;
	pnpn_queue_unref(queue);
}

void pnpn_queue_end(void)
{
	if (!current)
		return;
	struct pnpn_queue *queue = current;
	pthread_setspecific(key, NULL);
	on_thread_end(queue);
}

/* --- a child of fork() ---------------------------------------------------------------------------- */

static void before_fork(void)
{
	pthread_mutex_lock(&pnpn_gui_lock);
}

static void in_parent(void)
{
	pthread_mutex_unlock(&pnpn_gui_lock);
}

/* Where another thread of the parent was inside the connection its state is unknown: it stays unused. */
static void leave_connection(struct pnpn_queue *queue)
{
	if (pthread_mutex_trylock(&queue->connection_lock) == 0)
		pnpn_disconnect(queue->connection);
	pthread_mutex_init(&queue->connection_lock, NULL);
	queue->connection = NULL;
	queue->devnodes = queue->ports = queue->volumes = NULL;
	pnpn_queue_sink.forget_native(queue);
}

/* The parent's threads, and so their windows and registrations, are not the child's (U11). */
static void in_child(void)
{
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (current)
		pthread_setspecific(key, NULL);
	pnpn_list_for_each_safe (link, after, &queues) {
		struct pnpn_queue *queue = pnpn_list_entry(link, struct pnpn_queue, link);
		leave_connection(queue);
		on_thread_end(queue);
	}
}

static void make_key(void)
{
	pthread_key_create(&key, on_thread_end);
	pthread_atfork(before_fork, in_parent, in_child);
}

struct pnpn_queue *pnpn_queue_get(void)
{
	if (current)
		return current;
	pthread_once(&once, make_key);
	struct pnpn_queue *queue = calloc(1, sizeof(*queue));
	if (!queue)
		return NULL;
	queue->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (queue->wake_fd < 0 || pthread_setspecific(key, queue) != 0) {
		if (queue->wake_fd >= 0)
			close(queue->wake_fd);
		free(queue);
		return NULL;
	}
	queue->references = 1;
	queue->thread = GetCurrentThreadId();
	pnpn_list_init(&queue->posted);
	pnpn_list_init(&queue->sent);
	pnpn_list_init(&queue->answering);
	pnpn_list_init(&queue->timers);
	pnpn_list_init(&queue->deliveries);
	pnpn_list_init(&queue->under_way);
	pthread_mutex_init(&queue->connection_lock, NULL);
	pthread_mutex_lock(&pnpn_gui_lock);
	pnpn_list_append(&queues, &queue->link);
	pthread_mutex_unlock(&pnpn_gui_lock);
	current = queue;
	return queue;
}

struct pnpn_queue *pnpn_queue_find(DWORD thread)
{
	struct pnpn_queue *found = NULL;

	pthread_mutex_lock(&pnpn_gui_lock);
	pnpn_list_for_each_safe (link, after, &queues) {
		struct pnpn_queue *queue = pnpn_list_entry(link, struct pnpn_queue, link);
		if (queue->thread == thread)
			found = pnpn_queue_ref(queue);
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	return found;
}

void pnpn_queue_wake(struct pnpn_queue *queue)
{
	(void)eventfd_write(queue->wake_fd, 1);
}

/* Where events are not handed out just now, none wakes. */
static int connection_fd(struct pnpn_queue *queue)
{
	if (!pnpn_queue_may_deliver(queue))
		return -1;
	pthread_mutex_lock(&queue->connection_lock);
	int fd = queue->connection ? pnpn_get_fd(queue->connection) : -1;
	pthread_mutex_unlock(&queue->connection_lock);
	return fd;
}

/* Of events that were taken, or may be left in the rings. */
static bool has_deliveries(const struct pnpn_queue *queue)
{
	return queue->more && pnpn_queue_may_deliver(queue);
}

void pnpn_queue_wait(struct pnpn_queue *queue, DWORD milliseconds, bool devices)
{
	struct pollfd fds[2] = {{.fd = queue->wake_fd, .events = POLLIN},
				{.fd = -1, .events = POLLIN}};
	eventfd_t count;

	if (devices) {
		if (has_deliveries(queue))
			milliseconds = 0;
		fds[1].fd = connection_fd(queue);
	}
	(void)poll(fds, 2, milliseconds > INT32_MAX ? -1 : (int)milliseconds);
	if (fds[0].revents)
		(void)eventfd_read(queue->wake_fd, &count);
}

bool pnpn_queue_has_events(struct pnpn_queue *queue)
{
	struct pollfd device = {.fd = connection_fd(queue), .events = POLLIN};

	return has_deliveries(queue) || poll(&device, 1, 0) > 0;
}
