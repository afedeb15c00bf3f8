/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "wdm/bus.h"
#include "wdm/device-interface.h"
#include "wdm/file-object.h"
#include "wdm/host-pnp.h"
#include "wdm/symbolic-link.h"

#define PAUSE_FIRST_MS 20
#define PAUSE_LAST_MS  1000
#define EVENTS_AT_ONCE 32

static struct {
	pthread_mutex_t lock; /* guards connection, and what is made from it */
	struct pnpn_connection *connection;
	const char *address;
	pthread_t thread;
	int epoll;
	int wake; /* eventfd: dispatch, or stop */
	atomic_bool stopping;
} bus = {.lock = PTHREAD_MUTEX_INITIALIZER, .epoll = -1, .wake = -1};

static _Thread_local bool is_bus_thread;

static void bus_wake(void)
{
	eventfd_write(bus.wake, 1);
}

struct pnpn_connection *pnpn_bus_lock(void)
{
	pthread_mutex_lock(&bus.lock);
	return bus.connection;
}

void pnpn_bus_unlock(void)
{
	pthread_mutex_unlock(&bus.lock);
	/* A round trip may have read in what its descriptor will not tell of again. */
	if (!is_bus_thread)
		bus_wake();
}

int pnpn_bus_pause_ms(int *pause_ms)
{
	*pause_ms = *pause_ms ? *pause_ms * 2 : PAUSE_FIRST_MS;
	if (*pause_ms > PAUSE_LAST_MS)
		*pause_ms = PAUSE_LAST_MS;
	return *pause_ms;
}

static void bus_watch(int fd, void *what)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};

	epoll_ctl(bus.epoll, EPOLL_CTL_ADD, fd, &event);
}

/* With the lock held. */
static int bus_create_device(struct pnpn_node *node, enum pnpn_node_state state)
{
	struct pnpn_device *device;
	int r = pnpn_device_new(bus.connection, node->id, &device);

	if (r < 0)
		return r;
	bus_watch(pnpn_device_get_handled_fd(device), node);
	pnpn_node_set(node, state, device);
	return 0;
}

int pnpn_bus_add_node(struct pnpn_node *node)
{
	int r = pnpn_bus_lock() ? bus_create_device(node, PNPN_NODE_NEW) : -ENOTCONN;

	node->in_manager = r == 0;
	pnpn_bus_unlock();
	return r;
}

int pnpn_bus_start_node(struct pnpn_node *node)
{
	int r = -ENOTCONN;

	pnpn_bus_lock();
	if (node->device) {
		r = pnpn_device_start(node->device);
		if (r == 0)
			pnpn_node_set(node, PNPN_NODE_STARTED, node->device);
	}
	pnpn_bus_unlock();
	return r;
}

void pnpn_bus_remove_node(struct pnpn_node *node, enum pnpn_node_state state)
{
	pnpn_bus_lock();
	node->in_manager = false;
	pnpn_device_remove(pnpn_node_set(node, state, NULL));
	pnpn_bus_unlock();
}

/* With the lock held, after a reconnection. */
static int bus_restore_node(struct pnpn_node *node)
{
	enum pnpn_node_state state = node->state;
	int r = bus_create_device(node, PNPN_NODE_NEW);

	if (r >= 0)
		r = pnpn_device_interfaces_restore(node);
	if (r >= 0)
		r = pnpn_symbolic_links_restore(node);
	if (r >= 0 && state == PNPN_NODE_STARTED)
		r = pnpn_device_start(node->device);
	/* The old state also after a failure: the next try must find it. */
	pnpn_node_set(node, state, node->device);
	return r;
}

/* With the lock held: what was made from the connection goes with it. */
static void bus_cut(void)
{
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
		pnpn_node_set(node, node->state, NULL);
	pnpn_file_objects_cut();
	bus.connection = pnpn_disconnect(bus.connection);
}

