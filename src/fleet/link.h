/* SPDX-License-Identifier: MIT */
/* The connection to NATS, and what has to be there: a stream of events, a bucket of hosts, a bucket of devices. */
#ifndef PNPN_FLEET_LINK_H
#define PNPN_FLEET_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <nats/nats.h>
#include "fleet/message.h"

struct pnpn_fleet_options;

/** The stream and what it takes. */
#define PNPN_FLEET_STREAM   "PNPN"
#define PNPN_FLEET_SUBJECTS PNPN_FLEET_PREFIX ">"

/** The buckets' keys as subjects. */
#define PNPN_FLEET_HOSTS   "$KV.pnpn_hosts."
#define PNPN_FLEET_DEVICES "$KV.pnpn_devices."

/** The streams under the buckets. */
#define PNPN_FLEET_HOSTS_STREAM	  "KV_pnpn_hosts"
#define PNPN_FLEET_DEVICES_STREAM "KV_pnpn_devices"

struct pnpn_link {
	natsConnection *connection;
	jsCtx *js;
	uint64_t reconnects; /* atomic: how often the connection was made anew */
};

/**
 * pnpn_link_init() - connect, and go on trying without an end
 * @name: what servers call this connection in their lists
 *
 * Blocks until a server was there, or *stop is set (then -EINTR); with stop NULL it tries once. Returns 0; an errno, after
 * it said what was wrong.
 */
int pnpn_link_init(struct pnpn_link *link, const struct pnpn_fleet_options *options,
		   const char *name, const bool *stop);

/** Nobody of ours is called any more when it returns; a link that is all zero is allowed. */
void pnpn_link_deinit(struct pnpn_link *link);

/** Whether a stream is there: NATS_OK, NATS_NOT_FOUND, or why it is not known. Blocks. */
natsStatus pnpn_link_look(struct pnpn_link *link, const char *stream);

/** Makes stream and buckets if they are not there. Blocks. Returns 0; -EAGAIN if it has to be tried again. */
int pnpn_link_prepare(struct pnpn_link *link, const struct pnpn_fleet_options *options);

/** Whether there is a server just now. Any thread. */
bool pnpn_link_is_up(const struct pnpn_link *link);

/** What goes to NATS as one message. */
struct pnpn_link_parcel {
	const char *subject;
	const char *reply; /* where the answer goes */
	const char *id; /* "" without */
	const char *headers[PNPN_FLEET_N_HEADERS]; /* NULL: not there */
	const void *data;
	size_t size;
	bool deletion; /* of a bucket's key */
};

/** Hands it to the library, which copies it. Returns 0; -EAGAIN; -ENOMEM. */
int pnpn_link_send(struct pnpn_link *link, const struct pnpn_link_parcel *parcel);

/** A message from NATS as one of ours; data stays the message's. Returns as pnpn_fleet_message_decode(). */
int pnpn_link_read(natsMsg *message, struct pnpn_fleet_message *ret_message);

/** Where in its stream a message stands, from 1 on, and when it was stored; with how many behind it there are. 0 of a
 *  message of no stream. */
uint64_t pnpn_link_place(natsMsg *message, uint64_t *ret_time, uint64_t *ret_pending);

/** Whether a bucket's message says that the key is gone. */
bool pnpn_link_is_deletion(natsMsg *message);

#endif
