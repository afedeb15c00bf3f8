/* SPDX-License-Identifier: MIT */
/*
 * The time with one manager, from the point of view of a connection: it is found, it goes, and a connection that
 * is to last looks for the next one, and brings back there what belongs to it (U11).
 */
#ifndef PNPN_CLIENT_SESSION_H
#define PNPN_CLIENT_SESSION_H

#include <stdbool.h>

struct pnpn_connection;
struct pnpn_event;

/** Looks for a manager: now, then again and again. */
void pnpn_session_look(struct pnpn_connection *connection);

/** The timer fired. */
void pnpn_session_handle_timer(struct pnpn_connection *connection);

/** Takes notice of a manager that was found, or went. */
void pnpn_session_update(struct pnpn_connection *connection);

/** The event that says that the manager was found, before all others of it; or that it is gone, after them. */
bool pnpn_session_take_begin(struct pnpn_connection *connection,
			     const struct pnpn_event **ret_event);
bool pnpn_session_take_end(struct pnpn_connection *connection, const struct pnpn_event **ret_event);

#endif
