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

/** The data of a changed label. The old label is not in it. */
struct pnpnotify_volume_label {
	uint16_t label
		[1]; /* the new label in UTF-16, ended by a zero; only that if there is none now */
};
#endif
