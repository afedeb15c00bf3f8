/* SPDX-License-Identifier: MIT */
/*
 * The same in libuv's loop:
 *
 *	cc $(pkg-config --cflags pnpnotify libuv) with-libuv.c -o with-libuv $(pkg-config --libs pnpnotify libuv)
 */
#include <uv.h>
#include "watch.h"

static void on_readable(uv_poll_t *poll, int status, int ready)
{
	if (status < 0 || !watch_readable(poll->data))
		uv_close((uv_handle_t *)poll, NULL);
}

int main(int argc, char **argv)
{
	struct pnpn_connection *connection = watch_begin(argc, argv);
	uv_poll_t poll = {.data = connection};

	if (!connection)
		return 1;
	int r = uv_poll_init(uv_default_loop(), &poll, pnpn_get_fd(connection));
	if (r >= 0)
		r = uv_poll_start(&poll, UV_READABLE, on_readable);
	if (r >= 0)
		r = uv_run(uv_default_loop(), UV_RUN_DEFAULT);
	uv_loop_close(uv_default_loop());
	pnpn_disconnect(connection);
	return r < 0;
}
