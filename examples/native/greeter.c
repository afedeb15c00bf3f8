/* SPDX-License-Identifier: MIT */
/*
 * A driver process that says "Hello!" five times:
 *
 *	cc $(pkg-config --cflags pnpnotify) greeter.c -o greeter $(pkg-config --libs pnpnotify)
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <pnpnotify.h>

static const struct pnpn_guid greeting = {
	0x0e7d5c36, 0x1f0f, 0x4a38, {0x9d, 0x0c, 0x6a, 0x4a, 0x4a, 0x0f, 0x7b, 0x52}};

static int fail(const char *what, int error)
{
	fprintf(stderr, "greeter: %s: %s\n", what, strerror(-error));
	return 1;
}

int main(void)
{
	struct pnpn_connection *connection;
	struct pnpn_device *device;
	int r = pnpn_connect(&connection, NULL);

	if (r < 0)
		return fail("no manager", r);
	r = pnpn_device_new(connection, "ROOT\\GREETER\\0000", &device);
	if (r >= 0)
		r = pnpn_device_add_link(device, "\\\\.\\Greeter");
	if (r >= 0)
		r = pnpn_device_start(device);
	if (r < 0)
		return fail("no device", r);
	puts("greeting in a second");
	for (uint32_t count = 1; count <= 5; count++) {
		sleep(1);
		r = pnpn_device_report_text(device, &greeting, &count, sizeof(count), "Hello!");
		if (r < 0)
			return fail("report", r);
	}
	pnpn_device_remove(device);
	pnpn_disconnect(connection);
	return 0;
}
