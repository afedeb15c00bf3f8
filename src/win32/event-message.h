/* SPDX-License-Identifier: MIT */
/* The structures that WM_DEVICECHANGE points to, made from events. */
#ifndef PNPN_WIN32_EVENT_MESSAGE_H
#define PNPN_WIN32_EVENT_MESSAGE_H

#include <stdbool.h>
#include <windows.h>
#include <pnpnotify.h>

/** What a message about a device handle carries beside the event. */
struct pnpn_event_target {
	HANDLE handle;
	HDEVNOTIFY notification;
	bool unicode; /* of the window */
};

/** A custom event (U4, U6): a DEV_BROADCAST_HANDLE, the caller's, to be freed with free(). NULL without
 *  memory. */
void *pnpn_event_message_custom(const struct pnpn_event_target *target,
				const struct pnpn_event *event);

/** So many events were lost (R15): the same. */
void *pnpn_event_message_lost(const struct pnpn_event_target *target, uint64_t count);

/** The device is gone (D8): the same. */
void *pnpn_event_message_removed(const struct pnpn_event_target *target);

/** An interface came or went (D3): a DEV_BROADCAST_DEVICEINTERFACE. */
void *pnpn_event_message_interface(bool unicode, const struct pnpn_event *event);

/**
 * pnpn_event_message_named() - a port or a volume came or went (U16)
 * @name:     COM3 or E:
 * @ret_ansi: for ANSI windows; NULL is written where both have the same
 *
 * A DEV_BROADCAST_PORT or DEV_BROADCAST_VOLUME, each to be freed with free(). Returns whether there was memory.
 */
bool pnpn_event_message_named(const char *name, void **ret_message, void **ret_ansi);

#endif
