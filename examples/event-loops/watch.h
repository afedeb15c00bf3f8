/* SPDX-License-Identifier: MIT */
/* What the event loops beside it have in common: the registration, and what to do when the descriptor is readable. */
#ifndef WATCH_H
#define WATCH_H

#include <stdio.h>
#include <string.h>
#include <pnpnotify.h>

/* NULL, after a word on what is wrong. */
static struct pnpn_connection *watch_begin(int argc, char **argv)
{
	const char *device = argc > 1 ? argv[1] : "\\\\.\\Greeter";
	struct pnpn_connection *connection = NULL;
	int r = pnpn_connect(&connection, NULL);

	if (r >= 0)
		r = pnpn_register_device(connection, device, 0, NULL, NULL);
	if (r >= 0) {
		printf("watching %s\n", device);
		fflush(stdout);
		return connection;
	}
	fprintf(stderr, "%s: %s: %s\n", argv[0], device, strerror(-r));
	return pnpn_disconnect(connection);
}

/* The descriptor was readable. Returns whether to wait for it again. */
static bool watch_readable(struct pnpn_connection *connection)
{
	const struct pnpn_event *event;

	if (pnpn_dispatch(connection) < 0)
		return false;
	while (pnpn_next_event(connection, &event) > 0) {
		const char *text = pnpn_event_get_text(event);
		if (pnpn_event_get_kind(event) == PNPN_EVENT_DEVICE_REMOVED)
			return false;
		if (pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM)
			puts(text ? text : "no text");
	}
	return true;
}

#endif
