/* SPDX-License-Identifier: MIT */
/*
 * That memory or descriptors could not be had for what Linux was to be asked (V2). What is not known then is not taken
 * for what is not there: it is asked for again. libudev says by errno alone which of the two it is.
 */
#ifndef PNPN_SOURCE_SHORTAGE_H
#define PNPN_SOURCE_SHORTAGE_H

#include <errno.h>
#include <libudev.h>
#include <stdbool.h>
#include <stdint.h>

/** Whether an errno, positive or negative, says so. */
bool pnpn_is_shortage(int error);

/** Counts it if it does. */
void pnpn_shortage_note(int error);

/** How many there were on this thread: one that has grown says that there was one meanwhile. */
uint64_t pnpn_shortage_count(void);

/* What libudev answers, noted where it had nothing to answer with. */
#define PNPN_NOTED(call)                           \
	({                                         \
		errno = 0;                         \
		__auto_type answer = (call);       \
		if (!answer)                       \
			pnpn_shortage_note(errno); \
		answer;                            \
	})

#define udev_device_get_action(device)	   PNPN_NOTED(udev_device_get_action(device))
#define udev_device_get_devnode(device)	   PNPN_NOTED(udev_device_get_devnode(device))
#define udev_device_get_devtype(device)	   PNPN_NOTED(udev_device_get_devtype(device))
#define udev_device_get_parent(device)	   PNPN_NOTED(udev_device_get_parent(device))
#define udev_device_get_subsystem(device)  PNPN_NOTED(udev_device_get_subsystem(device))
#define udev_device_get_syspath(device)	   PNPN_NOTED(udev_device_get_syspath(device))
#define udev_device_new_from_syspath(u, p) PNPN_NOTED(udev_device_new_from_syspath(u, p))
#define udev_device_get_property_value(device, name) \
	PNPN_NOTED(udev_device_get_property_value(device, name))
#define udev_device_get_sysattr_value(device, name) \
	PNPN_NOTED(udev_device_get_sysattr_value(device, name))
#define udev_device_get_parent_with_subsystem_devtype(device, subsystem, type) \
	PNPN_NOTED(udev_device_get_parent_with_subsystem_devtype(device, subsystem, type))
#define udev_device_get_properties_list_entry(device) \
	PNPN_NOTED(udev_device_get_properties_list_entry(device))

/* Every device has a name: it is never NULL. */
#define udev_device_get_sysname(device) (PNPN_NOTED(udev_device_get_sysname(device)) ?: "")

#define udev_device_get_is_initialized(device)                       \
	({                                                           \
		int answer = udev_device_get_is_initialized(device); \
		pnpn_shortage_note(answer < 0 ? answer : 0);         \
		answer;                                              \
	})

#endif
