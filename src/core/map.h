/* SPDX-License-Identifier: MIT */
/* Things by name: a hash table of a fixed size through its elements. ASCII case does not count in the
 * hash, so that names may be compared with it or without. */
#ifndef PNPN_CORE_MAP_H
#define PNPN_CORE_MAP_H

#include <stddef.h>
#include <stdint.h>

/** Ten thousand devices with four names each are ten in a bucket. Who has fewer devices may have fewer. */
#ifndef PNPN_MAP_BUCKETS
#define PNPN_MAP_BUCKETS 4096
#endif

/** Where an element hangs; its name must live as long as it hangs there. */
struct pnpn_map_link {
	struct pnpn_map_link *next;
	struct pnpn_map_link **previous; /* whatever points here; NULL if it is in none */
	const char *name;
};

struct pnpn_map {
	struct pnpn_map_link *buckets[PNPN_MAP_BUCKETS];
};

/** The bucket of a name: its first element may be of another name. */
struct pnpn_map_link **pnpn_map_bucket(struct pnpn_map *map, const char *name);

/** Hangs up a link that is in no map, before others of its name. */
void pnpn_map_add(struct pnpn_map *map, struct pnpn_map_link *link, const char *name);

/** Takes it off; one that is in none is left alone. */
void pnpn_map_remove(struct pnpn_map_link *link);

/** Every element whose name may be this one; the loop may not take out the element it is at. */
#define pnpn_map_for_each(link, map, wanted) \
	for (struct pnpn_map_link *link = *pnpn_map_bucket(map, wanted); link; link = link->next)

#endif
