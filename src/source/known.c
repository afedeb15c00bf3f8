/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "source/known.h"

struct pnpn_known *pnpn_known_find(struct pnpn_known_devices *devices, const char *syspath)
{
	pnpn_map_for_each (link, &devices->by_syspath, syspath)
		if (strcmp(link->name, syspath) == 0)
			return pnpn_list_entry(link, struct pnpn_known, by_syspath);
	return NULL;
}

struct pnpn_known *pnpn_known_new(struct pnpn_known_devices *devices, const char *syspath,
				  const char *instance_id)
{
	struct pnpn_known *known = calloc(1, sizeof(*known));

	if (!known)
		return NULL;
	pnpn_list_append(&devices->all, &known->link);
	known->syspath = strdup(syspath);
	known->instance_id = strdup(instance_id);
	if (!known->syspath || !known->instance_id) {
		pnpn_known_free(known);
		return NULL;
	}
	pnpn_map_add(&devices->by_syspath, &known->by_syspath, known->syspath);
	return known;
}

void pnpn_known_free(struct pnpn_known *known)
{
	pnpn_list_remove(&known->link);
	pnpn_map_remove(&known->by_syspath);
	pnpn_volume_look_deinit(&known->look);
	pnpn_device_state_deinit(&known->state);
	free(known->syspath);
	free(known->instance_id);
	free(known);
}
