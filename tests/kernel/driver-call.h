/* SPDX-License-Identifier: MIT */
/* Asking pnpnotify-test.ko for something: each returns 0 or a negative errno. */
#ifndef PNPN_TEST_DRIVER_CALL_H
#define PNPN_TEST_DRIVER_CALL_H

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include "test-call.h"

static inline int driver_call(int driver, struct test_call *call)
{
	return ioctl(driver, TEST_CALL, call) < 0 ? -errno : 0;
}

/** Of the driver's device of that index, with a text of less than 512 bytes and a value. */
static inline int driver_ask(int driver, unsigned int what, unsigned int device, const char *text,
			     unsigned int value)
{
	struct test_call request = {.what = what, .device = device, .value = value};

	strcpy(request.text, text);
	return driver_call(driver, &request);
}

#endif
