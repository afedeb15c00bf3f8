/* SPDX-License-Identifier: MIT */
/*
 * One bus connection on the event loop, in turns: a few messages, then somebody else's. It replaces
 * sd_bus_attach_event(), which looks at every connection whenever anything happens, reads on while nobody
 * reads the answers, and takes messages of any size and with any descriptors.
 */
#ifndef PNPN_MANAGER_PUMP_H
#define PNPN_MANAGER_PUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>
#include "core/list.h"

struct pnpn_server;
struct pnpn_user;

struct pnpn_pump {
	struct pnpn_server *server;
	sd_bus *bus; /* its owner's; NULL before start and after stop */
	struct pnpn_user *user; /* whose time is spent on what comes; NULL while nobody is known */
	struct pnpn_list waiting_link; /* in the user, while he has no credit */
	sd_event_source *io, *timer, *more;
	uint32_t events;
	bool trusted; /* the other end is dbus-daemon */
	bool got_message; /* in the step under way */
	size_t unfinished; /* bytes that came since the last whole message */
	void (*failed)(struct pnpn_pump *pump); /* it can't go on; may free it */
};

/**
 * pnpn_pump_start() - begin with the turns
 * @pump: zero but for user, trusted and failed; lives at least as long as the bus
 *
 * Returns 0; an errno.
 */
int pnpn_pump_start(struct pnpn_pump *pump, struct pnpn_server *server, sd_bus *bus);

/** No more turns; allowed again and before start. */
void pnpn_pump_stop(struct pnpn_pump *pump);

/** Something was sent, or asked, from elsewhere. */
void pnpn_pump_wake(struct pnpn_pump *pump);

/** Ends the connection of a peer that has one to itself: it hears that, and the pump, later, that it failed. */
void pnpn_pump_cut(struct pnpn_pump *pump);

/** A whole message arrived. */
void pnpn_pump_got_message(struct pnpn_pump *pump);

/** Time of the processor that this thread has used. */
uint64_t pnpn_processor_usec(void);

#endif
