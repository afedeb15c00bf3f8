/* SPDX-License-Identifier: MIT */
/* Connecting and disconnecting: a connection, and what hangs in it. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/attachment.h"
#include "client/bus.h"
#include "client/connection.h"
#include "client/device.h"
#include "client/export.h"
#include "client/handle.h"
#include "client/question.h"
#include "client/registration.h"
#include "client/service.h"
#include "client/session.h"
#include "client/stream.h"

/* How long a full queue is waited for, as an answer is. */
#define QUEUE_FULL_MS 25000

static const struct pnpn_bus_sink sink = {
	.handle_call = pnpn_device_handle_call,
	.handle_signal = pnpn_registration_handle_signal,
};

static int connection_new_to(struct pnpn_connection **ret_connection, const char *address)
{
	struct pnpn_connection *connection;

	if (!address)
		address = secure_getenv("PNPNOTIFY_ADDRESS");
	if (address && strncmp(address, "unix:", 5) != 0)
		return -EINVAL;
	int r = pnpn_connection_new(&connection, &sink);
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

PNPN_EXPORT int pnpn_connection_set_limit(struct pnpn_connection *connection, int limit_ms)
{
	if (limit_ms < 1)
		return -EINVAL;
	connection->limit_usec = (uint64_t)limit_ms * 1000;
	return 0;
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
	int r = pnpn_connection_new(&connection, &sink);

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

static int set_lasting(struct pnpn_connection *connection)
{
	int r = pnpn_retry_init(&connection->session.retry, connection->epoll_fd, &pnpn_timer_tag);

	connection->session.lasting = r >= 0;
	return r;
}

PNPN_EXPORT int pnpn_connect_lasting(struct pnpn_connection **ret_connection, const char *address)
{
	struct pnpn_connection *connection;
	int r = connection_new_to(&connection, address);

	if (r < 0)
		return r;
	r = set_lasting(connection);
	if (r < 0) {
		pnpn_disconnect(connection);
		return r;
	}
	r = connection_open(connection, -1);
	if (r < 0) {
		/* It is why, until the next try has ended too. */
		connection->session.reason = r;
		pnpn_session_look(connection);
	}
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
	pnpn_list_for_each_safe (link, after, &connection->questions)
		pnpn_question_free(pnpn_list_entry(link, struct pnpn_question, link));
	pnpn_list_for_each_safe (link, after, &connection->handles)
		pnpn_handle_free(pnpn_list_entry(link, struct pnpn_handle, link));
	connection->service = pnpn_service_free(connection->service,
						pnpn_connection_is_copy(connection));
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
	return pnpn_connection_free(connection);
}
