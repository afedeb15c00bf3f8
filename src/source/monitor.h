/* SPDX-License-Identifier: MIT */
/* The kernel's device events: as udev passes them on where it runs, else as the kernel sends them. */
#ifndef PNPN_SOURCE_MONITOR_H
#define PNPN_SOURCE_MONITOR_H

#include <stdbool.h>

struct pnpn_monitor;
struct pnpn_source;

/** Starts it; what comes goes to pnpn_source_look() and the like. Returns 0; an errno. */
int pnpn_monitor_new(struct pnpn_monitor **ret_monitor, struct pnpn_source *source);

/** Ends it; NULL is allowed. Returns NULL. */
struct pnpn_monitor *pnpn_monitor_free(struct pnpn_monitor *monitor);

/** Whether udev has events that it is not done with: true only where it is listened to. */
bool pnpn_monitor_is_at_work(const struct pnpn_monitor *monitor);

/** Whether it listens to udev. */
bool pnpn_monitor_is_udev(const struct pnpn_monitor *monitor);

#endif
