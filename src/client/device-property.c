/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "client/device-property.h"

const char *pnpn_device_property_value(const struct pnpn_device_property *property)
{
	return property->key + property->key_bytes;
}

struct pnpn_device_property *pnpn_device_property_free(struct pnpn_device_property *property)
{
	if (property)
		pnpn_list_remove(&property->link);
	free(property);
	return NULL;
}

struct pnpn_device_property *pnpn_device_property_new(const char *key, const char *value)
{
	size_t key_bytes = strlen(key) + 1, value_bytes = strlen(value) + 1;
	struct pnpn_device_property *property = malloc(sizeof(*property) + key_bytes + value_bytes);

	if (!property)
		return NULL;
	pnpn_list_init(&property->link);
	property->key_bytes = key_bytes;
	memcpy(property->key, key, key_bytes);
	memcpy(property->key + key_bytes, value, value_bytes);
	return property;
}
