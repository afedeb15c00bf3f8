/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/known.h"
#include "fleet/token.h"

void pnpn_known_init(struct pnpn_known *known)
{
	*known = (struct pnpn_known){0};
	pnpn_list_init(&known->devices);
}

void pnpn_known_forget(struct pnpn_known_device *device)
{
	pnpn_map_remove(&device->by_id);
	pnpn_list_remove(&device->link);
	free(device->text);
	free(device);
}

void pnpn_known_deinit(struct pnpn_known *known)
{
	pnpn_list_for_each_safe (link, after, &known->devices)
		pnpn_known_forget(pnpn_list_entry(link, struct pnpn_known_device, link));
}

struct pnpn_known_device *pnpn_known_get(struct pnpn_known *known, const char *id)
{
	pnpn_map_for_each (link, &known->by_id, id)
		if (strcmp(link->name, id) == 0)
			return pnpn_list_entry(link, struct pnpn_known_device, by_id);

	struct pnpn_known_device *device = calloc(1, sizeof(*device));
	if (!device || strlen(id) >= sizeof(device->id) ||
	    pnpn_token_encode(id, "", device->token, sizeof(device->token)) < 0) {
		free(device);
		return NULL;
	}
	strcpy(device->id, id);
	pnpn_list_append(&known->devices, &device->link);
	pnpn_map_add(&known->by_id, &device->by_id, device->id);
	return device;
}
