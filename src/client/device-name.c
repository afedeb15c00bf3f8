/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "client/device-name.h"
#include "core/name.h"

/* \\.\, \\?\, \??\ */
#define PREFIX_BYTES 4

struct pnpn_device_name *pnpn_device_name_free(struct pnpn_device_name *name)
{
	if (!name)
		return NULL;
	pnpn_list_remove(&name->link);
	free(name->name);
	free(name);
	return NULL;
}

struct pnpn_device_name *pnpn_device_name_new_interface(const struct pnpn_guid *class,
							const char *reference)
{
	struct pnpn_device_name *name = calloc(1, sizeof(*name) + strlen(reference) + 1);

	if (!name)
		return NULL;
	pnpn_list_init(&name->link);
	name->is_interface = true;
	name->class = *class;
	strcpy(name->reference, reference);
	return name;
}

struct pnpn_device_name *pnpn_device_name_new_link(const char *link)
{
	struct pnpn_device_name *name = calloc(1, sizeof(*name) + 1);

	if (!name)
		return NULL;
	pnpn_list_init(&name->link);
	name->name = strdup(link);
	return name->name ? name : pnpn_device_name_free(name);
}

struct pnpn_device_name *pnpn_device_name_find(struct pnpn_list *names, const char *name)
{
	if (strlen(name) < PREFIX_BYTES)
		return NULL;
	pnpn_list_for_each_safe (link, after, names) {
		struct pnpn_device_name *one = pnpn_list_entry(link, struct pnpn_device_name, link);
		if (one->name && pnpn_name_equal(one->name + PREFIX_BYTES, name + PREFIX_BYTES))
			return one;
	}
	return NULL;
}
