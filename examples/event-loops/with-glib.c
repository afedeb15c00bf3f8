/* SPDX-License-Identifier: MIT */
/*
 * The same as a source of GLib's main loop, which a GTK program runs anyway:
 *
 *	cc $(pkg-config --cflags pnpnotify glib-2.0) with-glib.c -o with-glib $(pkg-config --libs pnpnotify glib-2.0)
 */
#include <glib-unix.h>
#include "watch.h"

struct watch {
	struct pnpn_connection *connection;
	GMainLoop *loop;
};

static gboolean on_readable(gint fd, GIOCondition ready, gpointer userdata)
{
	struct watch *watch = userdata;

	if (watch_readable(watch->connection))
		return G_SOURCE_CONTINUE;
	g_main_loop_quit(watch->loop);
	return G_SOURCE_REMOVE;
}

int main(int argc, char **argv)
{
	struct watch watch = {.connection = watch_begin(argc, argv)};

	if (!watch.connection)
		return 1;
	watch.loop = g_main_loop_new(NULL, FALSE);
	g_unix_fd_add(pnpn_get_fd(watch.connection), G_IO_IN, on_readable, &watch);
	g_main_loop_run(watch.loop);
	g_main_loop_unref(watch.loop);
	pnpn_disconnect(watch.connection);
	return 0;
}
