/* SPDX-License-Identifier: MIT */
/* The way to the manager: one sd-bus connection, one epoll that everything hangs in. */
#ifndef PNPN_CLIENT_CONNECTION_H
#define PNPN_CLIENT_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>
#include <pnpnotify.h>
#include "client/attachment.h"
#include "client/event.h"
#include "core/list.h"

#define PNPN_MANAGER_NAME      "org.pnpnotify.Manager1"
#define PNPN_MANAGER_PATH      "/org/pnpnotify/Manager1"
#define PNPN_MANAGER_INTERFACE "org.pnpnotify.Manager1"
#define PNPN_OWNER_PATH	       "/org/pnpnotify/Owner1"
#define PNPN_OWNER_INTERFACE   "org.pnpnotify.Owner1"

/** The version of the manager's interface that this library speaks. */
#define PNPN_MANAGER_VERSION 2u

struct pnpn_connection {
	sd_bus *bus;
	bool is_system_bus;
	char *manager; /* on the system bus: the manager's unique name, the only one believed */
	int epoll_fd;
	int bus_fd; /* as it hangs in the epoll */
	uint32_t bus_events; /* what the epoll waits for on it */
	int pending_fd; /* readable while something waits that no descriptor tells of */

	uint32_t last_registration; /* the number given last */
	struct pnpn_list registrations;
	struct pnpn_list handles;
	struct pnpn_list devices;
	struct pnpn_list streams;
	struct pnpn_list ready; /* streams that may have more */

	unsigned int streak; /* events taken in a row from the first ready stream */
	unsigned int asked; /* pnpn_next_event() since the descriptors were last looked at */
	int signal_error; /* what went wrong with a signal during the call under way */
	bool in_call;

	bool lost; /* the manager is gone */
	bool lost_told; /* PNPN_EVENT_DISCONNECTED was handed out */

	struct pnpn_event current; /* what was taken from a ring */
	struct pnpn_event *queued; /* what was taken of what the manager told */
	struct pnpn_attachment *taken_from; /* whose event current is */
	struct pnpn_attachment *graveyard; /* freed once its last event is released */
	char *text;
	void *buffer;
};

/**
 * pnpn_connection_call() - one of the manager's methods
 * @types:     of the arguments that follow; a NULL reply is dropped
 * @ret_reply: the caller's, to be freed with sd_bus_message_unref(); may be NULL
 *
 * Blocks until the answer is there and every signal that came before it is handled. Returns 0; the
 * manager's errno; -ENOTCONN; -ETIMEDOUT.
 */
int pnpn_connection_call(struct pnpn_connection *connection, sd_bus_message **ret_reply,
			 const char *method, const char *types, ...);

/** pnpn_connection_call() with a message of the caller's making, which stays the caller's. */
int pnpn_connection_send(struct pnpn_connection *connection, sd_bus_message *call,
			 sd_bus_message **ret_reply);

/** A message for pnpn_connection_send(). Returns 0; an errno. */
int pnpn_connection_new_call(struct pnpn_connection *connection, const char *method,
			     sd_bus_message **ret_call);

/** Has the descriptor be readable, because there is something to take that no other tells of. */
void pnpn_connection_set_pending(struct pnpn_connection *connection);

#endif
