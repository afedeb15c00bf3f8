/* SPDX-License-Identifier: MIT */
/*
 * The same in systemd's event loop:
 *
 *	cc $(pkg-config --cflags pnpnotify libsystemd) with-sd-event.c -o with-sd-event \
 *		$(pkg-config --libs pnpnotify libsystemd)
 */
#include <sys/epoll.h>
#include <systemd/sd-event.h>
#include "watch.h"

static int on_readable(sd_event_source *source, int fd, uint32_t ready, void *connection)
{
	return watch_readable(connection) ? 0 : sd_event_exit(sd_event_source_get_event(source), 0);
}

int main(int argc, char **argv)
{
	struct pnpn_connection *connection = watch_begin(argc, argv);
	sd_event *event = NULL;

	if (!connection)
		return 1;
	int r = sd_event_default(&event);
	if (r >= 0)
		r = sd_event_add_io(event, NULL, pnpn_get_fd(connection), EPOLLIN, on_readable,
				    connection);
	if (r >= 0)
		r = sd_event_loop(event);
	sd_event_unref(event);
	pnpn_disconnect(connection);
	return r < 0;
}
