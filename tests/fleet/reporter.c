/* SPDX-License-Identifier: MIT */
/* A device that does what it reads: usage: reporter ADDRESS ID [CLASS]. Each line of its input is "report N SIZE" (events
 * whose data begin with their numbers) or "link NAME"; it answers with a line: "ready" at first, then "done". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pnpnotify.h>

static const struct pnpn_guid event = {0x7d1f3a90, 0x52c4, 0x4b1e, {1, 2, 3, 4, 5, 6, 7, 8}};

#define DATA_MAX 65499

static int make(const char *address, const char *id, const char *class_text,
		struct pnpn_device **ret_device)
{
	struct pnpn_connection *connection;
	struct pnpn_guid class;
	char *name;
	int r = pnpn_connect_lasting(&connection, address);

	if (r >= 0)
		r = pnpn_device_new(connection, id, ret_device);
	if (r >= 0 && class_text)
		r = pnpn_guid_from_string(class_text, &class);
	if (r >= 0 && class_text)
		r = pnpn_device_add_interface(*ret_device, &class, NULL, &name);
	if (r >= 0 && class_text)
		r = pnpn_device_enable_interface(*ret_device, name, true);
	return r;
}

static int report(struct pnpn_device *device, unsigned long count, size_t size)
{
	static unsigned long number;
	static char data[DATA_MAX];
	int r = 0;

	for (unsigned long i = 0; i < count && r >= 0; i++) {
		number++;
		memcpy(data, &number, sizeof(number));
		r = pnpn_device_report(device, &event, data, size, PNPN_NAME_OFFSET_NONE);
	}
	return r;
}

static int obey(struct pnpn_device *device, char *line)
{
	unsigned long count;
	size_t size;

	line[strcspn(line, "\n")] = 0;
	if (sscanf(line, "report %lu %zu", &count, &size) == 2)
		return report(device, count, size);
	if (strncmp(line, "link ", 5) == 0)
		return pnpn_device_add_link(device, line + 5);
	return strcmp(line, "start") == 0 ? pnpn_device_start(device) : -1;
}

int main(int argc, char **argv)
{
	struct pnpn_device *device;
	char line[256];
	int r = argc < 3 ? -1 : make(argv[1], argv[2], argv[3], &device);

	puts(r < 0 ? strerror(-r) : "ready");
	fflush(stdout);
	while (r >= 0 && fgets(line, sizeof(line), stdin)) {
		r = obey(device, line);
		puts(r < 0 ? strerror(-r) : "done");
		fflush(stdout);
	}
	return r < 0;
}
