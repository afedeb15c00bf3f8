/* SPDX-License-Identifier: MIT */
/* A manager is put together, and taken apart. */
#ifndef PNPN_MANAGER_SETUP_H
#define PNPN_MANAGER_SETUP_H

#include <stdint.h>
#include <systemd/sd-event.h>

struct pnpn_server;

/** An empty manager on the caller's event loop, which must outlive it. Returns 0. */
int pnpn_server_new(struct pnpn_server **ret_server, sd_event *event);

/** Runs the event loop until sd_event_exit(): that it had no memory for a moment does not end it. Returns the code
 *  that was given there; an errno. */
int pnpn_server_run(sd_event *event);

/** Cuts every peer and frees everything; NULL is allowed. Returns NULL. */
struct pnpn_server *pnpn_server_free(struct pnpn_server *server);

/** Presents Linux's devices too. Returns 0; an errno. */
int pnpn_server_add_linux(struct pnpn_server *server);

/** Presents the devices of kernel modules too, as soon as there are any. Returns 0; an errno. */
int pnpn_server_add_kernel(struct pnpn_server *server);

/** How long whoever is asked in a removal may take to answer (D6). */
void pnpn_server_set_query_limit(struct pnpn_server *server, uint64_t usec);

#endif
