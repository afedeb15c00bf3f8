/* SPDX-License-Identifier: MIT */
/* Where udev is, as seen from here, and when that changes: it may end without removing its socket's file. */
#ifndef PNPN_SOURCE_UDEV_WATCH_H
#define PNPN_SOURCE_UDEV_WATCH_H

#include <libudev.h>
#include <stdbool.h>
#include <systemd/sd-event.h>

struct pnpn_udev_watch;

enum pnpn_udev {
	PNPN_UDEV_NONE,
	PNPN_UDEV_ELSEWHERE, /* it runs, in another network namespace: what it says is not heard here */
	PNPN_UDEV_HERE,
};

/** Who wants to know. */
struct pnpn_udev_watcher {
	/** It came or went: pnpn_udev_watch_get() tells. */
	void (*changed)(void *userdata);
	/** It is done with all events that it had. */
	void (*is_done)(void *userdata);
	void *userdata;
};

/** Starts it; the watcher is copied. Returns 0; an errno. */
int pnpn_udev_watch_new(struct pnpn_udev_watch **ret_watch, struct udev *udev, sd_event *event,
			const struct pnpn_udev_watcher *watcher);

/** What could not be watched for want of memory or descriptors is watched now. */
void pnpn_udev_watch_again(struct pnpn_udev_watch *watch);

/** Ends it; NULL is allowed. Returns NULL. */
struct pnpn_udev_watch *pnpn_udev_watch_free(struct pnpn_udev_watch *watch);

/** Where it was when that was last looked for. */
enum pnpn_udev pnpn_udev_watch_get(const struct pnpn_udev_watch *watch);

/** Whether udev, wherever, has events that it is not done with. */
bool pnpn_udev_is_at_work(void);

#endif
