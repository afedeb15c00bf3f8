/* SPDX-License-Identifier: MIT */
/* The D-Bus connection to the manager: opened without blocking, its messages handled in their order. */
#ifndef PNPN_CLIENT_BUS_H
#define PNPN_CLIENT_BUS_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>
#include "core/protocol.h"

struct pnpn_connection;

/** Who is given what the manager sends unasked. */
struct pnpn_bus_sink {
	/** A call. Returns 1 if it was one that is known, and is answered; 0; an errno, with which the connection
	 *  ends: it could not be answered. */
	int (*handle_call)(struct pnpn_connection *connection, sd_bus_message *call);
	/** A signal; others are left alone. Returns 0; an errno, with which the connection ends. */
	int (*handle_signal)(struct pnpn_connection *connection, sd_bus_message *message);
};

/**
 * pnpn_bus_open() - begin to connect to the connection's address, or over fd
 * @fd: duplicated; -1: to the address
 *
 * connection->error is -EINPROGRESS until it is known how that ended, 0 from then on until the manager goes.
 * Returns 0; an errno if it ended at once.
 */
int pnpn_bus_open(struct pnpn_connection *connection, int fd);

/** Waits until that is known. Returns 0; as pnpn_connect(). */
int pnpn_bus_wait_open(struct pnpn_connection *connection);

/** Which manager it is: another text for each, the caller's to free(); NULL if that can't be told. */
char *pnpn_bus_identify(struct pnpn_connection *connection);

/** Whether the manager sent it: on the system bus anybody may send us something. */
bool pnpn_bus_is_from_manager(const struct pnpn_connection *connection, sd_bus_message *message);

/** Ends it; what was asked is not answered any more. */
void pnpn_bus_close(struct pnpn_connection *connection);

/** Handles so many messages. */
void pnpn_bus_process(struct pnpn_connection *connection, unsigned int messages);

/**
 * pnpn_bus_call() - one of the manager's methods
 * @types:     of the arguments that follow; a NULL reply is dropped
 * @ret_reply: the caller's, to be freed with sd_bus_message_unref(); may be NULL
 *
 * Blocks until the answer is there; every signal that came before it is handled by then. Returns 0; the
 * manager's errno; -ENOTCONN; -ETIMEDOUT.
 */
int pnpn_bus_call(struct pnpn_connection *connection, sd_bus_message **ret_reply,
		  const char *method, const char *types, ...);

/** pnpn_bus_call() that waits for its answer as long as there is a manager. */
int pnpn_bus_call_patiently(struct pnpn_connection *connection, sd_bus_message **ret_reply,
			    const char *method, const char *types, ...);

/** pnpn_bus_call() with which the manager is to let go of something. Without memory to ask it for that the
 *  connection ends, and with it all that the manager has of it. */
void pnpn_bus_undo(struct pnpn_connection *connection, const char *method, const char *types, ...);

/** pnpn_bus_call() with a message of the caller's making, which stays the caller's. */
int pnpn_bus_send(struct pnpn_connection *connection, sd_bus_message *call,
		  sd_bus_message **ret_reply);

/** A message for pnpn_bus_send(). Returns 0; -ENOTCONN; an errno. */
int pnpn_bus_new_call(struct pnpn_connection *connection, const char *method,
		      sd_bus_message **ret_call);

/** What an answer says: 0; the manager's errno; -ENOTCONN. */
int pnpn_bus_answer_errno(sd_bus_message *answer);

/** pnpn_bus_call() whose answer goes to a callback, unless the slot is unreferenced before, or to nobody if
 *  that is NULL. Does not block. Returns 0; -ENOTCONN; an errno. */
int pnpn_bus_call_async(struct pnpn_connection *connection, sd_bus_slot **ret_slot,
			sd_bus_message_handler_t callback, void *userdata, const char *method,
			const char *types, ...);

#endif
