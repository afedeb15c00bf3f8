/* SPDX-License-Identifier: MIT */
/* What openers ask of this process's devices. */
#ifndef PNPN_CLIENT_SERVICE_H
#define PNPN_CLIENT_SERVICE_H

#include <pnpnotify.h>

struct pnpn_connection;
struct pnpn_service;

/** The connection's, made if need be. Returns 0; an errno. */
int pnpn_service_get(struct pnpn_connection *connection, struct pnpn_service **ret_service);

/** Somebody opened a device: a socket, taken over in any case. */
void pnpn_service_open(struct pnpn_service *service, struct pnpn_device *device,
		       const struct pnpn_opener *opener, int socket);

/** The device goes, and what is open of it with it. */
void pnpn_service_drop_device(struct pnpn_service *service, const struct pnpn_device *device);

/** Ends all of it, what was handed out too; a child's copy, so that its parent's goes on. NULL is allowed. Returns
 *  NULL. */
struct pnpn_service *pnpn_service_free(struct pnpn_service *service, bool copy);

#endif
