/* SPDX-License-Identifier: MIT */
/* Network interfaces that get or lose their carrier: Linux makes no device event of that. */
#ifndef PNPN_SOURCE_LINK_H
#define PNPN_SOURCE_LINK_H

struct pnpn_links;
struct pnpn_source;

/** Tells of what changes from now on. Returns 0; an errno. */
int pnpn_links_new(struct pnpn_links **ret_links, struct pnpn_source *source);

/** Ends it; NULL is allowed. Returns NULL. */
struct pnpn_links *pnpn_links_free(struct pnpn_links *links);

#endif
