/* SPDX-License-Identifier: MIT */
/* A SEQPACKET socket for each listener, which the reporter writes to in turn: what a small daemon does by hand. A reader
 * that is slow holds the reporter up, so nothing is lost. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <poll.h>
#include <unistd.h>

#include "peer.h"

struct sockets {
	int readers;
	int pairs[READERS_MAX][2];
};

static void *sockets_open(int readers)
{
	struct sockets *sockets = calloc(1, sizeof(*sockets));

	if (!sockets)
		die("sockets");
	sockets->readers = readers;
	for (int i = 0; i < readers; i++)
		if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets->pairs[i]) < 0)
			die("socketpair");
	return sockets;
}

static void sockets_close(void *shared)
{
	struct sockets *sockets = shared;

	for (int i = 0; i < sockets->readers; i++) {
		close(sockets->pairs[i][0]);
		close(sockets->pairs[i][1]);
	}
	free(sockets);
}

static void sockets_report(void *shared, const struct payload *payload)
{
	struct sockets *sockets = shared;

	for (int i = 0; i < sockets->readers; i++)
		if (send(sockets->pairs[i][0], payload, payload_bytes, 0) < 0)
			die("send");
}

static void *socket_open(void *shared, int number)
{
	struct sockets *sockets = shared;

	return &sockets->pairs[number][1];
}

static int socket_take(void *reader, struct payload *ret_payload)
{
	ssize_t n = recv(*(int *)reader, ret_payload, sizeof(*ret_payload), MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN)
		die("recv");
	return n > 0;
}

static void socket_sleep(void *reader)
{
	struct pollfd fd = {.fd = *(int *)reader, .events = POLLIN};

	if (poll(&fd, 1, -1) < 0)
		die("poll");
}

const struct peer peer_socket = {
	.name = "SEQPACKET sockets",
	.what = "one for each registrant; the reporter writes to all",
	.open = sockets_open,
	.close = sockets_close,
	.report = sockets_report,
	.reader_open = socket_open,
	.take = socket_take,
	.sleep = socket_sleep,
};
