/* SPDX-License-Identifier: MIT */
/* A device held open. */
#ifndef PNPN_CLIENT_HANDLE_H
#define PNPN_CLIENT_HANDLE_H

#include <stdint.h>
#include <pnpnotify.h>
#include "core/list.h"

struct pnpn_handle {
	struct pnpn_connection *connection;
	struct pnpn_list link; /* in the connection */
	uint64_t number; /* the manager's */
	char *device;
};

/** Frees it without telling the manager; NULL is allowed. Returns NULL. */
struct pnpn_handle *pnpn_handle_free(struct pnpn_handle *handle);

#endif
