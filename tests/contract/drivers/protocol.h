/* SPDX-License-Identifier: MIT */
/* What the test drivers, and the tests that watch them, agree on. */
#ifndef PNPN_TESTS_DRIVERS_PROTOCOL_H
#define PNPN_TESTS_DRIVERS_PROTOCOL_H

#include <guiddef.h>

/* An event of the reporting drivers. */
DEFINE_GUID(GUID_TEST_EVENT, 0x2f1e9a60, 0x63d1, 0x4c55, 0x90, 0x0d, 0x11, 0x9c, 0x5e, 0xa1, 0x07,
	    0x31);
/* The interface class of the reporting drivers. */
DEFINE_GUID(GUID_TEST_INTERFACE, 0x2f1e9a61, 0x63d1, 0x4c55, 0x90, 0x0d, 0x11, 0x9c, 0x5e, 0xa1,
	    0x07, 0x31);

/* The event's data. */
struct test_payload {
	uint32_t count;
	uint16_t text[16];
};

#endif
