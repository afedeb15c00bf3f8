/* SPDX-License-Identifier: MIT */
/*
 * pnpnotify: what just happened on a device, told to everyone who asked.
 *
 * An application connects to the PnP manager, registers for a device, an interface class or
 * everything, waits for one descriptor and takes events:
 *
 *	struct pnpn_connection *c;
 *	const struct pnpn_event *event;
 *
 *	pnpn_connect(&c, NULL);
 *	pnpn_register_device(c, "\\\\.\\Hello", 0, NULL, NULL);
 *	while (pnpn_wait(c, -1) >= 0)
 *		while (pnpn_next_event(c, &event) > 0)
 *			puts(pnpn_event_get_text(event) ?: "no text");
 *
 * A driver process creates a device, starts it and reports:
 *
 *	pnpn_device_new(c, "ROOT\\HELLO\\0000", &device);
 *	pnpn_device_add_link(device, "\\\\.\\Hello");
 *	pnpn_device_start(device);
 *	pnpn_device_report_text(device, &guid, NULL, 0, "Hello!");
 *
 * Errors are negative errno values; a refused call changes nothing and writes no result. Strings are
 * UTF-8, sizes are bytes. Unless a function says otherwise: a connection and what was made from it
 * are used by one thread at a time, different connections by different threads at will; nothing
 * blocks but the round trip to the manager where "asks the manager" stands, which fails with
 * -ENOTCONN once the manager is gone, with -ETIMEDOUT after 25 s (pnpn_connection_set_limit()) and with -EDQUOT at a limit of this user's
 * (D10); every function may return -ENOMEM. The library starts no threads and keeps no globals. The clause ids
 * name the contract. Each noun has a header of its own, which this one includes.
 *
 * A child that fork() makes has none of its parent's connections (U11): in the child every function on them fails
 * with -ECHILD, or does nothing, and pnpn_disconnect() frees the child's copies and harms nobody. A child that
 * lives long calls it, or exec(): until then the manager can't see that the parent ended.
 */
#ifndef PNPNOTIFY_H
#define PNPNOTIFY_H

#include <pnpnotify/connection.h> /* a connection to the PnP manager, and taking events from it */
#include <pnpnotify/registration.h> /* asking for events: of a device, of a class, of everything, of some */
#include <pnpnotify/event.h> /* what happened: what an event says, keeping it, answering it, and having one reported by hand */
#include <pnpnotify/handle.h> /* opening a device; then reading, writing and asking */
#include <pnpnotify/device.h> /* devices of this process, and reporting on them */
#include <pnpnotify/io.h> /* what openers ask of a device of this process */
#include <pnpnotify/removal.h> /* having a device removed that somebody else owns */
#include <pnpnotify/list.h> /* what is there: devices, what is known of them, who follows them, what users have */
#include <pnpnotify/question.h> /* what the manager is asked without waiting for the answer */
#include <pnpnotify/guid.h> /* GUIDs */

#ifdef __cplusplus
extern "C" {
#endif

/** The library's version, such as "0.1.0"; static. Any thread. */
const char *pnpn_get_version(void);

#ifdef __cplusplus
}
#endif

#endif
