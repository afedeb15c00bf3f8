/* SPDX-License-Identifier: MIT */
/* What was asked for with one pnpn_register_*() call. */
#ifndef PNPN_CLIENT_REGISTRATION_H
#define PNPN_CLIENT_REGISTRATION_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>
#include <pnpnotify.h>
#include "core/list.h"

struct pnpn_registration {
	struct pnpn_connection *connection;
	struct pnpn_list link; /* in the connection */
	struct pnpn_list attachments;
	uint32_t number;
	uint64_t handle; /* an open one, whose device alone is meant; 0: none */
	bool of_device; /* of one device; else of a class or of everything */
	bool of_devices; /* of whichever there are: it is told of each */
	bool waits; /* for that device: it may be absent, go and come again */
	unsigned int flags;
	struct pnpn_guid *events; /* the only ones that it gets; NULL: all */
	size_t n_events;
	void *userdata;
	bool returned; /* pnpn_register_*() is through: what is attached now has just come */
	int error; /* why its device can't be followed */

	/* What the next manager must be told to bring it back (session.h). */
	const char *scope;
	char *what;
	struct pnpn_list known; /* events: what is gone when the manager is */
	bool absent; /* the manager does not know it */
	bool over; /* its device went: it does not come back (D8) */
	bool again; /* it waits, or was brought back: its device is told of when it comes */
	sd_bus_slot *slot; /* the manager was asked */
};

/** The connection's registration of that number, or NULL. */
struct pnpn_registration *pnpn_registration_find(struct pnpn_connection *connection,
						 uint32_t number);

/** Frees it and what waits for it, without asking the manager. Returns NULL. */
struct pnpn_registration *pnpn_registration_free(struct pnpn_registration *registration);

/** The manager is gone: on a lasting connection it hears that all is gone that it knew of. */
void pnpn_registration_set_lost(struct pnpn_registration *registration);

/** Brings it back where it is absent. Does not block. */
void pnpn_registration_restore(struct pnpn_registration *registration);

/** Handles one of the manager's signals to registrants; others are left alone. Returns 0; an errno
 *  for a message that is not as the interface says, or without memory. */
int pnpn_registration_handle_signal(struct pnpn_connection *connection, sd_bus_message *message);

#endif
