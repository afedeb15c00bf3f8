/* SPDX-License-Identifier: MIT */
/* Events that only pnpnotify has. As with <wdmguid.h>: <initguid.h> before it makes it define them. */
#include <guiddef.h>

#ifndef PNPN_EVENTS_DECLARED
#define PNPN_EVENTS_DECLARED
/* A registrant lost events of this device (R15): the data is a ULONGLONG, how many. */
DEFINE_GUID(GUID_PNPNOTIFY_EVENTS_LOST, 0x1b9ff06b, 0x7a5c, 0x4d0e, 0x9c, 0x43, 0x52, 0xb1, 0x0e,
	    0x67, 0xd8, 0x2a);
#endif
