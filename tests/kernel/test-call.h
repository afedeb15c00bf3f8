/* SPDX-License-Identifier: MIT */
/* What the tests ask of pnpnotify-test.ko, through /dev/pnpnotify-test: its devices, as a driver has them. */
#ifndef PNPN_TEST_CALL_H
#define PNPN_TEST_CALL_H

#include <linux/ioctl.h>
#include <linux/types.h>

enum test_what {
	TEST_NEW, /* text: id; value: backlog; name_offset: mode; where: 1 with uevents; gives device */
	TEST_START,
	TEST_REMOVE,
	TEST_ADD_LINK, /* text */
	TEST_REMOVE_LINK, /* text */
	TEST_ADD_INTERFACE, /* guid; text: reference, becomes the name */
	TEST_ENABLE, /* text: name; value: which */
	TEST_REPORT, /* guid, data, size, name_offset; where */
	TEST_REPORT_TEXT, /* guid, text */
	TEST_STORM, /* value reports from softirq on one processor and process context on another */
	TEST_LISTEN, /* a kernel-mode registrant that counts; text: name */
	TEST_UNLISTEN,
	TEST_COUNT, /* value becomes the events that it counted */
};

enum test_where {
	TEST_PROCESS,
	TEST_SPINLOCK, /* with interrupts off */
	TEST_SOFTIRQ,
	TEST_HARDIRQ,
};

struct test_call {
	__u32 what;
	__u32 device;
	__u32 where;
	__s32 name_offset;
	__u64 value;
	__u64 data;
	__u32 size;
	__u32 reserved;
	__u8 guid[16];
	char text[512];
};

#define TEST_CALL _IOWR('P', 0xf0, struct test_call)

#endif
