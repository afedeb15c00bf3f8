/* SPDX-License-Identifier: MIT */
/*
 * A program's own loop around poll(). pnpn_wait() is the same for a program that waits for nothing else.
 *
 *	cc $(pkg-config --cflags pnpnotify) with-poll.c -o with-poll $(pkg-config --libs pnpnotify)
 *	./with-poll '\\.\Greeter'
 */
#include <poll.h>
#include "watch.h"

int main(int argc, char **argv)
{
	struct pnpn_connection *connection = watch_begin(argc, argv);

	if (!connection)
		return 1;
	struct pollfd fd = {.fd = pnpn_get_fd(connection), .events = POLLIN};
	while (poll(&fd, 1, -1) < 0 || watch_readable(connection))
		;
	pnpn_disconnect(connection);
	return 0;
}
