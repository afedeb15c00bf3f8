/* SPDX-License-Identifier: MIT */
/* A registration's hold on one device's event ring: the map, the reader, the way to sleep. */
#ifndef PNPN_CLIENT_ATTACHMENT_H
#define PNPN_CLIENT_ATTACHMENT_H

#include <stdbool.h>
#include <stdint.h>
#include "client/event.h"
#include "core/list.h"
#include "core/ring-reader.h"

struct pnpn_connection;
struct pnpn_registration;

/** The descriptors as the Attached signal brings them; lent for the call. */
struct pnpn_attachment_fds {
	int ring;
	int wake;
	int kick;
	int page;
};

struct pnpn_attachment {
	struct pnpn_connection *connection;
	struct pnpn_registration
		*registration; /* NULL once buried: then only its last event lives */
	bool kernel_mode;
	struct pnpn_list link; /* in the registration */
	struct pnpn_list ready_link; /* in the connection's ready list */
	uint64_t device; /* the manager's number */
	char *instance_id;
	struct pnpn_ring_reader reader;
	void *map;
	size_t map_bytes;
	struct pnpn_reader_page *page;
	uint64_t lost;
	uint64_t taken;
	uint64_t lost_at_end; /* events lost just before the removal */
	int wake_fd;
	int kick_fd;
	bool ended; /* the ring said that the device is gone */
	bool removed; /* the removal was handed out */
	bool detached; /* the manager says that nothing follows */
	bool is_gone; /* ... because the device is gone */
};

/** What pnpn_attachment_next() found. */
enum pnpn_attachment_next {
	PNPN_ATTACHMENT_EMPTY, /* nothing now; it wakes when there is */
	PNPN_ATTACHMENT_EVENT, /* the event was written */
	PNPN_ATTACHMENT_DONE, /* nothing ever again: free it */
};

/**
 * pnpn_attachment_new() - map a ring, from its head on, and be woken by it
 * @fds: looked at first (seals, sizes); what is kept is duplicated
 *
 * It joins the registration. Returns 0; -EPROTO for descriptors that are no ring's; an errno.
 */
int pnpn_attachment_new(struct pnpn_attachment **ret_attachment,
			struct pnpn_registration *registration, uint64_t device,
			const char *instance_id, const struct pnpn_attachment_fds *fds);

/** Frees it; NULL is allowed. Returns NULL. */
struct pnpn_attachment *pnpn_attachment_free(struct pnpn_attachment *attachment);

/** Puts it among those that pnpn_next_event() looks at. */
void pnpn_attachment_mark_ready(struct pnpn_attachment *attachment);

/** The next event, its data in buffer (PNPN_DATA_MAX bytes), of this device. */
enum pnpn_attachment_next pnpn_attachment_next(struct pnpn_attachment *attachment, void *buffer,
					       struct pnpn_event *event);

/** Whether its ring has more events. */
bool pnpn_attachment_has_more(struct pnpn_attachment *attachment);

/** Its last event was handled: now and then the manager is told how far it got (R2, R9). */
void pnpn_attachment_release(struct pnpn_attachment *attachment);

/** Tells the manager how far this reader got: everything taken is handled. */
void pnpn_attachment_publish(struct pnpn_attachment *attachment);

/** Announces sleep. Returns whether it may sleep: nothing came in between. */
bool pnpn_attachment_settle(struct pnpn_attachment *attachment);

#endif
