/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "client/bus.h"
#include "client/connection.h"
#include "client/device.h"
#include "client/handle.h"
#include "client/registration.h"
#include "client/session.h"
#include "client/stream.h"
#include "core/port.h"

/* Between two tries; the pause doubles up to the last. */
#define PAUSE_FIRST_MS 20
#define PAUSE_LAST_MS  1000

/* How long one try may take. */
#define TRY_MS 5000

static void set_timer(const struct pnpn_session *session, int ms)
{
	struct itimerspec when = {.it_value = {ms / 1000, ms % 1000 * 1000000L}};

	(void)timerfd_settime(session->timer_fd, 0, &when, NULL);
}

static void pause_a_while(struct pnpn_session *session)
{
	session->trying = false;
	session->pause_ms = session->pause_ms ? 2 * session->pause_ms : PAUSE_FIRST_MS;
	if (session->pause_ms > PAUSE_LAST_MS)
		session->pause_ms = PAUSE_LAST_MS;
	set_timer(session, session->pause_ms);
}

int pnpn_session_set_lasting(struct pnpn_connection *connection)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = &pnpn_timer_tag};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd < 0)
		return -errno;
	if (epoll_ctl(connection->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
		close(fd);
		return -errno;
	}
	connection->session.timer_fd = fd;
	connection->session.lasting = true;
	return 0;
}

void pnpn_session_deinit(struct pnpn_connection *connection)
{
	if (connection->session.timer_fd >= 0)
		close(connection->session.timer_fd);
	free(connection->session.manager);
}

/* --- looking for one ------------------------------------------------------------------------------ */

void pnpn_session_look(struct pnpn_connection *connection)
{
	struct pnpn_session *session = &connection->session;

	pnpn_bus_close(connection);
	session->trying = pnpn_bus_open(connection, -1) >= 0;
	if (session->trying) {
		set_timer(session, TRY_MS);
		return;
	}
	session->reason = connection->error;
	pause_a_while(session);
}

static void give_up(struct pnpn_connection *connection, int reason)
{
	pnpn_bus_close(connection);
	connection->error = connection->session.reason = reason;
	pause_a_while(&connection->session);
}

static void restore(struct pnpn_connection *connection)
{
	connection->session.incomplete = false;
	pnpn_list_for_each_safe (link, after, &connection->devices)
		pnpn_device_restore(pnpn_list_entry(link, struct pnpn_device, link));
	pnpn_list_for_each_safe (link, after, &connection->registrations)
		pnpn_registration_restore(pnpn_list_entry(link, struct pnpn_registration, link));
}

void pnpn_session_set_incomplete(struct pnpn_connection *connection)
{
	struct pnpn_session *session = &connection->session;

	if (session->incomplete || connection->error)
		return;
	session->incomplete = true;
	pause_a_while(session);
}

void pnpn_session_handle_timer(struct pnpn_connection *connection)
{
	uint64_t times;

	if (read(connection->session.timer_fd, &times, sizeof(times)) < 0)
		return;
	if (connection->session.trying)
		give_up(connection, -ETIMEDOUT);
	else if (!connection->error)
		restore(connection);
	else if (!connection->session.begun)
		pnpn_session_look(connection);
}

/* --- found, gone ---------------------------------------------------------------------------------- */

static void begin(struct pnpn_connection *connection)
{
	struct pnpn_session *session = &connection->session;

	char *manager = pnpn_bus_identify(connection);

	session->restarted = manager &&
			     (!session->manager || strcmp(manager, session->manager) != 0);
	free(session->manager);
	session->manager = manager;
	session->begun = true;
	session->reason = 0;
	if (!session->trying)
		return; /* there from the start: nothing to bring back, nothing to tell */
	session->trying = false;
	session->untold = true;
	session->pause_ms = 0;
	set_timer(session, 0);
	restore(connection);
	pnpn_connection_set_pending(connection);
}

/* What is in the rings is still to be had; then comes what each registration must hear (U11). */
static void end(struct pnpn_connection *connection)
{
	connection->session.lost = true;
	connection->session.reason = connection->error;
	pnpn_list_for_each_safe (link, after, &connection->devices)
		pnpn_device_set_lost(pnpn_list_entry(link, struct pnpn_device, link));
	pnpn_list_for_each_safe (link, after, &connection->handles)
		pnpn_list_entry(link, struct pnpn_handle, link)->number = 0;
	pnpn_list_for_each_safe (link, after, &connection->registrations)
		pnpn_registration_set_lost(pnpn_list_entry(link, struct pnpn_registration, link));
	pnpn_streams_close(connection);
	pnpn_connection_set_pending(connection);
}

void pnpn_session_update(struct pnpn_connection *connection)
{
	struct pnpn_session *session = &connection->session;

	if (!session->begun && !connection->error)
		begin(connection);
	else if (session->begun && !session->lost && connection->error)
		end(connection);
	else if (session->trying && connection->error && connection->error != -EINPROGRESS)
		give_up(connection, connection->error);
}

static void fill(struct pnpn_connection *connection, enum pnpn_event_kind kind,
		 const struct pnpn_event **ret_event)
{
	connection->current = (struct pnpn_event){
		.kind = kind,
		.record = {.name_offset = PNPN_NO_TEXT, .time = pnpn_port_now()},
		.device = "",
		.data = connection->buffer,
		.text = connection->text,
	};
	*ret_event = &connection->current;
}

bool pnpn_session_take_begin(struct pnpn_connection *connection,
			     const struct pnpn_event **ret_event)
{
	if (!connection->session.untold)
		return false;
	connection->session.untold = false;
	fill(connection, PNPN_EVENT_CONNECTED, ret_event);
	return true;
}

bool pnpn_session_take_end(struct pnpn_connection *connection, const struct pnpn_event **ret_event)
{
	struct pnpn_session *session = &connection->session;

	if (!session->lost || session->over || !pnpn_list_is_empty(&connection->ready))
		return false;
	fill(connection, PNPN_EVENT_DISCONNECTED, ret_event);
	session->over = !session->lasting;
	if (session->lasting) {
		session->begun = session->lost = false;
		session->pause_ms = 0;
		pnpn_session_look(connection);
	}
	return true;
}
