/* SPDX-License-Identifier: MIT */
/* The kernel's device events: as udev passes them on where it runs, else as the kernel sends them. */
#ifndef PNPN_SOURCE_MONITOR_H
#define PNPN_SOURCE_MONITOR_H

#include <libudev.h>
#include <stdbool.h>
#include <systemd/sd-event.h>

struct pnpn_monitor;

/** Whom it tells. */
struct pnpn_monitor_sink {
	/** A device was added or changed. */
	void (*look)(void *userdata, struct udev_device *device);
	/** A device at that path below /sys is gone. */
	void (*gone)(void *userdata, const char *syspath);
	/** Events were lost, or come from elsewhere now: what is there may differ from what was told (L3). */
	void (*rescan)(void *userdata);
	/** udev is done with all events that it had. */
	void (*udev_is_done)(void *userdata);
	void *userdata;
};

/** Starts it; the sink is copied. Returns 0; an errno. */
int pnpn_monitor_new(struct pnpn_monitor **ret_monitor, struct udev *udev, sd_event *event,
		     const struct pnpn_monitor_sink *sink);

/** What could not be done for want of memory or descriptors is tried again. */
void pnpn_monitor_again(struct pnpn_monitor *monitor);

/** Ends it; NULL is allowed. Returns NULL. */
struct pnpn_monitor *pnpn_monitor_free(struct pnpn_monitor *monitor);

/** Whether udev has events that it is not done with: true only where it is listened to. */
bool pnpn_monitor_is_at_work(const struct pnpn_monitor *monitor);

/** Whether there are events that were not read yet. */
bool pnpn_monitor_is_behind(const struct pnpn_monitor *monitor);

/** Whether it listens to udev. */
bool pnpn_monitor_is_udev(const struct pnpn_monitor *monitor);

#endif
