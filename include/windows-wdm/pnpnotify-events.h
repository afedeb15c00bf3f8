/* SPDX-License-Identifier: MIT */
/*
 * The events that only pnpnotify has, in one header for applications. With <initguid.h> before it the
 * GUIDs are defined, else declared.
 *
 * GUID_IO_VOLUME_CHANGE and GUID_IO_VOLUME_NAME_CHANGE of a device of Linux tell of a changed label
 * and carry struct pnpnotify_volume_label; the name offset is 0. Each change is told once.
 */
#include <pnpn-events.h>

#ifndef PNPNOTIFY_EVENTS_DECLARED
#define PNPNOTIFY_EVENTS_DECLARED
/* A change event of Linux that no other GUID stands for (L2): its properties as text. */
DEFINE_GUID(GUID_PNPNOTIFY_UEVENT, 0xc24c75d3, 0x82bb, 0x49b6, 0xac, 0x2f, 0x09, 0x5a, 0xf5, 0x32,
	    0x71, 0xea);

/* A network interface can carry packets now, or no longer: struct pnpnotify_link_change. */
DEFINE_GUID(GUID_PNPNOTIFY_LINK_UP, 0xa7de45f9, 0xd0a4, 0x46ee, 0x99, 0x2c, 0x26, 0x7c, 0xbe, 0x9b,
	    0xa8, 0x5a);
DEFINE_GUID(GUID_PNPNOTIFY_LINK_DOWN, 0x67d08306, 0xce59, 0x468c, 0xbb, 0x36, 0x54, 0x02, 0xa5,
	    0xb9, 0xdc, 0x60);

/** The data of a network interface's change. */
struct pnpnotify_link_change {
	uint32_t index; /* the interface's number */
	uint32_t flags; /* IFF_* as they are now */
};

/** The data of GUID_IO_VOLUME_CHANGE_SIZE of a device of Linux. */
struct pnpnotify_size_change {
	uint64_t before; /* bytes */
	uint64_t after; /* bytes */
};

/** The data of a changed label. The old label is not in it. */
struct pnpnotify_volume_label {
	uint16_t label
		[1]; /* the new label in UTF-16, ended by a zero; only that if there is none now */
};
#endif
