/* SPDX-License-Identifier: MIT */
/* Who wants to know of what. */
#ifndef PNPN_MANAGER_REGISTRATION_H
#define PNPN_MANAGER_REGISTRATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pnpnotify.h>
#include "core/list.h"
#include "core/tree.h"
#include "manager/attachment.h"

struct pnpn_filter_record;
struct pnpn_node;
struct pnpn_peer;

struct pnpn_registration_record {
	struct pnpn_registrant registrant;
	struct pnpn_list link; /* in the server */
	struct pnpn_list peer_link;
	struct pnpn_node *node; /* of one for a device; NULL once it went, or before it came */
	char *coming; /* the name of a device that is to come, or is to come again; or NULL */
	struct pnpn_filter_record *filter; /* of one for whatever it takes; NULL: for a device */
	uint64_t order; /* when it was made, against the start of devices */
	struct pnpn_list attachments;
	struct pnpn_list queries; /* in removals, where it takes part */
	uint64_t taken; /* events sent, of devices without a ring */
	uint64_t lost; /* events not sent: too many waited, or nobody knew them */
	uint64_t lost_untold;
};

/**
 * pnpn_registration_new() - register, and tell of what is there
 * @number: non-zero, not in use by this peer
 * @scope:  "device", "coming", "class", "all" or "filter"
 * @what:   a DEVICE, which need not be there for "coming", a GUID, "", or lines (filter.h)
 *
 * Returns 0; -EINVAL; -EEXIST for a number in use; -ENOENT; -EDQUOT; an errno.
 */
int pnpn_registration_new(struct pnpn_peer *peer, uint32_t number, const char *scope,
			  const char *what, unsigned int flags);

/** Ends it; nothing more is sent. Returns NULL. */
struct pnpn_registration_record *pnpn_registration_free(
	struct pnpn_registration_record *registration);

/** The peer's registration of that number, or NULL. */
struct pnpn_registration_record *pnpn_registration_get(struct pnpn_peer *peer, uint32_t number);

/** Tells registrants of what becomes of devices (D3, D8). */
extern const struct pnpn_tree_watcher pnpn_registration_watcher;

/** So many events of a device without a ring were lost before anybody was told: all who follow it are (R15). */
void pnpn_registration_lost(struct pnpn_node *node, uint64_t count);

/** An event on a device without a ring, node->sequence being its number. */
void pnpn_registration_event(struct pnpn_node *node, const struct pnpn_guid *guid, const void *data,
			     size_t size, int32_t name_offset);

/** Whether it is asked when the device is to be removed (D5). */
bool pnpn_registration_is_asked(const struct pnpn_registration_record *registration,
				const struct pnpn_node *node);

/** How many registrations follow the device. */
unsigned int pnpn_registration_count(const struct pnpn_node *node);

#endif
