/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <pnpnotify.h>
#include "listener.h"

uint64_t load_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

unsigned int load_class(uint64_t ns)
{
	unsigned int power = 63 - (unsigned int)__builtin_clzll(ns | 16);

	return power * 16 + (unsigned int)(ns >> (power - 4) & 15);
}

double load_class_us(unsigned int class)
{
	return (double)((16ull + class % 16 + 1) << (class / 16 - 4)) / 1000;
}

static void take(struct load_listener *listener, const struct pnpn_event *event)
{
	struct load_payload payload;
	size_t size;
	const void *data = pnpn_event_get_data(event, &size);
	uint64_t lost = pnpn_event_get_lost(event);

	listener->told += lost;
	listener->next += lost;
	if (pnpn_event_get_kind(event) != PNPN_EVENT_CUSTOM || size != sizeof(payload))
		return;
	memcpy(&payload, data, sizeof(payload));
	if (payload.number != listener->next)
		listener->unseen += payload.number > listener->next
					    ? payload.number - listener->next
					    : 1;
	listener->latencies[load_class(load_now() - payload.time)]++;
	__atomic_store_n(&listener->next, payload.number + 1, __ATOMIC_RELEASE);
}

/* What is begun once the registration is there is for it; the first one that comes may be an earlier one. */
static void take_first(struct load_listener *listener, const struct pnpn_event *event,
		       uint64_t from)
{
	struct load_payload payload;
	size_t size;
	const void *data = pnpn_event_get_data(event, &size);

	listener->next = from;
	if (size != sizeof(payload))
		return;
	memcpy(&payload, data, sizeof(payload));
	if (payload.number < from)
		listener->next = payload.number;
}

void load_listen(struct load_listener *listener, const char *address, const uint64_t *begun)
{
	struct pnpn_connection *connection;
	const struct pnpn_event *event;
	bool first = true;
	int r = pnpn_connect(&connection, address);

	if (r >= 0)
		r = pnpn_register_device(connection, LOAD_DEVICE, 0, NULL, NULL);
	if (r < 0) {
		fprintf(stderr, "load: a listener: %s\n", strerror(-r));
		exit(1);
	}
	uint64_t from = __atomic_load_n(begun, __ATOMIC_SEQ_CST);
	__atomic_store_n(&listener->next, from, __ATOMIC_RELEASE);
	__atomic_store_n(&listener->ready, true, __ATOMIC_RELEASE);
	while (pnpn_wait(connection, -1) >= 0) {
		while (pnpn_next_event(connection, &event) > 0) {
			if (first)
				take_first(listener, event, from);
			first = false;
			take(listener, event);
		}
	}
	fputs("load: a listener lost its connection\n", stderr);
	exit(1);
}
