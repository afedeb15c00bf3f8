/* SPDX-License-Identifier: MIT */
/*
 * The fleet and what it is compared with, as fleet.py has them in turn. Each line of the input is a number of events for one
 * round, one at a time or all at once; each line of the output what one round took: a time of each event, or of all, in ns.
 *	fleet-bare latency URL SIZE              a bare publish and subscribe, as the library does it by itself
 *	fleet-bare latency-at-once URL SIZE      the same, written at once
 *	fleet-bare latency-stored URL SIZE       the same, over a stream
 *	fleet-bare throughput URL SIZE           a bare asynchronous publisher to a stream
 *	fleet-bare throughput-alike URL SIZE     the same, with the headers of a message of the stream PNPN, each with an id
 *	fleet-bare fleet-latency ADDRESS ADDRESS SIZE   from a device of one manager to a registrant of the other's
 *	fleet-bare fleet-throughput ADDRESS URL SIZE    from a device to the stream PNPN
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <nats/nats.h>
#include <pnpnotify.h>

#define SIZE_MAX_BYTES 65499

/* How long a round may wait for an event. */
#define PATIENCE_MS 60000

static const struct pnpn_guid event_guid = {0x7d1f3a90, 0x52c4, 0x4b1e, {1, 2, 3, 4, 5, 6, 7, 8}};

static struct {
	size_t size;
	const char *subject; /* each way has its own */
	natsConnection *sender, *receiver;
	natsSubscription *subscription;
	jsCtx *js;
	natsMsg *example; /* of the fleet's */
	struct pnpn_connection *reporting, *listening;
	struct pnpn_device *device;
} bench;

static char data[SIZE_MAX_BYTES];

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int failed(const char *what, natsStatus status)
{
	fprintf(stderr, "fleet-bare: %s: %s\n", what, natsStatus_GetText(status));
	return -EIO;
}

/* --- bare NATS ------------------------------------------------------------------------------------ */

/* Two connections, as two machines have. */
static int connect_nats(const char *url, bool at_once)
{
	natsOptions *options = NULL;
	natsStatus s = natsOptions_Create(&options);

	if (s == NATS_OK)
		s = natsOptions_SetURL(options, url);
	if (s == NATS_OK)
		s = natsOptions_SetSendAsap(options, at_once);
	if (s == NATS_OK)
		s = natsConnection_Connect(&bench.sender, options);
	if (s == NATS_OK)
		s = natsConnection_Connect(&bench.receiver, options);
	if (s == NATS_OK)
		s = natsConnection_JetStream(&bench.js, bench.receiver, NULL);
	natsOptions_Destroy(options);
	return s == NATS_OK ? 0 : failed(url, s);
}

static int subscribe(const char *url, bool at_once)
{
	int r = connect_nats(url, at_once);

	if (r < 0)
		return r;
	natsStatus s = natsConnection_SubscribeSync(&bench.subscription, bench.receiver,
						    bench.subject);
	if (s == NATS_OK)
		s = natsConnection_Flush(bench.receiver);
	return s == NATS_OK ? 0 : failed(bench.subject, s);
}

static int begin_latency(char **words)
{
	return subscribe(words[0], false);
}

static int begin_latency_at_once(char **words)
{
	return subscribe(words[0], true);
}

static int make_stream(void)
{
	const char *subjects[] = {bench.subject};
	jsStreamConfig config;

	jsStreamConfig_Init(&config);
	config.Name = bench.subject;
	config.Subjects = subjects;
	config.SubjectsLen = 1;
	natsStatus s = js_AddStream(NULL, bench.js, &config, NULL, NULL);
	return s == NATS_OK ? 0 : failed(bench.subject, s);
}

static int begin_latency_stored(char **words)
{
	int r = connect_nats(words[0], true);

	if (r >= 0)
		r = make_stream();
	if (r < 0)
		return r;
	natsStatus s = js_SubscribeSync(&bench.subscription, bench.js, bench.subject, NULL, NULL,
					NULL);
	return s == NATS_OK ? 0 : failed(bench.subject, s);
}

static int send_one(void)
{
	natsMsg *message = NULL;
	natsStatus s = natsConnection_Publish(bench.sender, bench.subject, data, (int)bench.size);

	if (s == NATS_OK)
		s = natsSubscription_NextMsg(&message, bench.subscription, PATIENCE_MS);
	natsMsg_Destroy(message);
	return s == NATS_OK ? 0 : failed(bench.subject, s);
}

static int begin_throughput(char **words)
{
	int r = connect_nats(words[0], false);

	return r < 0 ? r : make_stream();
}

static int begin_throughput_alike(char **words)
{
	int r = begin_throughput(words);

	if (r < 0)
		return r;
	natsStatus s = js_GetLastMsg(&bench.example, bench.js, "PNPN",
				     "pnpn.v1.*.*.*.7d1f3a90-52c4-4b1e-0102-030405060708", NULL,
				     NULL);
	return s == NATS_OK ? 0 : failed("PNPN", s);
}

static natsStatus send_alike(const char **names, int n_names)
{
	static unsigned long number;
	natsMsg *message = NULL;
	const char *value = NULL;
	char id[128];
	natsStatus s = natsMsg_Create(&message, bench.subject, NULL, data, (int)bench.size);

	for (int i = 0; i < n_names && s == NATS_OK; i++) {
		s = natsMsgHeader_Get(bench.example, names[i], &value);
		if (strcmp(names[i], "Nats-Msg-Id") == 0) {
			snprintf(id, sizeof(id), "%.80s%lu", value, number++);
			value = id;
		}
		if (s == NATS_OK)
			s = natsMsgHeader_Set(message, names[i], value);
	}
	if (s == NATS_OK)
		s = js_PublishMsgAsync(bench.js, &message, NULL);
	natsMsg_Destroy(message);
	return s;
}

