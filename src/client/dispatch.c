/* SPDX-License-Identifier: MIT */
/* One descriptor, dispatch, next event. */
#include <errno.h>
#include <limits.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "client/attachment.h"
#include "client/bus.h"
#include "client/connection.h"
#include "client/export.h"
#include "client/question.h"
#include "client/removal.h"
#include "client/session.h"
#include "client/stream.h"

/* Work for one pnpn_dispatch(): messages from the bus, descriptors that woke. */
#define DISPATCH_MESSAGES 64
#define DISPATCH_WAKES	  64

/* Events taken before the descriptors are looked at again: who reports faster than the application takes
 * keeps neither the manager nor other devices from being heard. */
#define ASKED_MOST 256

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
	} else if (tag != &pnpn_service_tag) { /* pnpn_next_io() looks there itself */
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
	return connection->held || !pnpn_list_is_empty(&connection->ready) ||
	       !pnpn_list_is_empty(&connection->answered) || has_news(connection);
}

/* Descriptors that woke; returns their number, or an errno. */
static int dispatch(struct pnpn_connection *connection, int timeout_ms)
{
	struct epoll_event events[DISPATCH_WAKES];

	if (pnpn_connection_is_copy(connection))
		return -ECHILD;
	connection->asked = 0;
	connection->run = 0;
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
	if (connection->held) {
		*ret_event = connection->held;
		connection->held = NULL;
		return 1;
	}
	if (pnpn_streams_go_on(connection, ret_event))
		return 1;
	if (connection->queued)
		pnpn_removal_release(connection, connection->queued);
	pnpn_streams_release(connection);
	if (++connection->asked >= ASKED_MOST)
		(void)dispatch(connection, 0);
	/* Most of the time there is nothing new about the manager. */
	if (connection->error || !connection->session.begun)
		pnpn_session_update(connection);
	return (connection->session.untold && pnpn_session_take_begin(connection, ret_event)) ||
	       pnpn_questions_take(connection, ret_event) ||
	       pnpn_streams_take(connection, ret_event) ||
	       (connection->session.lost && pnpn_session_take_end(connection, ret_event));
}

/* What is taken and can't be copied waits for the next call, which the descriptor tells of. */
PNPN_EXPORT int pnpn_take_events(struct pnpn_connection *connection, struct pnpn_event **ret_events,
				 size_t most)
{
	const struct pnpn_event *event;
	size_t n = 0;
	int r = 0;

	while (n < most && n < INT_MAX && pnpn_next_event(connection, &event) > 0) {
		r = pnpn_event_copy(event, &ret_events[n]);
		if (r < 0) {
			connection->held = event;
			pnpn_connection_set_pending(connection);
			break;
		}
		n++;
	}
	return n ? (int)n : r;
}