static int bus_reconnect(void)
{
	struct pnpn_connection *connection;
	int r = pnpn_connect(&connection, bus.address);

	if (r < 0)
		return r;
	pnpn_bus_lock();
	bus.connection = connection;
	for (struct pnpn_node *node = pnpn_node_first(); node && r >= 0; node = node->next)
		if (node->in_manager)
			r = bus_restore_node(node);
	if (r < 0)
		bus_cut();
	else
		bus_watch(pnpn_get_fd(connection), &bus);
	pnpn_bus_unlock();
	return r;
}

static void bus_lost(void)
{
	int pause_ms = 0;

	fprintf(stderr, "pnpnotify host: the manager is gone; reports fail until it is back\n");
	pnpn_bus_lock();
	bus_cut();
	pnpn_bus_unlock();
	pnpn_pnp_wake();
	while (!bus.stopping && bus_reconnect() < 0) {
		struct pollfd fd = {.fd = bus.wake, .events = POLLIN};
		eventfd_t ignored;
		if (poll(&fd, 1, pnpn_bus_pause_ms(&pause_ms)) > 0)
			eventfd_read(bus.wake, &ignored);
	}
	if (!bus.stopping)
		fprintf(stderr, "pnpnotify host: the manager is back\n");
}

static void bus_dispatch(void)
{
	const struct pnpn_event *event;
	bool lost = false;

	if (pnpn_bus_lock()) {
		lost = pnpn_dispatch(bus.connection) == -ENOTCONN;
		while (pnpn_next_event(bus.connection, &event) > 0)
			lost |= pnpn_event_get_kind(event) == PNPN_EVENT_DISCONNECTED;
	}
	pnpn_bus_unlock();
	if (lost)
		bus_lost();
}

static void bus_node_handled(struct pnpn_node *node)
{
	pthread_rwlock_rdlock(&node->lock);
	if (node->device) {
		struct pollfd fd = {.fd = pnpn_device_get_handled_fd(node->device),
				    .events = POLLIN};
		eventfd_t ignored;
		/* The event may be of the device that stood here before. */
		if (poll(&fd, 1, 0) > 0)
			eventfd_read(fd.fd, &ignored);
	}
	pthread_rwlock_unlock(&node->lock);
	pnpn_node_wake(node);
	pnpn_pnp_wake();
}

static void *bus_main(void *unused)
{
	struct epoll_event events[EVENTS_AT_ONCE];

	is_bus_thread = true;
	while (!bus.stopping) {
		int n = epoll_wait(bus.epoll, events, EVENTS_AT_ONCE, -1);
		bool dispatch = false;
		for (int i = 0; i < n; i++) {
			eventfd_t ignored;
			if (events[i].data.ptr == &bus.wake)
				eventfd_read(bus.wake, &ignored);
			if (events[i].data.ptr == &bus.wake || events[i].data.ptr == &bus)
				dispatch = true;
			else
				bus_node_handled(events[i].data.ptr);
		}
		if (dispatch && !bus.stopping)
			bus_dispatch();
	}
	return NULL;
}

static int bus_open(void)
{
	bus.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (bus.epoll < 0)
		return -errno;
	bus.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (bus.wake < 0)
		return -errno;
	bus_watch(bus.wake, &bus.wake);
	int r = pnpn_connect(&bus.connection, bus.address);
	if (r < 0)
		return r;
	bus_watch(pnpn_get_fd(bus.connection), &bus);
	bus.stopping = false;
	return -pthread_create(&bus.thread, NULL, bus_main, NULL);
}

static void bus_close(void)
{
	bus.connection = pnpn_disconnect(bus.connection);
	if (bus.wake >= 0)
		close(bus.wake);
	if (bus.epoll >= 0)
		close(bus.epoll);
	bus.wake = bus.epoll = -1;
}

int pnpn_bus_start(const char *address)
{
	bus.address = address;
	int r = bus_open();
	if (r < 0)
		bus_close();
	return r;
}

void pnpn_bus_stop(void)
{
	bus.stopping = true;
	bus_wake();
	pthread_join(bus.thread, NULL);
	bus_cut();
	bus_close();
}
