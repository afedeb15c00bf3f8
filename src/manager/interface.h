/* SPDX-License-Identifier: MIT */
/* The D-Bus interface of the manager (data/org.pnpnotify.Manager1.xml): D-Bus and nothing else. */
#ifndef PNPN_MANAGER_INTERFACE_H
#define PNPN_MANAGER_INTERFACE_H

#include <systemd/sd-bus.h>
#include "core/protocol.h"

struct pnpn_peer;

/** What serves one bus connection; must live as long as that. find_peer() says who sent a message: 0,
 *  or an errno, which is the answer to it. */
struct pnpn_service {
	int (*find_peer)(sd_bus_message *message, void *userdata, struct pnpn_peer **ret_peer);
	void *userdata;
};

/** What came is handled if it is a call to the manager; for a filter, which returns what this returns. */
int pnpn_interface_handle(struct pnpn_service *service, sd_bus_message *message,
			  sd_bus_error *ret_error);

#endif
