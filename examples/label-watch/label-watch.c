/* SPDX-License-Identifier: MIT */
/* Prints when a volume's label changes, whichever volume it is:
 *	cc label-watch.c -o label-watch $(pkg-config --cflags --libs pnpnotify) && ./label-watch */
#include <stdio.h>
#include <string.h>
#include <pnpnotify.h>
#include <pnpnotify/events.h>

int main(void)
{
	static const struct pnpn_guid volumes = {
		0x53f5630d, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}};
	struct pnpn_connection *connection;
	const struct pnpn_event *event;

	if (pnpn_connect(&connection, NULL) < 0 ||
	    pnpn_register_class(connection, &volumes, 0, NULL, NULL) < 0)
		return 1;
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("watching");
	while (pnpn_wait(connection, -1) >= 0)
		while (pnpn_next_event(connection, &event) > 0)
			if (!memcmp(pnpn_event_get_guid(event), &PNPN_VOLUME_NAME_CHANGE,
				    sizeof(struct pnpn_guid)))
				printf("%s is called \"%s\" now\n", pnpn_event_get_device(event),
				       pnpn_event_get_text(event));
	return 0;
}
