/* SPDX-License-Identifier: MIT */
/* A registration's place at one device's ring. */
#ifndef PNPN_MANAGER_ATTACHMENT_H
#define PNPN_MANAGER_ATTACHMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <pnpnotify/uapi.h>
#include "core/list.h"
#include "manager/ring-memory.h"
#include "manager/waker-thread.h"

struct pnpn_group;
struct pnpn_node;
struct pnpn_peer;

/** Who registered. */
struct pnpn_registrant {
	struct pnpn_peer *peer;
	uint32_t number; /* of the registration, the peer's choice */
	unsigned int flags; /* PNPN_REGISTER_... */
};

struct pnpn_attachment_record {
	struct pnpn_node *node;
	struct pnpn_registrant registrant;
	struct pnpn_list node_link;
	struct pnpn_list registration_link;
	bool kernel_mode;
	bool charged; /* its descriptors are counted */
	struct pnpn_sealed page_memory;
	const struct pnpn_reader_page *page; /* the reader writes it: hints, never believed */
	struct pnpn_group *group;
	bool direct; /* hears the owner's wake_fd */
	int wake_fd; /* the epoll that the reader sleeps on */
	int kick_fd; /* the reader writes; see waker.c */
	int nudge_fd; /* wakes this reader alone; never read */
	struct pnpn_wake_source kick; /* of kick_fd */
	int ring_fd,
		sleep_fd; /* borrowed: what the reader maps, what it writes to before it sleeps */
};

/**
 * pnpn_attachment_record_new() - let a registration follow a device's ring, and tell it (Attached)
 * @list: the registration's attachments
 * @from_start: the device has just come: its first event is for this registration
 *
 * Returns 0; -EDQUOT if the registrant's user may have no more descriptors, for this owner's devices or at
 * all; an errno.
 */
int pnpn_attachment_record_new(const struct pnpn_registrant *registrant, struct pnpn_list *list,
			       struct pnpn_node *node, bool from_start);

/** Ends it without telling; NULL is allowed. Returns NULL. */
struct pnpn_attachment_record *pnpn_attachment_record_free(
	struct pnpn_attachment_record *attachment);

#endif
