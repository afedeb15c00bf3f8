/* SPDX-License-Identifier: MIT */
/*
 * What a connection has yet to hand out of one device, in the device's own order: the events in its ring, for
 * each registration that follows it, and what the manager told of it, each at its place among them (R11, D8).
 */
#ifndef PNPN_CLIENT_STREAM_H
#define PNPN_CLIENT_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <pnpnotify.h>
#include "core/list.h"

struct pnpn_attachment;
struct pnpn_registration;

struct pnpn_stream {
	struct pnpn_connection *connection;
	struct pnpn_list link; /* in the connection */
	struct pnpn_list
		ready_link; /* in the connection, while there may be something to hand out */
	uint64_t device; /* the manager's number; 0: all devices without a ring */
	char *instance_id; /* NULL for those */
	struct pnpn_list attachments;
	struct pnpn_list told; /* events that the manager told of */
	bool behind; /* an older device of this id has not been handed out to its end */
	bool closed; /* of a manager that is gone: nothing more comes */
};

/** The stream of a device, made if there is none. Returns 0; -ENOMEM. */
int pnpn_stream_get(struct pnpn_connection *connection, uint64_t device, const char *instance_id,
		    struct pnpn_stream **ret_stream);

/** Takes over a device's attachment: what is in its ring is handed out. */
void pnpn_stream_add(struct pnpn_stream *stream, struct pnpn_attachment *attachment);

/** Takes over an event that the manager told of: it is handed out at its position. */
void pnpn_stream_tell(struct pnpn_stream *stream, struct pnpn_event *event);

/** There may be something to hand out. */
void pnpn_stream_mark_ready(struct pnpn_stream *stream);

/** Nothing of this registration is handed out any more; its attachments go. */
void pnpn_streams_forget(struct pnpn_connection *connection,
			 const struct pnpn_registration *registration);

/** The manager is gone: what is there is still handed out, and nothing wakes for it. */
void pnpn_streams_close(struct pnpn_connection *connection);

/** Frees all of them, with what they hold. */
void pnpn_streams_free(struct pnpn_connection *connection);

/** The next event of the ring that the last came from, where nothing else can be next. */
bool pnpn_streams_go_on(struct pnpn_connection *connection, const struct pnpn_event **ret_event);

/** The next event of any stream, each getting its turn; the last one was released. */
bool pnpn_streams_take(struct pnpn_connection *connection, const struct pnpn_event **ret_event);

/** The caller is done with the last event. */
void pnpn_streams_release(struct pnpn_connection *connection);

#endif
