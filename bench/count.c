/* SPDX-License-Identifier: MIT */
/* One device, one registrant, a fixed number of events of 64 bytes: what scripts/check-instructions counts. */
#include <stdio.h>

#include <pnpnotify.h>

#define EVENTS 20000
#define BURST  1000

static const struct pnpn_guid guid = {
	0x6d1b8a4f, 0x7a35, 0x4c2b, {0x9e, 0x10, 0x52, 0x0f, 0x7c, 0x91, 0x3d, 0x66}};

static int take(struct pnpn_connection *connection, int n)
{
	const struct pnpn_event *event;

	while (n) {
		while (n && pnpn_next_event(connection, &event) > 0)
			n--;
		if (n && pnpn_wait(connection, -1) < 0)
			return -1;
	}
	return 0;
}

int main(void)
{
	struct pnpn_connection *owner, *application;
	struct pnpn_device *device;
	const char data[64] = {0};

	if (pnpn_connect(&owner, NULL) < 0 ||
	    pnpn_device_new(owner, "ROOT\\COUNT\\0000", &device) < 0 ||
	    pnpn_device_start(device) < 0 || pnpn_connect(&application, NULL) < 0 ||
	    pnpn_register_device(application, "ROOT\\COUNT\\0000", 0, NULL, NULL) < 0)
		return 1;
	for (int i = 0; i < EVENTS; i++)
		if (pnpn_device_report(device, &guid, data, sizeof(data), PNPN_NAME_OFFSET_NONE) <
			    0 ||
		    ((i + 1) % BURST == 0 && take(application, BURST) < 0))
			return 1;
	printf("%d\n", EVENTS);
	return 0;
}
