/* SPDX-License-Identifier: MIT */
/* What one peer may use of the manager; more is refused with -EDQUOT. One table, so that documents and
 * code can't drift. */
#ifndef PNPN_MANAGER_LIMITS_H
#define PNPN_MANAGER_LIMITS_H

#define PNPN_LIMIT_PEERS	 4096 /* connections in all */
#define PNPN_LIMIT_DEVICES	 1024 /* per peer */
#define PNPN_LIMIT_REGISTRATIONS 4096 /* per peer */
#define PNPN_LIMIT_HANDLES	 4096 /* per peer */
#define PNPN_LIMIT_LINKS	 64 /* per device */
#define PNPN_LIMIT_INTERFACES	 64 /* per device */

/** Messages that may wait for a peer before events without a ring are counted as lost for it. */
#define PNPN_LIMIT_QUEUED_EVENTS 4096

/** Messages that may wait for a peer before it is dropped. */
#define PNPN_LIMIT_QUEUED 65536

/** Bytes that may wait for a peer, about, before it is dropped. */
#define PNPN_LIMIT_QUEUED_BYTES (32u << 20)

/** How long a device's owner may take to report by hand. */
#define PNPN_REPORT_TIMEOUT_USEC (5ull * 1000 * 1000)

#endif
