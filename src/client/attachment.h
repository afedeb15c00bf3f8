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
struct pnpn_stream;

/** The descriptors as the Attached signal brings them; lent for the call. */
struct pnpn_attachment_fds {
	int ring;
	int wake;
	int kick;
	int page;
};

struct pnpn_attachment {
	struct pnpn_stream *stream; /* NULL once buried: then only its last event lives */
	struct pnpn_registration *registration; /* likewise */
	struct pnpn_connection *connection;
	void *userdata; /* the registration's */
	const struct pnpn_guid *events; /* likewise: the only ones that are handed out */
	size_t n_events; /* 0: all are */
	bool kernel_mode;
	bool of_kernel; /* the ring is a kernel module's, and older than the manager */
	struct pnpn_list link; /* in the registration */
	struct pnpn_list stream_link;
	char *instance_id;
	struct pnpn_ring_reader reader;
	void *map;
	size_t map_bytes;
	struct pnpn_reader_page *page;
	uint64_t lost;
	uint64_t lost_untold; /* before events that were passed over */
	uint64_t passed; /* how many of those there were */
	uint32_t told; /* as the ring's header had it when the bus was last looked at for it */
	uint64_t taken;
	uint64_t published; /* the position that the manager was told last */
	uint64_t lost_at_end; /* events lost just before the removal */
	int wake_fd;
	int kick_fd;
	bool ended; /* the ring said that the device is gone */
	bool removed; /* ... and the application heard it without the manager */
	bool detached; /* the manager says that nothing from end on is for this registration */
	uint64_t end;
	struct pnpn_event
		*removal; /* the removal that is told after the last event, if it is to be */
};

/**
 * pnpn_attachment_new() - map a ring, from its head on, and be woken by it
 * @fds: looked at first (seals, sizes); what is kept is duplicated
 *
 * It is nobody's yet: neither a stream's nor a registration's. Returns 0; -EPROTO for descriptors that are no ring's; an errno.
 */
int pnpn_attachment_new(struct pnpn_attachment **ret_attachment, struct pnpn_connection *connection,
			const char *instance_id, const struct pnpn_attachment_fds *fds);

/** Frees it; NULL is allowed. Returns NULL. */
struct pnpn_attachment *pnpn_attachment_free(struct pnpn_attachment *attachment);

/** Whether something was told since the last time that has its place among the records that are there by now. */
bool pnpn_attachment_has_news(struct pnpn_attachment *attachment);

/** Nothing from this position on is taken of it. */
void pnpn_attachment_end(struct pnpn_attachment *attachment, uint64_t position);

/** What is in its ring by now is all that is taken of it. */
void pnpn_attachment_end_now(struct pnpn_attachment *attachment);

/** Looks whether its ring has more events below the limit. */
bool pnpn_attachment_look(struct pnpn_attachment *attachment, uint64_t limit);

/** Whether its ring has more events below the limit. */
static inline bool pnpn_attachment_has_more(struct pnpn_attachment *attachment, uint64_t limit)
{
	const struct pnpn_ring_reader *reader = &attachment->reader;

	/* What was seen last time will do. */
	if (reader->position < reader->head && reader->end == limit && !attachment->ended)
		return true;
	return pnpn_attachment_look(attachment, limit);
}

/** The next event, its data in buffer (PNPN_DATA_MAX bytes); false if it was none. */
bool pnpn_attachment_next(struct pnpn_attachment *attachment, void *buffer,
			  struct pnpn_event *event);

/** The removal as an event, where only the ring told of it. */
void pnpn_attachment_fill_removed(struct pnpn_attachment *attachment, void *buffer,
				  struct pnpn_event *event);

/** Its last event was handled: now and then the manager is told how far it got (R2, R9). */
void pnpn_attachment_release(struct pnpn_attachment *attachment);

/** Tells the manager how far this reader got: everything taken is handled. */
void pnpn_attachment_publish(struct pnpn_attachment *attachment);

/** Announces sleep. Returns whether it may sleep: nothing came in between. */
bool pnpn_attachment_settle(struct pnpn_attachment *attachment);

#endif
