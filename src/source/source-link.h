/* SPDX-License-Identifier: MIT */
/* Network interfaces that get or lose their carrier: Linux makes no device event of that. */
#ifndef PNPN_SOURCE_LINK_H
#define PNPN_SOURCE_LINK_H

#include <systemd/sd-event.h>

struct pnpn_known;
struct pnpn_known_devices;
struct pnpn_links;
struct pnpn_source_sink;

/** Tells of what changes from now on; the sink lives longer. Returns 0; an errno. */
int pnpn_links_new(struct pnpn_links **ret_links, sd_event *event,
		   struct pnpn_known_devices *devices, const struct pnpn_source_sink *sink);

/** The sink was told that a device is there: its link is told if it is up, and what changes. */
void pnpn_links_came(struct pnpn_links *links, struct pnpn_known *known);

/** The device is about to be forgotten. */
void pnpn_links_went(struct pnpn_links *links, const struct pnpn_known *known);

/** What could not be known for want of memory or descriptors is found out now. */
void pnpn_links_again(struct pnpn_links *links, struct pnpn_known_devices *devices);

/** Ends it; NULL is allowed. Returns NULL. */
struct pnpn_links *pnpn_links_free(struct pnpn_links *links);

#endif
