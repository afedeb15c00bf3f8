/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <windows.h>

#include "win32/io-thread.h"
#include "win32/object.h"
#include "win32/shared-event.h"

/* What the two ends have of an event: the object, as long as it is there, and the thread that hears of drivers. */
struct pnpn_shared_event {
	struct pnpn_io_watch watch;
	int remote; /* the end that drivers get */
	pthread_mutex_t lock;
	struct pnpn_object *object; /* NULL once that is gone */
	unsigned int references;
};

/* Guards each object's pointer to it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void unref(struct pnpn_shared_event *shared)
{
	pthread_mutex_lock(&shared->lock);
	bool last = !--shared->references;
	pthread_mutex_unlock(&shared->lock);
	if (!last)
		return;
	close(shared->watch.fd);
	pthread_mutex_destroy(&shared->lock);
	free(shared);
}

static bool run(struct pnpn_io_watch *watch)
{
	struct pnpn_shared_event *shared = (struct pnpn_shared_event *)watch;
	char byte;
	ssize_t n;

	while ((n = recv(watch->fd, &byte, 1, MSG_DONTWAIT)) > 0) {
		pthread_mutex_lock(&shared->lock);
		if (shared->object)
			pnpn_object_signal(shared->object, byte);
		pthread_mutex_unlock(&shared->lock);
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void over(struct pnpn_io_watch *watch)
{
	unref((struct pnpn_shared_event *)watch);
}

/* The last reference to the object is gone; what a driver sets from now on is nothing. */
static void release(struct pnpn_object *object)
{
	struct pnpn_shared_event *shared = object->shared;

	pthread_mutex_lock(&shared->lock);
	shared->object = NULL;
	pthread_mutex_unlock(&shared->lock);
	(void)shutdown(shared->watch.fd, SHUT_RDWR);
	close(shared->remote);
	unref(shared);
}

static struct pnpn_shared_event *shared_new(struct pnpn_object *object)
{
	struct pnpn_shared_event *shared = calloc(1, sizeof(*shared));
	int fds[2];

	if (!shared)
		return NULL;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0) {
		free(shared);
		return NULL;
	}
	*shared = (struct pnpn_shared_event){.watch = {.fd = fds[0], .run = run, .over = over},
					     .remote = fds[1],
					     .object = object,
					     .references = 2};
	pthread_mutex_init(&shared->lock, NULL);
	if (pnpn_io_thread_add(&shared->watch) >= 0)
		return shared;
	close(fds[1]);
	shared->references = 1;
	unref(shared);
	return NULL;
}

/* The handle's owner keeps it open while a request with it is under way: else nobody waits for it. */
int pnpn_shared_event_find(uint64_t number, bool *ret_manual, void *userdata)
{
	struct pnpn_object *object = pnpn_object_get((HANDLE)(uintptr_t)number, PNPN_OBJECT_EVENT);

	if (!object)
		return -1;
	pthread_mutex_lock(&lock);
	if (!object->shared) {
		object->shared = shared_new(object);
		if (object->shared)
			object->release = release;
	}
	*ret_manual = object->manual_reset;
	/* A copy: the object may go while it is sent. */
	int fd = object->shared ? dup(object->shared->remote) : -1;
	pthread_mutex_unlock(&lock);
	pnpn_object_unref(object);
	return fd;
}
