/* SPDX-License-Identifier: MIT */
/* What pnpn_next_event() hands out: from a ring into the connection's own, or told by the manager. */
#ifndef PNPN_CLIENT_EVENT_H
#define PNPN_CLIENT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pnpnotify.h>
#include <pnpnotify/uapi.h>
#include "core/list.h"

struct pnpn_connection;

struct pnpn_event {
	enum pnpn_event_kind kind;
	struct pnpn_registration *registration;
	void *userdata;
	const char *device; /* the attachment's, or own_device */
	const char *interface; /* own_interface, or NULL */
	struct pnpn_ring_record
		record; /* as it came out of the ring: guid, sequence, time, sizes */
	uint64_t monotonic_time; /* of a copy; else it is worked out */
	uint64_t lost;
	void *data;
	char *text; /* room for the text of the largest event; the connection's */

	struct pnpn_list link; /* in a stream's told, or a registration's known */
	struct pnpn_connection *connection; /* of one that may be answered; a copy is not */
	struct pnpn_question *question; /* that was answered */
	uint64_t query; /* what an answer has to name; 0: none is waited for */
	uint64_t device_number; /* of the stream */
	uint64_t position; /* where it stands among the ring's events */
	char *own_device;
	char *own_interface;
	void *own_data;
	char *own_text; /* of a copy that has any */
};

/**
 * pnpn_event_new() - an event for the queue
 * @interface: may be NULL
 * @data:      copied
 *
 * pnpn_event_free() takes it out of the queue, too. Returns 0; -ENOMEM.
 */
int pnpn_event_new(struct pnpn_event **ret_event, enum pnpn_event_kind kind, const char *device,
		   const char *interface, const void *data, size_t data_size);

#endif
