/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/greeting.h"
#include "core/protocol.h"

#define PATH_PREFIX "unix:path="

/* The path that D-Bus would find there, too. */
static const char *path_of(const char *address)
{
	const char *path = address + strlen(PATH_PREFIX);

	return strncmp(address, PATH_PREFIX, strlen(PATH_PREFIX)) == 0 && *path == '/' &&
			       !path[strcspn(path, "%,;")]
		       ? path
		       : NULL;
}

int pnpn_greeting_connect(const char *address)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	const char *path = path_of(address);

	if (!path || strlen(path) >= sizeof(name.sun_path))
		return -EAFNOSUPPORT;
	strcpy(name.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&name, sizeof(name)) == 0)
		return fd;
	int r = -errno;
	close(fd);
	return r;
}

bool pnpn_greeting_is_reason(int error)
{
	return error == -EDQUOT || error == -EMFILE || error == -ENFILE || error == -ENOSPC ||
	       error == -ENOMEM;
}

int pnpn_greeting_look(int fd)
{
	char line[sizeof(PNPN_TURNED_AWAY) + 16] = "";
	ssize_t n = recv(fd, line, sizeof(line) - 1, MSG_PEEK | MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return 1;
	if (n < 0 || strncmp(line, PNPN_TURNED_AWAY, strlen(PNPN_TURNED_AWAY)) != 0)
		return 0;
	long reason = -strtol(line + strlen(PNPN_TURNED_AWAY), NULL, 10);
	return reason >= -4095 && pnpn_greeting_is_reason((int)reason) ? (int)reason
								       : -ECONNREFUSED;
}
