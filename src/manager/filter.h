/* SPDX-License-Identifier: MIT */
/* What a registration is for that is not for one device: a class, everything, or less than that. */
#ifndef PNPN_MANAGER_FILTER_H
#define PNPN_MANAGER_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <pnpnotify.h>
#include "core/list.h"
#include "core/tree.h"

struct pnpn_node;

struct pnpn_filter_record {
	struct pnpn_guid *classes; /* an interface of one of them; none: of any */
	size_t n_classes;
	struct pnpn_guid *events; /* one of them; none: any */
	size_t n_events;
	struct pnpn_list properties; /* a value of each key */
	size_t n_properties;
	struct pnpn_list matches; /* devices that have those: looked at once, when they come */
};

/** One that takes everything. Returns NULL without memory. */
struct pnpn_filter_record *pnpn_filter_record_new(void);

/** Frees it; NULL is allowed. Returns NULL. */
struct pnpn_filter_record *pnpn_filter_record_free(struct pnpn_filter_record *filter);

/** One more class, as text. Returns 0; -EINVAL; -ENOMEM. */
int pnpn_filter_record_add_class(struct pnpn_filter_record *filter, const char *class);

/** What a client asks for: lines "class GUID", "event GUID" and "property KEY=VALUE". Returns 0; -EINVAL; -ENOMEM. */
int pnpn_filter_record_add_lines(struct pnpn_filter_record *filter, const char *lines);

/** A device is there: looks at its properties. Returns 0; -ENOMEM. */
int pnpn_filter_note(struct pnpn_filter_record *filter, struct pnpn_node *node);

/** The device goes. */
void pnpn_filter_forget(struct pnpn_filter_record *filter, const struct pnpn_node *node);

/** Whether the device has the properties, as they were noted. */
bool pnpn_filter_has_properties(const struct pnpn_filter_record *filter,
				const struct pnpn_node *node);

/** Whether a device that has started is meant, with its interfaces as they are. */
bool pnpn_filter_takes(const struct pnpn_filter_record *filter, const struct pnpn_node *node);

/** Whether an interface is. */
bool pnpn_filter_takes_interface(const struct pnpn_filter_record *filter,
				 const struct pnpn_tree_interface *interface);

/** Whether such events are. */
bool pnpn_filter_takes_event(const struct pnpn_filter_record *filter,
			     const struct pnpn_guid *event);

/** Whether this is the first interface of its device that is meant, and was ever enabled. */
bool pnpn_filter_is_first(const struct pnpn_filter_record *filter,
			  const struct pnpn_tree_interface *interface);

#endif
