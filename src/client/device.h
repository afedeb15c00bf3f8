/* SPDX-License-Identifier: MIT */
/* A device that this process owns: the writing end of its ring, and who is to be woken. */
#ifndef PNPN_CLIENT_DEVICE_H
#define PNPN_CLIENT_DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>
#include <pnpnotify.h>
#include "core/list.h"
#include "core/ring-writer.h"

struct pnpn_device {
	struct pnpn_connection *connection;
	struct pnpn_list link; /* in the connection */
	uint64_t number; /* the manager's */
	char *instance_id;
	struct pnpn_ring_writer writer;
	void *map;
	size_t map_bytes;
	int wake_fd;
	int helper_fd;
	int handled_fd;
	bool numbered; /* its events have the numbers that they have elsewhere (F4), ... */
	uint64_t base; /* ... after this one */
	bool asked; /* the process is, before it is removed (D5) */
	uint64_t surprise; /* the query of its surprise, whose answer ends its reports */
	bool gone; /* it was removed, or is about to be: it does not come back */
	bool started; /* atomic: reports come from any thread */

	/* What the next manager must be told to bring it back (session.h). */
	struct pnpn_list names, properties;
	bool has_access; /* the following was set */
	uint32_t access_mode, access_uid, access_gid;
	bool serves; /* it hears of who opens it */
	pnpn_opened *opened; /* NULL: by pnpn_next_io() */
	void *opened_data;
	bool absent; /* the manager does not know it */
	sd_bus_slot *slot; /* ... but was asked */
};

/** The connection's device of the manager's number, or NULL. */
struct pnpn_device *pnpn_device_find(struct pnpn_connection *connection, uint64_t number);

/** Answers the manager's calls to owners (org.pnpnotify.Owner1). Returns 1 if it was one; 0; an errno: it
 *  could not be answered. */
int pnpn_device_handle_call(struct pnpn_connection *connection, sd_bus_message *call);

/** The manager is gone: reports are refused from now on. */
void pnpn_device_set_lost(struct pnpn_device *device);

/** Brings it back, as it was, where it is absent. Does not block. */
void pnpn_device_restore(struct pnpn_device *device);

/** Frees it without telling the manager; NULL is allowed. Returns NULL. */
struct pnpn_device *pnpn_device_free(struct pnpn_device *device);

#endif
