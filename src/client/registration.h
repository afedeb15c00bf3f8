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
	unsigned int flags;
	void *userdata;
	bool returned; /* pnpn_register_*() is through: what is attached now has just come */
};

/** The connection's registration of that number, or NULL. */
struct pnpn_registration *pnpn_registration_find(struct pnpn_connection *connection,
						 uint32_t number);

/** Frees it and what waits for it, without asking the manager. Returns NULL. */
struct pnpn_registration *pnpn_registration_free(struct pnpn_registration *registration);

/** Handles one of the manager's signals to registrants; others are left alone. Returns 0; an errno
 *  for a message that is not as the interface says. */
int pnpn_registration_handle_signal(struct pnpn_connection *connection, sd_bus_message *message);

#endif
