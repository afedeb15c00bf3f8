/* SPDX-License-Identifier: MIT */
/*
 * An application that prints the events of a device until it is gone:
 *
 *	cc $(pkg-config --cflags pnpnotify) listener.c -o listener $(pkg-config --libs pnpnotify)
 *	./listener '\\.\Greeter'
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <pnpnotify.h>

/* Returns whether there will be more. */
static bool print_event(const struct pnpn_event *event)
{
	const char *text = pnpn_event_get_text(event);

	switch (pnpn_event_get_kind(event)) {
	case PNPN_EVENT_CUSTOM:
		printf("%" PRIu64 ": %s\n", pnpn_event_get_sequence(event),
		       text ? text : "no text");
		return true;
	case PNPN_EVENT_DEVICE_REMOVED:
		puts("the device is gone");
		return false;
	default:
		return pnpn_event_get_kind(event) != PNPN_EVENT_DISCONNECTED;
	}
}

int main(int argc, char **argv)
{
	const char *device = argc > 1 ? argv[1] : "\\\\.\\Greeter";
	struct pnpn_connection *connection;
	const struct pnpn_event *event;
	int r = pnpn_connect(&connection, NULL);

	if (r >= 0)
		r = pnpn_register_device(connection, device, 0, NULL, NULL);
	if (r < 0) {
		fprintf(stderr, "listener: %s: %s\n", device, strerror(-r));
		return 1;
	}
	bool more = true;
	while (more && pnpn_wait(connection, -1) >= 0)
		while (more && pnpn_next_event(connection, &event) > 0)
			more = print_event(event);
	pnpn_disconnect(connection);
	return 0;
}
