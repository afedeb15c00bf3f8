/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>

#include "win32/connect.h"

/* How long a call waits for the connection to find a manager that is there. */
#define LOOKS_MAX     200
#define LOOK_PAUSE_MS 10

int pnpn_win32_connect(struct pnpn_connection **ret_connection)
{
	int r = pnpn_connect(ret_connection, NULL);

	/* No socket, nobody behind it, no owner of the name: all the same to an application. */
	return r == -ENOENT || r == -ECONNREFUSED ? -ENOTCONN : r;
}

CONFIGRET pnpn_win32_cr(int error)
{
	switch (-error) {
	case 0:
		return CR_SUCCESS;
	case ENOMEM:
	case ENOBUFS:
		return CR_OUT_OF_MEMORY;
	case ENOENT:
	case ENODEV:
		return CR_NO_SUCH_DEVINST;
	case EACCES:
		return CR_ACCESS_DENIED;
	case ENOTCONN:
		return CR_NO_CM_SERVICES;
	default:
		return CR_FAILURE;
	}
}

int pnpn_win32_await_manager(struct pnpn_connection *connection)
{
	struct pnpn_connection *probe;
	int r = pnpn_win32_connect(&probe);

	if (r < 0)
		return r;
	pnpn_disconnect(probe);
	for (int i = 0; i < LOOKS_MAX && pnpn_connection_get_error(connection) < 0; i++) {
		struct pollfd poll_fd = {.fd = pnpn_get_fd(connection), .events = POLLIN};
		(void)poll(&poll_fd, 1, LOOK_PAUSE_MS);
		(void)pnpn_dispatch(connection);
	}
	return pnpn_connection_get_error(connection);
}
