/* SPDX-License-Identifier: MIT */
/* What belongs to one connection to the manager, and the epoll that everything hangs in. */
#ifndef PNPN_CLIENT_CONNECTION_H
#define PNPN_CLIENT_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>
#include <pnpnotify.h>
#include "client/event.h"
#include "client/retry.h"
#include "core/list.h"

struct pnpn_attachment;
struct pnpn_bus_sink;

/** The most descriptors that one message of the manager brings. */
#define PNPN_SPARE_FDS 4

/** What the epoll's data says where it is no attachment. */
extern char pnpn_bus_tag, pnpn_pending_tag, pnpn_timer_tag, pnpn_service_tag;

/** The time with one manager (session.h). */
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
	struct pnpn_retry retry; /* where it is lasting */
};

struct pnpn_connection {
	bool *own; /* true in the process that made the connection, false in its children: a page that is wiped */
	const struct pnpn_bus_sink *sink;
	sd_bus *bus; /* NULL where there is none just now */
	char *address; /* NULL: the system bus */
	bool is_system_bus;
	bool greeted; /* the other end said something, and it was not that we are turned away */
	char *manager; /* on the system bus: the manager's unique name, the only one believed */
	int error; /* 0 while the manager is there; -EINPROGRESS on the way to it; else why not */
	uint64_t limit_usec; /* how long an answer is waited for */
	int epoll_fd;
	int bus_fd; /* as it hangs in the epoll */
	uint32_t bus_events; /* what the epoll waits for on it */
	int pending_fd; /* readable while something waits that no descriptor tells of */
	int spare_fds[PNPN_SPARE_FDS]; /* given up for the time of receiving a message */

	struct pnpn_session session;

	struct pnpn_service *service; /* what its devices are asked; NULL where none serves */

	uint32_t last_registration; /* the number given last */
	struct pnpn_list registrations;
	struct pnpn_list handles;
	struct pnpn_list devices;
	struct pnpn_list streams;
	struct pnpn_list questions;
	struct pnpn_list answered; /* events: of questions, to be handed out */
	struct pnpn_list ready; /* streams that may have more */

	unsigned int streak; /* events taken in a row from the first ready stream */
	unsigned int
		run; /* events that may be taken of the same ring with no look at anything else */
	unsigned int asked; /* pnpn_next_event() since the descriptors were last looked at */

	struct pnpn_event current; /* what was taken from a ring */
	struct pnpn_event *queued; /* what was taken of what the manager told */
	const struct pnpn_event *held; /* taken, and not handed out yet */
	struct pnpn_attachment *taken_from; /* whose event current is */
	struct pnpn_attachment *graveyard; /* freed once its last event is released */
	char *text;
	void *buffer;
};

/** One that is connected to nobody. Returns 0; an errno. */
int pnpn_connection_new(struct pnpn_connection **ret_connection, const struct pnpn_bus_sink *sink);

/** Frees it; nothing hangs in its lists any more, and its bus is closed. NULL is allowed. Returns NULL. */
struct pnpn_connection *pnpn_connection_free(struct pnpn_connection *connection);

/**
 * pnpn_connection_is_copy() - whether this is a child's copy of its parent's connection (U11)
 *
 * Then epoll, bus and rings are still the parent's: nothing may be done with them but to let go.
 */
static inline bool pnpn_connection_is_copy(const struct pnpn_connection *connection)
{
	return !__atomic_load_n(connection->own, __ATOMIC_RELAXED);
}

/** Has the descriptor be readable, because there is something to take that no other tells of. */
void pnpn_connection_set_pending(struct pnpn_connection *connection);

/** Something could not be brought back to the manager: it is tried again. */
void pnpn_connection_set_incomplete(struct pnpn_connection *connection);

#endif