static int send_all_alike(size_t n)
{
	const char **names = NULL;
	int n_names = 0;
	natsStatus s = natsMsgHeader_Keys(bench.example, &names, &n_names);

	for (size_t i = 0; i < n && s == NATS_OK; i++)
		s = send_alike(names, n_names);
	if (s == NATS_OK)
		s = js_PublishAsyncComplete(bench.js, NULL);
	free(names);
	return s == NATS_OK ? 0 : failed(bench.subject, s);
}

static int send_all(size_t n)
{
	natsStatus s = NATS_OK;

	for (size_t i = 0; i < n && s == NATS_OK; i++)
		s = js_PublishAsync(bench.js, bench.subject, data, (int)bench.size, NULL);
	if (s == NATS_OK)
		s = js_PublishAsyncComplete(bench.js, NULL);
	return s == NATS_OK ? 0 : failed(bench.subject, s);
}

/* --- the fleet ------------------------------------------------------------------------------------ */

static int make_device(const char *address)
{
	int r = pnpn_connect(&bench.reporting, address);

	if (r >= 0)
		r = pnpn_device_new(bench.reporting, "ROOT\\BENCH\\0000", &bench.device);
	return r < 0 ? r : pnpn_device_start(bench.device);
}

static int report_one(void)
{
	const struct pnpn_event *event;
	int r = pnpn_device_report(bench.device, &event_guid, data, bench.size,
				   PNPN_NAME_OFFSET_NONE);

	while (r >= 0) {
		while ((r = pnpn_next_event(bench.listening, &event)) > 0)
			if (pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM)
				return 0;
		if (r >= 0)
			r = pnpn_wait(bench.listening, PATIENCE_MS);
	}
	return r;
}

static int begin_fleet_latency(char **words)
{
	int r = make_device(words[0]);

	if (r >= 0)
		r = pnpn_connect(&bench.listening, words[1]);
	return r < 0 ? r : pnpn_register_all(bench.listening, 0, NULL, NULL);
}

static int begin_fleet_throughput(char **words)
{
	int r = make_device(words[0]);

	return r < 0 ? r : connect_nats(words[1], false);
}

static int ask_last(uint64_t *ret_last)
{
	jsStreamInfo *info = NULL;
	natsStatus s = js_GetStreamInfo(&info, bench.js, "PNPN", NULL, NULL);

	if (s == NATS_OK)
		*ret_last = info->State.LastSeq;
	jsStreamInfo_Destroy(info);
	return s == NATS_OK ? 0 : failed("PNPN", s);
}

static int report_all(size_t n)
{
	uint64_t before = 0, last = 0;
	int r = ask_last(&before);

	for (size_t i = 0; i < n && r >= 0; i++)
		r = pnpn_device_report(bench.device, &event_guid, data, bench.size,
				       PNPN_NAME_OFFSET_NONE);
	while (r >= 0 && last < before + n) {
		r = ask_last(&last);
		nats_Sleep(2);
	}
	return r;
}

/* --- rounds --------------------------------------------------------------------------------------- */

static const struct way {
	const char *name;
	int n_words;
	int (*begin)(char **words);
	int (*one)(void); /* one event, until it is there */
	int (*all)(size_t n);
} ways[] = {
	{"latency", 1, begin_latency, send_one, NULL},
	{"latency-at-once", 1, begin_latency_at_once, send_one, NULL},
	{"latency-stored", 1, begin_latency_stored, send_one, NULL},
	{"throughput", 1, begin_throughput, NULL, send_all},
	{"throughput-alike", 1, begin_throughput_alike, NULL, send_all_alike},
	{"fleet-latency", 2, begin_fleet_latency, report_one, NULL},
	{"fleet-throughput", 2, begin_fleet_throughput, NULL, report_all},
};

static int one_at_a_time(const struct way *way, size_t n)
{
	int r = 0;

	for (size_t i = 0; i < n && r >= 0; i++) {
		uint64_t begin = now_ns();
		r = way->one();
		printf("%s%" PRIu64, i ? " " : "", now_ns() - begin);
		nats_Sleep(1);
	}
	return r;
}

static int all_at_once(const struct way *way, size_t n)
{
	uint64_t begin = now_ns();
	int r = way->all(n);

	printf("%" PRIu64, now_ns() - begin);
	return r;
}

static int run(const struct way *way, char **words)
{
	unsigned long n;
	int r = way->begin(words);

	while (r >= 0 && scanf("%lu", &n) == 1) {
		r = way->one ? one_at_a_time(way, n) : all_at_once(way, n);
		putchar('\n');
		fflush(stdout);
	}
	return r;
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (argc != ways[i].n_words + 3 || strcmp(argv[1], ways[i].name) != 0)
			continue;
		bench.size = strtoul(argv[argc - 1], NULL, 10);
		if (bench.size > SIZE_MAX_BYTES)
			return 2;
		bench.subject = argv[1];
		int r = run(&ways[i], argv + 2);
		if (r < 0)
			fprintf(stderr, "fleet-bare: %s: %s\n", argv[1], strerror(-r));
		return r < 0;
	}
	return 2;
}
