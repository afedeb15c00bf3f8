/* SPDX-License-Identifier: MIT */
/*
 * two-way-app.c without Windows: the same driver, the same request, through the native API.
 *
 *	cc two-way-native.c -o two-way-native $(pkg-config --cflags --libs pnpnotify)
 */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <pnpnotify.h>

/* What the driver's header says of it: two_way.h is for programs under Windows' names. */
#define IOCTL_TWO_WAY_START 0x22e000u
struct two_way_start {
	uint64_t done;
	uint32_t count;
	uint32_t padding;
};

#define NUMBERS 5

static void print_numbers(struct pnpn_connection *connection, int *numbers)
{
	const struct pnpn_event *event;
	uint32_t count;
	size_t size;

	while (pnpn_next_event(connection, &event) > 0) {
		const void *data = pnpn_event_get_data(event, &size);
		if (pnpn_event_get_kind(event) != PNPN_EVENT_CUSTOM || size < sizeof(count))
			continue;
		memcpy(&count, data, sizeof(count));
		printf("the driver counted: %u\n", count);
		++*numbers;
	}
}

/* Until the driver has set the event, and all that it told before is here. */
static int wait_until_done(struct pnpn_connection *connection, int done)
{
	struct pollfd fds[] = {{.fd = done, .events = POLLIN},
			       {.fd = pnpn_get_fd(connection), .events = POLLIN}};
	int numbers = 0, r = 0;
	char set = 0;

	while (r >= 0 && (!set || numbers < NUMBERS)) {
		(void)poll(fds, 2, -1);
		if (fds[0].revents && recv(done, &set, 1, 0) <= 0)
			fds[0].fd = -1;
		r = pnpn_dispatch(connection);
		print_numbers(connection, &numbers);
	}
	return r;
}

int main(void)
{
	struct two_way_start start = {.count = NUMBERS};
	struct pnpn_connection *connection;
	struct pnpn_handle *device;
	uint32_t before = 0;
	int done, r;

	if ((r = pnpn_connect(&connection, NULL)) < 0 ||
	    (r = pnpn_open(connection, "\\\\.\\TwoWay", &device)) < 0 ||
	    (r = pnpn_register_device(connection, "\\\\.\\TwoWay", 0, NULL, NULL)) < 0 ||
	    (r = pnpn_handle_share_event(device, &done, &start.done)) < 0 ||
	    (r = pnpn_handle_ioctl(device, IOCTL_TWO_WAY_START, &start, sizeof(start), &before,
				   sizeof(before), NULL)) < 0) {
		fprintf(stderr, "two-way-native: %s\n", strerror(-r));
		return 1;
	}
	printf("it had counted: %u\n", before);
	r = wait_until_done(connection, done);
	puts(r < 0 ? "the manager is gone" : "the driver is done");
	pnpn_close(device);
	pnpn_disconnect(connection);
	return r < 0;
}
