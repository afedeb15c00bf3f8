/* SPDX-License-Identifier: MIT */
/* What the manager and its clients must agree on of data/org.pnpnotify.Manager1.xml. */
#ifndef PNPN_CORE_PROTOCOL_H
#define PNPN_CORE_PROTOCOL_H

#define PNPN_BUS_NAME	     "org.pnpnotify.Manager1"
#define PNPN_BUS_PATH	     "/org/pnpnotify/Manager1"
#define PNPN_BUS_INTERFACE   "org.pnpnotify.Manager1"
#define PNPN_OWNER_PATH	     "/org/pnpnotify/Owner1"
#define PNPN_OWNER_INTERFACE "org.pnpnotify.Owner1"

/** How the line begins that whoever is turned away is sent instead of a greeting, as D-Bus has it; an errno's number and
 *  the line's end follow, then the connection's. */
#define PNPN_TURNED_AWAY "ERROR "

/** The version of the interface. */
#define PNPN_INTERFACE_VERSION 5u

/** The id of what all devices are below. */
#define PNPN_ROOT_ID "HTREE\\ROOT\\0"

/** The most classes, the most events and the most properties of one filter. */
#define PNPN_FILTER_MOST 64

/** A flag of Register beside those of enum pnpn_register_flags: DeviceChanged tells of every device that the
 *  registration begins to follow, so that its client knows what goes when the manager does. */
#define PNPN_REGISTER_TRACK (1u << 16)

#endif
