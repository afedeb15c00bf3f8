/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "manager/limits.h"
#include "manager/property.h"
#include "source/source.h"

bool pnpn_property_is_valid(const char *key, const char *value)
{
	size_t length = strspn(key,
			       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

	return length && !key[length] && length < PNPN_PROPERTY_KEY_BYTES && *value &&
	       strlen(value) < PNPN_PROPERTY_VALUE_BYTES;
}

bool pnpn_property_append(struct pnpn_list *list, const char *key, const char *value)
{
	size_t key_bytes = strlen(key) + 1, value_bytes = strlen(value) + 1;
	struct pnpn_property *property = malloc(sizeof(*property) + key_bytes + value_bytes);

	if (!property)
		return false;
	property->key_bytes = key_bytes;
	memcpy(property->key, key, key_bytes);
	memcpy(property->key + key_bytes, value, value_bytes);
	pnpn_list_append(list, &property->link);
	return true;
}

void pnpn_property_tell(struct pnpn_list *list, const struct pnpn_property_sink *sink)
{
	pnpn_list_for_each_safe (link, after, list) {
		const struct pnpn_property *property = pnpn_list_entry(link, struct pnpn_property,
								       link);
		sink->add(sink->userdata, property->key, property->key + property->key_bytes);
	}
}

void pnpn_property_clear(struct pnpn_list *list)
{
	pnpn_list_for_each_safe (link, after, list) {
		pnpn_list_remove(link);
		free(pnpn_list_entry(link, struct pnpn_property, link));
	}
}
