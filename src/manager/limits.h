/* SPDX-License-Identifier: MIT */
/* What may be used of the manager (D10); more is refused with -EDQUOT. One table, so that documents and
 * code can't drift. */
#ifndef PNPN_MANAGER_LIMITS_H
#define PNPN_MANAGER_LIMITS_H

/*
 * X(resource, its name, the most for one user, the most for all users together, bytes of memory each)
 *
 * A connection may have as much as it leaves to its user, a user as much as he leaves to the others: the
 * first one gets half, the next one half of the rest. Root, and whoever runs the manager, are none of the
 * users: they have a share as large as all of them have, for any of their connections. Of descriptors there is
 * what the process may have open: all users together get half of them, one user a quarter.
 */
#define PNPN_RESOURCES(X)                                       \
	X(CONNECTIONS, "connections", 512, 4096, 16u << 10)     \
	X(DEVICES, "devices", 2048, 16384, 4u << 10)            \
	X(NAMES, "names", 16384, 262144, 1u << 10)              \
	X(REGISTRATIONS, "registrations", 8192, 32768, 512)     \
	X(AWAITED, "devices awaited", 512, 4096, 4u << 10)      \
	X(FILTERS, "filters", 64, 512, 16u << 10)               \
	X(HANDLES, "handles", 8192, 65536, 128)                 \
	X(DESCRIPTORS, "descriptors", 0, 0, 1u << 10)           \
	X(CALLS, "reports by hand", 64, 1024, 0)                \
	X(REMOVALS, "removals", 64, 1024, 1u << 10)             \
	X(QUERIES, "queries of removals", 8192, 65536, 512)     \
	X(QUEUED, "bytes queued", 64ull << 20, 256ull << 20, 1) \
	X(MEMORY, "bytes of memory", 128ull << 20, 512ull << 20, 0)

#define PNPN_LIMIT_LINKS      64 /* per device */
#define PNPN_LIMIT_INTERFACES 64 /* per device */
#define PNPN_LIMIT_DEPTH      16 /* of a process's devices below each other */
#define PNPN_LIMIT_PROPERTIES 64 /* per device, values that its owner gave it */

/** Of a property that an owner gives its device, the final zeros included. */
#define PNPN_PROPERTY_KEY_BYTES	  64
#define PNPN_PROPERTY_VALUE_BYTES 512

/** Of one device's properties; what goes beyond is not told. */
#define PNPN_LIMIT_ANSWER_BYTES (64u << 10)

/** Registrations of one connection, root's too: they are found one after the other. */
#define PNPN_LIMIT_REGISTRATIONS 4096

/** A user who is not root may have so many hundredths of the manager's time, ... */
#define PNPN_LIMIT_TIME_PERCENT 25

/** ... and so much at once; then his connections wait until he has some again. */
#define PNPN_LIMIT_TIME_USEC 50000

/** Who owes so much on the system bus, where one connection is everybody's, is refused. */
#define PNPN_LIMIT_DEBT_USEC 1000000

/** Messages that may wait for a peer before events without a ring are counted as lost for it. */
#define PNPN_LIMIT_QUEUED_EVENTS 4096

/** Bytes, likewise. */
#define PNPN_LIMIT_QUEUED_EVENT_BYTES (16u << 20)

/** Bytes of one message to the manager: a report by hand is the largest that there is. */
#define PNPN_LIMIT_MESSAGE_BYTES (256u << 10)

/** Messages that one connection gets handled before the next one has its turn. */
#define PNPN_LIMIT_TURN 8

/** Connections that are accepted, or turned away, in one turn. */
#define PNPN_LIMIT_ACCEPTED 64

/** How long what an ended connection leaves is cleared away before others have their turn. */
#define PNPN_LIMIT_CLEARING_USEC 2000

/** How long whoever takes part in a removal may take to answer, unless set otherwise (D6). */
#define PNPN_QUERY_TIMEOUT_USEC (30ull * 1000 * 1000)

/** How long a device's owner may take to report by hand. */
#define PNPN_REPORT_TIMEOUT_USEC (5ull * 1000 * 1000)

#endif
