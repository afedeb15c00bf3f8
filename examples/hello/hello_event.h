/* SPDX-License-Identifier: MIT */
/* What the hello driver reports: published for everyone who wants to know. */
#ifndef HELLO_EVENT_H
#define HELLO_EVENT_H

/* {0e7d5c36-1f0f-4a38-9d0c-6a4a4a0f7b52}: "Hello!", said again. Made with: pnpnotify guid new
 * In one source file of each program, before this header: #include <initguid.h> */
DEFINE_GUID(GUID_HELLO_EVENT, 0x0e7d5c36, 0x1f0f, 0x4a38, 0x9d, 0x0c, 0x6a, 0x4a, 0x4a, 0x0f, 0x7b,
	    0x52);

/* {c4a9c6f1-57be-4b07-8b0c-3a6f1a9d2e84}: the interface class of hello devices. */
DEFINE_GUID(GUID_DEVINTERFACE_HELLO, 0xc4a9c6f1, 0x57be, 0x4b07, 0x8b, 0x0c, 0x3a, 0x6f, 0x1a, 0x9d,
	    0x2e, 0x84);

/* The event's data; Message is its text. */
typedef struct _HELLO_EVENT {
	ULONG Count;
	WCHAR Message[32];
} HELLO_EVENT, *PHELLO_EVENT;

#endif
