/* SPDX-License-Identifier: MIT */
/* ZeroMQ: PUB and SUB over a Unix socket, with queues that have no limit, so that nothing is lost. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "peer.h"

struct publisher {
	char folder[32];
	char address[64];
	int readers;
	void *context; /* made after the readers were forked: it would not survive that */
	void *socket;
};

static void set_unlimited(void *socket, int option)
{
	int none = 0;

	if (zmq_setsockopt(socket, option, &none, sizeof(none)) < 0)
		die("zmq_setsockopt");
}

static void *publisher_open(int readers)
{
	struct publisher *publisher = calloc(1, sizeof(*publisher));

	if (!publisher)
		die("publisher");
	strcpy(publisher->folder, "/tmp/pnpn-bench-XXXXXX");
	if (!mkdtemp(publisher->folder))
		die("mkdtemp");
	snprintf(publisher->address, sizeof(publisher->address), "ipc://%s/socket",
		 publisher->folder);
	publisher->readers = readers;
	return publisher;
}

/* After the readers were forked: they try until it is there. An XPUB hears of each that is. */
static void begin(struct publisher *publisher)
{
	char subscription[2];

	publisher->context = zmq_ctx_new();
	publisher->socket = zmq_socket(publisher->context, ZMQ_XPUB);
	if (!publisher->socket)
		die("zmq_socket");
	int verbose = 1;
	zmq_setsockopt(publisher->socket, ZMQ_XPUB_VERBOSE, &verbose, sizeof(verbose));
	set_unlimited(publisher->socket, ZMQ_SNDHWM);
	if (zmq_bind(publisher->socket, publisher->address) < 0)
		die("zmq_bind");
	for (int i = 0; i < publisher->readers; i++)
		if (zmq_recv(publisher->socket, subscription, sizeof(subscription), 0) < 0)
			die("zmq_recv");
}

static void publisher_close(void *shared)
{
	struct publisher *publisher = shared;
	char path[64];

	if (publisher->socket) {
		set_unlimited(publisher->socket, ZMQ_LINGER);
		zmq_close(publisher->socket);
		zmq_ctx_term(publisher->context);
	}
	snprintf(path, sizeof(path), "%s/socket", publisher->folder);
	unlink(path);
	rmdir(publisher->folder);
	free(publisher);
}

static void publisher_report(void *shared, const struct payload *payload)
{
	struct publisher *publisher = shared;

	if (!publisher->socket)
		begin(publisher);
	if (zmq_send(publisher->socket, payload, payload_bytes, 0) < 0)
		die("zmq_send");
}

static void *subscriber_open(void *shared, int number)
{
	struct publisher *publisher = shared;
	void *socket = zmq_socket(zmq_ctx_new(), ZMQ_SUB);

	if (!socket)
		die("zmq_socket");
	set_unlimited(socket, ZMQ_RCVHWM);
	if (zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0) < 0 ||
	    zmq_connect(socket, publisher->address) < 0)
		die("zmq_connect");
	return socket;
}

static int subscriber_take(void *reader, struct payload *ret_payload)
{
	int n = zmq_recv(reader, ret_payload, sizeof(*ret_payload), ZMQ_DONTWAIT);

	if (n < 0 && errno != EAGAIN)
		die("zmq_recv");
	return n > 0;
}

static void subscriber_sleep(void *reader)
{
	zmq_pollitem_t item = {.socket = reader, .events = ZMQ_POLLIN};

	if (zmq_poll(&item, 1, -1) < 0)
		die("zmq_poll");
}

const struct peer peer_zeromq = {
	.name = "ZeroMQ",
	.what = "PUB and SUB over a Unix socket, no limit",
	.open = publisher_open,
	.close = publisher_close,
	.report = publisher_report,
	.reader_open = subscriber_open,
	.take = subscriber_take,
	.sleep = subscriber_sleep,
};
