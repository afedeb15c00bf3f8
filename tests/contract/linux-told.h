/* SPDX-License-Identifier: MIT */
/*
 * What is told of a test's own devices of Linux, event by event: nothing else may come between, nothing twice.
 * Network interfaces whose names begin with pnp, and the loop disks of this run.
 */
#ifndef PNPN_LINUX_TOLD_H
#define PNPN_LINUX_TOLD_H

#include "linux-fixture.h"

/** cmocka's, around linux_setup() and linux_teardown(): what is told is written down from the start. */
int linux_told_setup(void **state);
int linux_told_teardown(void **state);

/**
 * Waits for what is told next of a device, by its id below LINUX: NET\PNPA0, BLOCK\LOOP1000. Words, the last one NULL:
 * +CLASS and -CLASS for interfaces (network, disk, partition, volume), the names that `pnpnotify monitor` has for
 * events, with text behind a space: "mount /tmp/point". One that begins with ? may be missing.
 */
__attribute__((sentinel)) void linux_told(struct linux_fixture *f, const char *device, ...);

/** The same of the fixture's disk. */
#define linux_told_disk(f, ...)                                                         \
	do {                                                                            \
		char told_device[32];                                                   \
		snprintf(told_device, sizeof(told_device), "BLOCK\\LOOP%d", (f)->loop); \
		linux_told(f, told_device, __VA_ARGS__);                                \
	} while (0)

/** Nothing more is told than was waited for, whoever may still be at work on it. */
void linux_told_no_more(struct linux_fixture *f);

/** Whether udev runs in these tests. */
bool linux_told_has_udev(void);

/** main() of such tests: with udev, --no-udev without, --slow-udev with one that takes 0.3 s for each of these devices. */
int linux_told_main(int argc, char **argv, int (*run)(void));

#endif
