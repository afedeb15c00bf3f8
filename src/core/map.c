/* SPDX-License-Identifier: MIT */
#include "core/map.h"

/* FNV-1a. */
struct pnpn_map_link **pnpn_map_bucket(struct pnpn_map *map, const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++) {
		unsigned char c = (unsigned char)*name;
		hash = (hash ^ (c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c)) * 16777619u;
	}
	return &map->buckets[(hash ^ hash >> 16) % PNPN_MAP_BUCKETS];
}

void pnpn_map_add(struct pnpn_map *map, struct pnpn_map_link *link, const char *name)
{
	struct pnpn_map_link **bucket = pnpn_map_bucket(map, name);

	link->name = name;
	link->next = *bucket;
	link->previous = bucket;
	if (link->next)
		link->next->previous = &link->next;
	*bucket = link;
}

void pnpn_map_remove(struct pnpn_map_link *link)
{
	if (!link->previous)
		return;
	*link->previous = link->next;
	if (link->next)
		link->next->previous = link->previous;
	link->previous = NULL;
	link->next = NULL;
}
