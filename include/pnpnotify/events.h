/* SPDX-License-Identifier: MIT */
/*
 * What happens on Linux's own devices (contract L2), for programs that use the native API: the events'
 * GUIDs and what their data is. Windows sources find the same under their names in <ioevent.h> and
 * <pnpnotify-events.h>. Text is UTF-16 ended by a zero: pnpn_event_get_text() gives it as UTF-8. Labels and
 * paths are carried as they are (L4); of what is no UTF-8 the data begins with the bytes, ended by a zero,
 * and the text, after them, has \xHH for each byte that is none.
 *
 * Each GUID is a constant; where a constant's initialiser wants another constant's, as a static one's in C does,
 * it is its name and _INIT.
 */
#ifndef PNPNOTIFY_EVENTS_H
#define PNPNOTIFY_EVENTS_H

#include <pnpnotify.h>

/** A volume has another label; PNPN_VOLUME_NAME_CHANGE comes with it. Text: the new one, maybe empty. */
#define PNPN_VOLUME_CHANGE_INIT \
	{0x7373654a, 0x812a, 0x11d0, {0xbe, 0xc7, 0x08, 0x00, 0x2b, 0xe2, 0x09, 0x2f}}
static const struct pnpn_guid PNPN_VOLUME_CHANGE = PNPN_VOLUME_CHANGE_INIT;
#define PNPN_VOLUME_NAME_CHANGE_INIT \
	{0x2de97f83, 0x4c06, 0x11d2, {0xa5, 0x32, 0x00, 0x60, 0x97, 0x13, 0x05, 0x5a}}
static const struct pnpn_guid PNPN_VOLUME_NAME_CHANGE = PNPN_VOLUME_NAME_CHANGE_INIT;

/** A volume was mounted, or unmounted; each mount point is an event. Text: where. */
#define PNPN_VOLUME_MOUNT_INIT \
	{0xb5804878, 0x1a96, 0x11d2, {0x8f, 0xfd, 0x00, 0xa0, 0xc9, 0xa0, 0x6d, 0x32}}
static const struct pnpn_guid PNPN_VOLUME_MOUNT = PNPN_VOLUME_MOUNT_INIT;
#define PNPN_VOLUME_DISMOUNT_INIT \
	{0xd16a55e8, 0x1059, 0x11d2, {0x8f, 0xfd, 0x00, 0xa0, 0xc9, 0xa0, 0x6d, 0x32}}
static const struct pnpn_guid PNPN_VOLUME_DISMOUNT = PNPN_VOLUME_DISMOUNT_INIT;

/** A medium was put in, or taken out, or its ejection was asked for with the drive's button. No data. */
#define PNPN_MEDIA_ARRIVAL_INIT \
	{0xd07433c0, 0xa98e, 0x11d2, {0x91, 0x7a, 0x00, 0xa0, 0xc9, 0x06, 0x8f, 0xf3}}
static const struct pnpn_guid PNPN_MEDIA_ARRIVAL = PNPN_MEDIA_ARRIVAL_INIT;
#define PNPN_MEDIA_REMOVAL_INIT \
	{0xd07433c1, 0xa98e, 0x11d2, {0x91, 0x7a, 0x00, 0xa0, 0xc9, 0x06, 0x8f, 0xf3}}
static const struct pnpn_guid PNPN_MEDIA_REMOVAL = PNPN_MEDIA_REMOVAL_INIT;
#define PNPN_MEDIA_EJECT_REQUEST_INIT \
	{0xd07433d1, 0xa98e, 0x11d2, {0x91, 0x7a, 0x00, 0xa0, 0xc9, 0x06, 0x8f, 0xf3}}
static const struct pnpn_guid PNPN_MEDIA_EJECT_REQUEST = PNPN_MEDIA_EJECT_REQUEST_INIT;

/** A disk has another size: struct pnpn_size_change. */
#define PNPN_VOLUME_CHANGE_SIZE_INIT \
	{0x3a1625be, 0xad03, 0x49f1, {0x8e, 0xf8, 0x6b, 0xba, 0xc1, 0x82, 0xd1, 0xfd}}
static const struct pnpn_guid PNPN_VOLUME_CHANGE_SIZE = PNPN_VOLUME_CHANGE_SIZE_INIT;

/** struct pnpn_size_change - data of PNPN_VOLUME_CHANGE_SIZE */
struct pnpn_size_change {
	uint64_t before; /* bytes */
	uint64_t after; /* bytes */
};

/** A network interface can carry packets now, or no longer: struct pnpn_link_change. */
#define PNPN_LINK_UP_INIT \
	{0xa7de45f9, 0xd0a4, 0x46ee, {0x99, 0x2c, 0x26, 0x7c, 0xbe, 0x9b, 0xa8, 0x5a}}
static const struct pnpn_guid PNPN_LINK_UP = PNPN_LINK_UP_INIT;
#define PNPN_LINK_DOWN_INIT \
	{0x67d08306, 0xce59, 0x468c, {0xbb, 0x36, 0x54, 0x02, 0xa5, 0xb9, 0xdc, 0x60}}
static const struct pnpn_guid PNPN_LINK_DOWN = PNPN_LINK_DOWN_INIT;

/** struct pnpn_link_change - data of PNPN_LINK_UP and PNPN_LINK_DOWN */
struct pnpn_link_change {
	uint32_t index; /* the interface's number, as if_nametoindex() gives it */
	uint32_t flags; /* IFF_* as they are now */
};

/** Any other change event of Linux. Text: its properties, a KEY=VALUE a line. */
#define PNPN_UEVENT_INIT \
	{0xc24c75d3, 0x82bb, 0x49b6, {0xac, 0x2f, 0x09, 0x5a, 0xf5, 0x32, 0x71, 0xea}}
static const struct pnpn_guid PNPN_UEVENT = PNPN_UEVENT_INIT;

/**
 * The namespace of the interface classes of Linux's subsystems (L1): the class of a subsystem that Windows
 * has none for is the name-based GUID (RFC 9562, version 5) of its name in this namespace.
 */
#define PNPN_SUBSYSTEM_NAMESPACE_INIT \
	{0xb446fddf, 0x3ef4, 0x4cbe, {0xb6, 0xa5, 0x48, 0x17, 0xec, 0xa2, 0x40, 0x4a}}
static const struct pnpn_guid PNPN_SUBSYSTEM_NAMESPACE = PNPN_SUBSYSTEM_NAMESPACE_INIT;

#endif
