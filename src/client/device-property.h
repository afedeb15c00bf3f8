/* SPDX-License-Identifier: MIT */
/* A property that this process gave its device, as it has to be given again at another manager. */
#ifndef PNPN_CLIENT_DEVICE_PROPERTY_H
#define PNPN_CLIENT_DEVICE_PROPERTY_H

#include <stddef.h>
#include "core/list.h"

struct pnpn_device_property {
	struct pnpn_list link; /* in the device */
	size_t key_bytes; /* the value stands behind the key's zero */
	char key[];
};

/** One in no list. NULL without memory. */
struct pnpn_device_property *pnpn_device_property_new(const char *key, const char *value);

/** The value of one, lent. */
const char *pnpn_device_property_value(const struct pnpn_device_property *property);

/** Takes it out of its list; NULL is allowed. Returns NULL. */
struct pnpn_device_property *pnpn_device_property_free(struct pnpn_device_property *property);

#endif
