/* SPDX-License-Identifier: MIT */
/*
 * What the fleet is compared with, and who listens at its end (fleet.py):
 *	fleet-bare latency URL N SIZE          median of a bare publish and subscribe, one message at a time, in ns
 *	fleet-bare jetstream-latency URL N SIZE  the same over the stream BARE, to a consumer
 *	fleet-bare throughput URL N SIZE       messages a second of a bare asynchronous publisher to the stream BARE
 *	fleet-bare listen ADDRESS N            median from report to registrant of N events, in ns
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <nats/nats.h>
#include <pnpnotify.h>

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return one < other ? -1 : one > other;
}

static void print_median(uint64_t *values, size_t n)
{
	qsort(values, n, sizeof(*values), by_size);
	printf("%lu\n", (unsigned long)values[n / 2]);
}

static natsStatus make_stream(jsCtx *js)
{
	const char *subjects[] = {"bare.>"};
	jsStreamConfig config;

	jsStreamConfig_Init(&config);
	config.Name = "BARE";
	config.Subjects = subjects;
	config.SubjectsLen = 1;
	return js_AddStream(NULL, js, &config, NULL, NULL);
}

static natsStatus latency(natsConnection *nats, jsCtx *js, size_t n, int size, bool stored)
{
	char *data = calloc(1, (size_t)size + sizeof(uint64_t));
	uint64_t *values = calloc(n, sizeof(*values));
	natsSubscription *sub = NULL;
	natsMsg *msg = NULL;
	natsStatus s = stored ? js_SubscribeSync(&sub, js, "bare.latency", NULL, NULL, NULL)
			      : natsConnection_SubscribeSync(&sub, nats, "bare.latency");

	if (s == NATS_OK)
		s = natsConnection_Flush(nats);
	for (size_t i = 0; i < n && s == NATS_OK; i++) {
		uint64_t begin = now_ns();
		s = natsConnection_Publish(nats, "bare.latency", data, size);
		if (s == NATS_OK)
			s = natsSubscription_NextMsg(&msg, sub, 5000);
		values[i] = now_ns() - begin;
		natsMsg_Destroy(msg);
		nats_Sleep(1);
	}
	if (s == NATS_OK)
		print_median(values, n);
	natsSubscription_Destroy(sub);
	free(values);
	free(data);
	return s;
}

static natsStatus throughput(jsCtx *js, size_t n, int size)
{
	char *data = calloc(1, (size_t)size);
	natsStatus s = NATS_OK;
	uint64_t begin = now_ns();

	for (size_t i = 0; i < n && s == NATS_OK; i++)
		s = js_PublishAsync(js, "bare.throughput", data, size, NULL);
	if (s == NATS_OK)
		s = js_PublishAsyncComplete(js, NULL);
	if (s == NATS_OK)
		printf("%.0f\n", (double)n * 1e9 / (double)(now_ns() - begin));
	free(data);
	return s;
}

static int listen_for(const char *address, size_t n)
{
	uint64_t *values = calloc(n, sizeof(*values));
	struct pnpn_connection *connection;
	const struct pnpn_event *event;
	size_t got = 0;
	int r = pnpn_connect(&connection, address);

	if (r >= 0)
		r = pnpn_register_all(connection, 0, NULL, NULL);
	fputs("watching\n", stderr);
	while (r >= 0 && got < n) {
		while (got < n && (r = pnpn_next_event(connection, &event)) > 0)
			if (pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM)
				values[got++] = now_ns() - pnpn_event_get_time(event);
		if (got < n)
			r = pnpn_wait(connection, -1);
	}
	if (r >= 0)
		print_median(values, n);
	free(values);
	return r < 0;
}

int main(int argc, char **argv)
{
	natsConnection *nats = NULL;
	jsCtx *js = NULL;

	if (argc < 4)
		return 2;
	size_t n = strtoul(argv[3], NULL, 10);
	int size = argc > 4 ? atoi(argv[4]) : 0;
	if (strcmp(argv[1], "listen") == 0)
		return listen_for(argv[2], n);
	natsStatus s = natsConnection_ConnectTo(&nats, argv[2]);
	if (s == NATS_OK)
		s = natsConnection_JetStream(&js, nats, NULL);
	if (s == NATS_OK && strcmp(argv[1], "latency") != 0)
		s = make_stream(js);
	if (s == NATS_OK && strcmp(argv[1], "throughput") == 0)
		s = throughput(js, n, size);
	else if (s == NATS_OK)
		s = latency(nats, js, n, size, strcmp(argv[1], "latency") != 0);
	if (s != NATS_OK)
		fprintf(stderr, "%s\n", natsStatus_GetText(s));
	jsCtx_Destroy(js);
	natsConnection_Destroy(nats);
	nats_Close();
	return s != NATS_OK;
}
