/* SPDX-License-Identifier: MIT */
/* The PnP manager: the device tree and whoever is connected, on one event loop and one thread; only what
 * wakes has another (waker-thread.h). */
#ifndef PNPN_MANAGER_SERVER_H
#define PNPN_MANAGER_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include <systemd/sd-id128.h>
#include "core/list.h"
#include "core/map.h"
#include "core/tree.h"
#include "manager/usage.h"

struct pnpn_source;
struct pnpn_kernel_source;
struct pnpn_listener;
struct pnpn_waker_thread;

struct pnpn_server {
	sd_event *event; /* borrowed */
	sd_id128_t
		id; /* every manager its own: clients know by it that they have come to another one */
	struct pnpn_tree tree; /* of the nodes; its last number may be a handle's */
	struct pnpn_map syspaths; /* of the nodes */
	struct pnpn_map aliases; /* of the nodes */
	struct pnpn_list peers;
	struct pnpn_list ended; /* peers whose things are cleared away in turns */
	sd_event_source *clearing;
	struct pnpn_list registrations; /* every peer's, in the order in which they were made */
	struct pnpn_list users;
	struct pnpn_usage used; /* by all users but root */
	struct pnpn_usage limits, user_limits; /* for all of them together, for each */
	struct pnpn_list assignments; /* names of ports and volumes (U16) */
	char *assignments_path; /* where they are kept; NULL: nowhere */
	char *owners_path; /* who may own devices where anybody may connect (D9) */
	bool owners_told; /* that the file does not count */
	uint64_t query_usec; /* how long a query in a removal waits for its answer (D6) */
	uint64_t last_order; /* of a device's start or a registration */
	struct pnpn_source *source;
	struct pnpn_kernel_source *kernel_source;
	struct pnpn_listener *listener;
	struct pnpn_waker_thread *waker;
};

/** Takes in what the kernel module told by now: a client that acts after a driver did finds the device
 *  as the driver left it. */
void pnpn_server_catch_up(struct pnpn_server *server);

#endif
