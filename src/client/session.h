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

struct pnpn_session {
	bool lasting; /* there is to be another one */
	bool begun; /* the manager was there */
	bool lost; /* ... and went; what is left of it is handed out */
	bool untold; /* PNPN_EVENT_CONNECTED is to be handed out */
	bool over; /* PNPN_EVENT_DISCONNECTED was, and that is all */
	bool trying; /* on the way to a manager */
	bool incomplete; /* something could not be brought back yet */
	int reason; /* why the last try failed */
	char *manager; /* which one it was, or is */
	bool restarted; /* it is another one than before: whatever is in a ring was reported since */
	int timer_fd; /* -1 unless lasting */
	int pause_ms;
};

/** A connection that is to last. Returns 0; an errno. */
int pnpn_session_set_lasting(struct pnpn_connection *connection);

/** Frees what belongs to it. */
void pnpn_session_deinit(struct pnpn_connection *connection);

/** Looks for a manager: now, then again and again. */
void pnpn_session_look(struct pnpn_connection *connection);

/** The timer fired. */
void pnpn_session_handle_timer(struct pnpn_connection *connection);

/** Something could not be brought back: it is tried again. */
void pnpn_session_set_incomplete(struct pnpn_connection *connection);

/** Takes notice of a manager that was found, or went. */
void pnpn_session_update(struct pnpn_connection *connection);

/** The event that says that the manager was found, before all others of it; or that it is gone, after them. */
bool pnpn_session_take_begin(struct pnpn_connection *connection,
			     const struct pnpn_event **ret_event);
bool pnpn_session_take_end(struct pnpn_connection *connection, const struct pnpn_event **ret_event);

#endif
