/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "win32/connect.h"

int pnpn_win32_connect(struct pnpn_connection **ret_connection)
{
	int r = pnpn_connect(ret_connection, NULL);

	/* No socket, nobody behind it, no owner of the name: all the same to an application. */
	return r == -ENOENT || r == -ECONNREFUSED ? -ENOTCONN : r;
}
