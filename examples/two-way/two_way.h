/* SPDX-License-Identifier: MIT */
/* What the two-way driver and its programs agree on: notifications, a request, a shared event. */
#ifndef TWO_WAY_H
#define TWO_WAY_H

/* {b9b3a2d4-6a0e-4e57-9a55-0b1f7a6f1c21}: the driver counted. Made with: pnpnotify guid new
 * In one source file of each program, before this header: #include <initguid.h> */
DEFINE_GUID(GUID_TWO_WAY_COUNTED, 0xb9b3a2d4, 0x6a0e, 0x4e57, 0x9a, 0x55, 0x0b, 0x1f, 0x7a, 0x6f,
	    0x1c, 0x21);

/* Starts counting: TWO_WAY_START goes in, what it counted to so far comes out. */
#define IOCTL_TWO_WAY_START \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS)

/* Done is an event, which the driver sets once it has counted so far. */
typedef struct _TWO_WAY_START {
	HANDLE Done;
	ULONG Count;
} TWO_WAY_START, *PTWO_WAY_START;

#endif
