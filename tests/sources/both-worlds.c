/* SPDX-License-Identifier: MIT */
/* U18: a source that includes Windows' and Linux's sockets gets Linux's; types that it defines where it knows none. */
/* sources: run no-mingw */
#include <sys/socket.h>
#include <netinet/in.h>
#include <pthread.h>
#include <unistd.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include "check.h"

typedef SSIZE_T ssize_t;

static void take(SIZE_T *size, size_t *other)
{
	*size = *other;
}

int main(void)
{
	socklen_t length = sizeof(struct sockaddr_in);
	struct sockaddr_in address = {0};
	size_t size = 5;
	SIZE_T taken = 0;
	fd_set set;
	int ends[2];

	FD_ZERO(&set);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	CHECK(getsockname(ends[0], (struct sockaddr *)&address, &length) == 0);
	CHECK(send(ends[0], "x", 1, 0) == 1 && close(ends[0]) == 0 && close(ends[1]) == 0);
	take(&taken, &size);
	CHECK(taken == 5 && sizeof(ssize_t) == sizeof(SSIZE_T));
	return failures;
}
