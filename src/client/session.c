/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/bus.h"
#include "client/connection.h"
#include "client/device.h"
#include "client/handle.h"
#include "client/question.h"
#include "client/registration.h"
#include "client/session.h"
#include "client/stream.h"
#include "core/port.h"

/* How long one try may take. */
#define TRY_MS 5000

static void pause_a_while(struct pnpn_session *session)
{
	session->trying = false;
	pnpn_retry_pause(&session->retry);
}

/* --- looking for one ------------------------------------------------------------------------------ */

void pnpn_session_look(struct pnpn_connection *connection)
{
	struct pnpn_session *session = &connection->session;

	pnpn_bus_close(connection);
	session->trying = pnpn_bus_open(connection, -1) >= 0;
	if (session->trying) {
		pnpn_retry_set(&session->retry, TRY_MS);
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

void pnpn_session_handle_timer(struct pnpn_connection *connection)
{
	if (!pnpn_retry_is_due(&connection->session.retry))
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
	pnpn_retry_reset(&session->retry);
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
	pnpn_questions_set_lost(connection);
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
		pnpn_retry_reset(&session->retry);
		pnpn_session_look(connection);
	}
	return true;
}
