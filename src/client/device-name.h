/* SPDX-License-Identifier: MIT */
/* A name of a device of this process: a link or an interface, as it has to be made again at another manager. */
#ifndef PNPN_CLIENT_DEVICE_NAME_H
#define PNPN_CLIENT_DEVICE_NAME_H

#include <stdbool.h>
#include <pnpnotify.h>
#include "core/list.h"

struct pnpn_device_name {
	struct pnpn_list link; /* in the device */
	char *name;
	bool is_interface;
	bool enabled; /* an interface */
	struct pnpn_guid class;
	char reference[];
};

/** A link's, in no list. NULL without memory. */
struct pnpn_device_name *pnpn_device_name_new_link(const char *name);

/** An interface's, of which the manager tells the name. NULL without memory. */
struct pnpn_device_name *pnpn_device_name_new_interface(const struct pnpn_guid *class,
							const char *reference);

/** Takes it out of its list; NULL is allowed. Returns NULL. */
struct pnpn_device_name *pnpn_device_name_free(struct pnpn_device_name *name);

/** The one of that name, whatever its prefix is spelt like, or NULL. */
struct pnpn_device_name *pnpn_device_name_find(struct pnpn_list *names, const char *name);

#endif
