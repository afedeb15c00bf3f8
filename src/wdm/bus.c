/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "wdm/bus.h"
#include "wdm/description.h"

#define EVENTS_AT_ONCE 32

static struct {
	pthread_mutex_t lock; /* guards connection, and what is made from it */
	struct pnpn_connection *connection; /* a lasting one */
	bool gone; /* the manager is, or some of our nodes are not back */
	const struct pnpn_bus_watcher *watcher;
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

static int bus_watch(int fd, void *what)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};

	return epoll_ctl(bus.epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static int add_property(struct pnpn_device *device, const char *key, const char *value)
{
	return value && *value ? pnpn_device_add_property(device, key, value) : 0;
}

static int add_list(struct pnpn_device *device, const char *key, const char *list)
{
	int r = 0;

	for (; r >= 0 && list && *list; list += strlen(list) + 1)
		r = pnpn_device_add_property(device, key, list);
	return r;
}

/* What its bus driver said of it (U17). */
static int bus_describe(struct pnpn_device *device, const struct pnpn_node *node)
{
	const struct pnpn_description *description = node->description;

	if (!description)
		return 0;
	int r = pnpn_device_add_property(device, "parent", node->parent->id);
	if (r >= 0)
		r = add_property(device, "description", description->text);
	if (r >= 0)
		r = add_property(device, "location", description->location);
	if (r >= 0)
		r = add_property(device, "container", description->container);
	if (r >= 0)
		r = add_list(device, "hardware-id", description->hardware_ids);
	if (r >= 0)
		r = add_list(device, "compatible-id", description->compatible_ids);
	return r;
}

int pnpn_bus_add_node(struct pnpn_node *node)
{
	struct pnpn_device *device = NULL;
	int r = pnpn_device_new(pnpn_bus_lock(), node->id, &device);

	if (r >= 0)
		r = bus_describe(device, node);
	if (r >= 0)
		r = pnpn_device_serve(device, bus.watcher->opened, node);
	if (r >= 0)
		r = bus_watch(pnpn_device_get_handled_fd(device), node);
	if (r >= 0)
		r = pnpn_tree_add(&pnpn_node_tree, &node->entry, node->id);
	if (r >= 0) {
		pnpn_device_set_asked(device, true);
		pnpn_node_set(node, PNPN_NODE_NEW, device);
	} else {
		pnpn_device_remove(device);
	}
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
	if (state == PNPN_NODE_DELETED)
		pnpn_tree_leave(&node->entry);
	pnpn_device_remove(pnpn_node_set(node, state, NULL));
	pnpn_bus_unlock();
}

/* With the lock held: what was made from the connection goes with it. */
static void bus_cut(void)
{
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
		pnpn_node_set(node, node->state, NULL);
	bus.watcher->cut();
	bus.connection = pnpn_disconnect(bus.connection);
}

/* The three that follow: with the lock held. */
static void bus_lost(void)
{
	fprintf(stderr, "pnpnotify host: the manager is gone; reports fail until it is back\n");
	bus.gone = true;
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
		pnpn_node_lost(node);
	bus.watcher->handled();
}

/* Once the manager has all that it is to have. */
static void bus_back(void)
{
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
		if (node->in_manager && node->lost)
			return;
	bus.gone = false;
	fprintf(stderr, "pnpnotify host: the manager is back\n");
}

/* Its descriptor is another one now; its reports fail if callbacks could not be called. */
static void bus_restored(const char *id)
{
	struct pnpn_node *node = pnpn_node_from_id(id);

	if (!node || !node->device)
		return;
	node->lost = bus_watch(pnpn_device_get_handled_fd(node->device), node) < 0;
}

/* The PnP thread has it from here. What it has not taken yet is overtaken; a query that it has is cancelled first. */
static void bus_removal(const struct pnpn_event *event)
{
	struct pnpn_node *node = pnpn_node_from_id(pnpn_event_get_device(event));

	if (!node || !node->device)
		return;
	struct pnpn_node_removal *removal = &node->removal;
	bool cancelled = pnpn_event_get_kind(event) == PNPN_EVENT_REMOVE_CANCELLED;
	removal->cancelled |= cancelled && removal->told != PNPN_EVENT_QUERY_REMOVE;
	removal->told = cancelled ? 0 : pnpn_event_get_kind(event);
	removal->query = pnpn_event_get_query(event);
	node->removal_told = true;
	bus.watcher->removal();
}

static void bus_event(const struct pnpn_event *event)
{
	switch (pnpn_event_get_kind(event)) {
	case PNPN_EVENT_DISCONNECTED:
		bus_lost();
		break;
	case PNPN_EVENT_RESTORED:
		bus_restored(pnpn_event_get_device(event));
		break;
	case PNPN_EVENT_QUERY_REMOVE:
	case PNPN_EVENT_REMOVE_CANCELLED:
	case PNPN_EVENT_REMOVE_PENDING:
	case PNPN_EVENT_SURPRISE_REMOVED:
		bus_removal(event);
		break;
	default:
		break;
	}
}

struct pnpn_node_removal pnpn_bus_take_removal(struct pnpn_node *node)
{
	pnpn_bus_lock();
	struct pnpn_node_removal removal = node->removal;
	node->removal = (struct pnpn_node_removal){0};
	pnpn_bus_unlock();
	return removal;
}

/* Whom the manager waits for no more is not missed. */
void pnpn_bus_answer_removal(uint64_t query, bool agrees, const char *driver)
{
	struct pnpn_connection *connection = pnpn_bus_lock();

	if (connection)
		(void)pnpn_connection_answer(connection, query, agrees, driver);
	pnpn_bus_unlock();
}

static void bus_dispatch(void)
{
	const struct pnpn_event *event;

	pnpn_bus_lock();
	pnpn_dispatch(bus.connection);
	while (pnpn_next_event(bus.connection, &event) > 0)
		bus_event(event);
	if (bus.gone && !pnpn_connection_get_error(bus.connection))
		bus_back();
	pnpn_bus_unlock();
}

static void bus_node_handled(struct pnpn_node *node)
{
	pthread_rwlock_rdlock(&node->lock);
	if (node->device) {
		struct pollfd fd = {.fd = pnpn_device_get_handled_fd(node->device),
				    .events = POLLIN};
		eventfd_t ignored;
		/* The event may be of the device that stood here before. */
		if (poll(&fd, 1, 0) > 0 && eventfd_read(fd.fd, &ignored) < 0)
			epoll_ctl(bus.epoll, EPOLL_CTL_DEL, fd.fd, NULL); /* the manager is gone */
	}
	pthread_rwlock_unlock(&node->lock);
	pnpn_node_wake(node);
	bus.watcher->handled();
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

static int bus_open(const char *address)
{
	bus.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (bus.epoll < 0)
		return -errno;
	bus.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (bus.wake < 0)
		return -errno;
	int r = bus_watch(bus.wake, &bus.wake);
	if (r >= 0)
		r = pnpn_connect_lasting(&bus.connection, address);
	if (r >= 0)
		r = pnpn_connection_get_error(bus.connection);
	if (r >= 0)
		r = bus_watch(pnpn_get_fd(bus.connection), &bus);
	if (r < 0)
		return r;
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

int pnpn_bus_start(const char *address, const struct pnpn_bus_watcher *watcher)
{
	bus.watcher = watcher;
	int r = bus_open(address);

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
