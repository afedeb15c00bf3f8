/* SPDX-License-Identifier: MIT */
/* A driver that answers what applications ask, in this process: for tests of either face. */
#ifndef PNPN_TESTS_REQUESTS_DRIVER_H
#define PNPN_TESTS_REQUESTS_DRIVER_H

#include <stdatomic.h>
#include <stdint.h>

/* As CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800 + n, method, access). */
#define REQUEST(n, method, access) \
	(0x220000u | (uint32_t)(access) << 14 | (0x800u + (n)) << 2 | (method))
#define ECHO	    REQUEST(0, 0, 0) /* the input comes back */
#define INVERT	    REQUEST(1, 1, 0) /* the output buffer is input, too */
#define FILL	    REQUEST(2, 2, 0) /* with Z */
#define REVERSE	    REQUEST(3, 3, 0) /* the input, to the output */
#define KEEP	    REQUEST(4, 0, 0) /* until it is cancelled, or requests_complete() */
#define LATER	    REQUEST(5, 0, 0) /* from a DPC */
#define WAIT	    REQUEST(6, 0, 0) /* for RELEASE */
#define RELEASE	    REQUEST(7, 0, 0)
#define FOR_READERS REQUEST(8, 0, 1)
#define FOR_WRITERS REQUEST(9, 0, 2)
#define TAKE_EVENT  REQUEST(10, 0, 0) /* a handle, which a DPC signals */
#define WHOSE	    REQUEST(11, 0, 0) /* the process that asks */
#define TOO_SMALL   REQUEST(12, 0, 0) /* STATUS_BUFFER_OVERFLOW, with what fits */

/** What it saw, and what it is to say. */
struct requests {
	atomic_int created, cleaned, closed, cancelled, kept;
	int32_t create_status;
	uint32_t create_access, create_share, create_options;
	uint16_t name[16];
	int mode;
	void *close_context;
	uint8_t written[8];
	int64_t offset;
};
extern struct requests requests;

/** cmocka's: a manager, and a host with the driver as ROOT\REPORTER\0000, \\.\Reporter; *state is a struct wdm_fixture. */
int requests_setup(void **state);
int requests_teardown(void **state);

/** The manager's address. */
const char *requests_address(void **state);

/** Completes the oldest of KEEP. Returns whether there was one. */
int requests_complete(void);

/** Not signalled any more, and let go of: the event of TAKE_EVENT. */
void requests_drop_event(void);

/** How the device wants the buffers of reading and writing: DO_BUFFERED_IO, DO_DIRECT_IO, 0. */
void requests_set_flags(uint32_t flags);

#endif
