/* SPDX-License-Identifier: MIT */
/* A device held open. */
#ifndef PNPN_CLIENT_HANDLE_H
#define PNPN_CLIENT_HANDLE_H

#include <stdint.h>
#include <pnpnotify.h>
#include "core/list.h"

struct pnpn_caller;

struct pnpn_handle {
	struct pnpn_connection *connection;
	struct pnpn_list link; /* in the connection */
	uint64_t number; /* the manager's */
	char *device;
	struct pnpn_caller *caller; /* NULL where its owner serves nothing */
	struct pnpn_list answers; /* that came while a call waited for another one */
	struct pnpn_list events; /* that the owner may signal */
	uint64_t last_event;
};

/** Opens the way to its owner over a socket, which is taken over in any case. Returns as pnpn_open_for(). */
int pnpn_handle_begin(struct pnpn_handle *handle, int socket, unsigned int access);

/** Ends it: politely, or as if the process had ended. */
void pnpn_handle_end(struct pnpn_handle *handle, bool politely);

/** Frees it without telling anybody; NULL is allowed. Returns NULL. */
struct pnpn_handle *pnpn_handle_free(struct pnpn_handle *handle);

#endif
