/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/bus.h"
#include "client/connection.h"
#include "client/device.h"
#include "client/export.h"
#include "client/handle.h"
#include "client/registration.h"
#include "client/stream.h"

/* Work for one pnpn_dispatch(): messages from the bus, descriptors that woke. */
#define DISPATCH_MESSAGES 64
#define DISPATCH_WAKES	  64

/* Events taken before the descriptors are looked at again: who reports faster than the application takes
 * keeps neither the manager nor other devices from being heard. */
#define ASKED_MOST 256

/* How long a full queue is waited for, as an answer is. */
#define QUEUE_FULL_MS 25000

char pnpn_bus_tag, pnpn_pending_tag, pnpn_timer_tag;

void pnpn_connection_set_pending(struct pnpn_connection *connection)
{
	(void)eventfd_write(connection->pending_fd, 1);
}

/* --- whose it is ---------------------------------------------------------------------------------- */

/* No call of getpid(): a report makes no system call (R13). */
static int mark_own(struct pnpn_connection *connection)
{
	void *page = mmap(NULL, sizeof(bool), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	if (page == MAP_FAILED)
		return -errno;
	connection->own = page;
	if (madvise(page, (size_t)sysconf(_SC_PAGESIZE), MADV_WIPEONFORK) < 0)
		return -errno;
	*connection->own = true;
	return 0;
}

/* --- connecting ----------------------------------------------------------------------------------- */

static int make_descriptors(struct pnpn_connection *connection)
{
	struct epoll_event pending = {.events = EPOLLIN, .data.ptr = &pnpn_pending_tag};

	connection->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	connection->pending_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (connection->epoll_fd < 0 || connection->pending_fd < 0 ||
	    epoll_ctl(connection->epoll_fd, EPOLL_CTL_ADD, connection->pending_fd, &pending) < 0)
		return -errno;
	return 0;
}

static int connection_new(struct pnpn_connection **ret_connection)
{
	struct pnpn_connection *connection = calloc(1, sizeof(*connection));

	if (!connection)
		return -ENOMEM;
	pnpn_list_init(&connection->registrations);
	pnpn_list_init(&connection->handles);
	pnpn_list_init(&connection->devices);
	pnpn_list_init(&connection->streams);
	pnpn_list_init(&connection->ready);
	connection->error = -ENOTCONN;
	connection->bus_fd = connection->session.timer_fd = -1;
	connection->epoll_fd = connection->pending_fd = -1;
	for (int i = 0; i < PNPN_SPARE_FDS; i++)
		connection->spare_fds[i] = -1;
	/* Three bytes of UTF-8 for each unit of UTF-16, and the final zero. */
	connection->text = malloc(PNPN_DATA_MAX / 2 * 3 + 1);
	connection->buffer = malloc(PNPN_DATA_MAX);
	connection->current.text = connection->text;
	int r = connection->text && connection->buffer ? mark_own(connection) : -ENOMEM;
	if (r >= 0)
		r = make_descriptors(connection);
	if (r < 0) {
		pnpn_disconnect(connection);
		return r;
	}
	*ret_connection = connection;
	return 0;
}

static int connection_new_to(struct pnpn_connection **ret_connection, const char *address)
{
	struct pnpn_connection *connection;

	if (!address)
		address = secure_getenv("PNPNOTIFY_ADDRESS");
	if (address && strncmp(address, "unix:", 5) != 0)
		return -EINVAL;
	int r = connection_new(&connection);
	if (r < 0)
		return r;
	connection->address = address ? strdup(address) : NULL;
	if (address && !connection->address) {
		pnpn_disconnect(connection);
		return -ENOMEM;
	}
	*ret_connection = connection;
	return 0;
}

/* While many others connect the manager's queue may be full for a moment. */
static int connection_open(struct pnpn_connection *connection, int fd)
{
	int r = pnpn_bus_open(connection, fd);

	for (int ms = 0; r == -EAGAIN && ms < QUEUE_FULL_MS; ms++) {
		(void)poll(NULL, 0, 1);
		r = pnpn_bus_open(connection, fd);
	}
	if (r >= 0)
		r = pnpn_bus_wait_open(connection);
	pnpn_session_update(connection);
	return r;
}

PNPN_EXPORT int pnpn_connect(struct pnpn_connection **ret_connection, const char *address)
{
	struct pnpn_connection *connection;
	int r = connection_new_to(&connection, address);

	if (r < 0)
		return r;
	r = connection_open(connection, -1);
	if (r < 0) {
		pnpn_disconnect(connection);
		return r;
	}
	*ret_connection = connection;
	return 0;
}

PNPN_EXPORT int pnpn_connect_fd(struct pnpn_connection **ret_connection, int fd)
{
	struct pnpn_connection *connection;
	int r = connection_new(&connection);

	if (r < 0)
		return r;
	r = connection_open(connection, fd);
	if (r < 0) {
		pnpn_disconnect(connection);
		return r;
	}
	close(fd);
	*ret_connection = connection;
	return 0;
}

PNPN_EXPORT int pnpn_connect_lasting(struct pnpn_connection **ret_connection, const char *address)
{
	struct pnpn_connection *connection;
	int r = connection_new_to(&connection, address);

	if (r < 0)
		return r;
	r = pnpn_session_set_lasting(connection);
	if (r < 0) {
		pnpn_disconnect(connection);
		return r;
	}
	if (connection_open(connection, -1) < 0)
		pnpn_session_look(connection);
	*ret_connection = connection;
	return 0;
}

PNPN_EXPORT int pnpn_connection_get_error(const struct pnpn_connection *connection)
{
	if (pnpn_connection_is_copy(connection))
		return -ECHILD;
	if (!connection->error)
		return 0;
	return connection->session.reason ? connection->session.reason : -ENOTCONN;
}

static void free_children(struct pnpn_connection *connection)
{
	pnpn_list_for_each_safe (link, after, &connection->registrations)
		pnpn_registration_free(pnpn_list_entry(link, struct pnpn_registration, link));
	pnpn_list_for_each_safe (link, after, &connection->handles)
		pnpn_handle_free(pnpn_list_entry(link, struct pnpn_handle, link));
	pnpn_list_for_each_safe (link, after, &connection->devices)
		pnpn_device_free(pnpn_list_entry(link, struct pnpn_device, link));
	pnpn_streams_free(connection);
}

PNPN_EXPORT struct pnpn_connection *pnpn_disconnect(struct pnpn_connection *connection)
{
	if (!connection)
		return NULL;
	connection->taken_from = NULL;
	free_children(connection);
	pnpn_event_free(connection->queued);
	pnpn_attachment_free(connection->graveyard);
	pnpn_bus_close(connection);
	pnpn_session_deinit(connection);
	if (connection->epoll_fd >= 0)
		close(connection->epoll_fd);
	if (connection->pending_fd >= 0)
		close(connection->pending_fd);
	if (connection->own)
		munmap(connection->own, sizeof(bool));
	free(connection->address);
	free(connection->text);
	free(connection->buffer);
	free(connection);
	return NULL;
}

/* --- dispatch ------------------------------------------------------------------------------------- */

PNPN_EXPORT int pnpn_get_fd(const struct pnpn_connection *connection)
{
	return connection->epoll_fd;
}

static void handle_wake(struct pnpn_connection *connection, void *tag)
{
	eventfd_t count;

	if (tag == &pnpn_bus_tag) {
		pnpn_bus_process(connection, DISPATCH_MESSAGES);
	} else if (tag == &pnpn_timer_tag) {
		pnpn_session_handle_timer(connection);
	} else if (tag == &pnpn_pending_tag) {
		if (eventfd_read(connection->pending_fd, &count) >= 0)
			pnpn_bus_process(connection, DISPATCH_MESSAGES);
	} else {
		/* One that is buried has none any more. */
		struct pnpn_stream *stream = ((struct pnpn_attachment *)tag)->stream;
		if (stream)
			pnpn_stream_mark_ready(stream);
	}
}

/* The manager was found, or is gone, and that is to be told. */
static bool has_news(const struct pnpn_connection *connection)
{
	const struct pnpn_session *session = &connection->session;

	return session->untold || (session->lost && !session->over);
}

static bool has_something(const struct pnpn_connection *connection)
{
	return !pnpn_list_is_empty(&connection->ready) || has_news(connection);
}

/* Descriptors that woke; returns their number, or an errno. */
static int dispatch(struct pnpn_connection *connection, int timeout_ms)
{
	struct epoll_event events[DISPATCH_WAKES];

	if (pnpn_connection_is_copy(connection))
		return -ECHILD;
	connection->asked = 0;
	if (connection->session.over && !has_something(connection))
		return -ENOTCONN;
	int n = epoll_wait(connection->epoll_fd, events, DISPATCH_WAKES, timeout_ms);
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++)
		handle_wake(connection, events[i].data.ptr);
	pnpn_session_update(connection);
	if (has_news(connection))
		pnpn_connection_set_pending(connection);
	return n;
}

PNPN_EXPORT int pnpn_dispatch(struct pnpn_connection *connection)
{
	int r = dispatch(connection, 0);

	return r < 0 && r != -EINTR ? r : 0;
}

PNPN_EXPORT int pnpn_wait(struct pnpn_connection *connection, int timeout_ms)
{
	bool waiting = has_something(connection);
	int r = dispatch(connection, waiting ? 0 : timeout_ms);

	if (r == -EINTR)
		r = 0;
	if (r < 0)
		return r;
	return waiting || r > 0;
}

/* --- events --------------------------------------------------------------------------------------- */

PNPN_EXPORT int pnpn_next_event(struct pnpn_connection *connection,
				const struct pnpn_event **ret_event)
{
	if (pnpn_connection_is_copy(connection))
		return 0;
	pnpn_streams_release(connection);
	if (++connection->asked >= ASKED_MOST)
		(void)dispatch(connection, 0);
	/* Most of the time there is nothing new about the manager. */
	if (connection->error || !connection->session.begun)
		pnpn_session_update(connection);
	return (connection->session.untold && pnpn_session_take_begin(connection, ret_event)) ||
	       pnpn_streams_take(connection, ret_event) ||
	       (connection->session.lost && pnpn_session_take_end(connection, ret_event));
}
