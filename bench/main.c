/* SPDX-License-Identifier: MIT */
/*
 * bench: what a report costs, how long an event takes to a sleeping registrant, how many are delivered a second, for
 * several numbers of registrants, each a process of its own, and several sizes; each peer in the same run, in turn. Order
 * and loss are checked in every run. Read the ratios: the absolute numbers are the machine's.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crew.h"

static const struct peer *const peers[] = {
	&peer_bare_direct, &peer_bare_helper, &peer_pnpnotify,
	&peer_windows,	   &peer_socket,      &peer_dbus,
#ifdef HAVE_ZEROMQ
	&peer_zeromq,
#endif
};

#define N_PEERS	     (sizeof(peers) / sizeof(peers[0]))
#define OURS	     2 /* those before are no peers but what is left when everything else is taken away */
#define SETTINGS_MAX 8

/* Enough to see what a peer can do; each burst has about so many bytes for each registrant, and at most so many events. */
#define BURST_BYTES  (32u << 20)
#define BURST_EVENTS 100000u

/* All registrants together: who sends a copy to each would take for ever otherwise. */
#define BURST_DELIVERIES 2000000u

struct result {
	double awake_ns; /* a report while nobody sleeps */
	double asleep_us; /* a report while all sleep, median */
	double latency_us
		[2]; /* from report to take, over all registrants and rounds: median, and of 100 the last */
	double deliveries; /* millions a second */
};

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void rest(long us)
{
	nanosleep(&(struct timespec){.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000}, NULL);
}

static void *table(size_t n)
{
	void *values = calloc(n, sizeof(uint32_t));

	if (!values)
		die("memory");
	return values;
}

/* Everybody sleeps before each report: a pause that grows with their number sees to it. */
static void measure_asleep(struct crew *crew, int rounds, struct result *result)
{
	size_t n = (size_t)rounds * (size_t)crew->size;
	uint32_t *costs = table((size_t)rounds), *latencies = table(n);

	for (int i = 0; i < rounds; i++) {
		costs[i] = (uint32_t)crew_report(crew);
		crew_wait(crew);
		rest(1000 + 50 * crew->size);
	}
	for (int i = 0; i < rounds; i++)
		for (int k = 0; k < crew->size; k++)
			latencies[i * crew->size + k] = crew->members[k].latency[i];
	qsort(costs, (size_t)rounds, sizeof(*costs), compare);
	qsort(latencies, n, sizeof(*latencies), compare);
	result->asleep_us = costs[rounds / 2] / 1000.0;
	result->latency_us[0] = latencies[n / 2] / 1000.0;
	result->latency_us[1] = latencies[n - 1 - n / 100] / 1000.0;
	free(costs);
	free(latencies);
}

static uint64_t burst_events(const struct crew *crew)
{
	uint64_t events = BURST_BYTES / payload_bytes;
	uint64_t fair = BURST_DELIVERIES / (unsigned int)crew->size;

	events = events < fair ? events : fair;
	return events < BURST_EVENTS ? events : BURST_EVENTS;
}

/* The best of several: the rest is the machine's. */
static void measure_bursts(struct crew *crew, int rounds, struct result *result)
{
	uint64_t events = burst_events(crew);

	for (int round = 0; round < rounds; round++) {
		uint64_t begin = now_ns();
		for (uint64_t i = 0; i < events; i++)
			crew_report(crew);
		crew_wait(crew);
		double seconds = (double)(now_ns() - begin) / 1e9;
		double deliveries = (double)events * crew->size / seconds / 1e6;
		if (deliveries > result->deliveries)
			result->deliveries = deliveries;
	}
}

/* Without a registrant nobody can be asleep. */
static double measure_awake(const struct peer *peer)
{
	static struct payload payload;
	struct crew crew;
	double best = 1e9;

	crew_init(&crew, peer, 0);
	for (int round = 0; round < 20; round++) {
		uint64_t begin = now_ns();
		for (int i = 0; i < 2000; i++)
			peer->report(crew.shared, &payload);
		double cost = (double)(now_ns() - begin) / 2000;
		best = cost < best ? cost : best;
	}
	crew_deinit(&crew);
	return best;
}

static struct result measure(const struct peer *peer, int size, int rounds)
{
	struct result result = {.awake_ns = measure_awake(peer)};
	struct crew crew;

	crew_init(&crew, peer, size);
	measure_asleep(&crew, size >= 100 ? 100 : 300, &result);
	measure_bursts(&crew, rounds, &result);
	crew_deinit(&crew);
	return result;
}

static void print_head(int size)
{
	printf("\n### %d registrant%s, %zu bytes\n\n", size, size == 1 ? "" : "s", payload_bytes);
	puts("| | report, nobody there, ns | report, all asleep, us | latency, median, us | "
	     "latency, 99 of 100, us | "
	     "million deliveries/s | ours / theirs |");
	puts("|---|---:|---:|---:|---:|---:|---:|");
}

static void print_row(const struct peer *peer, const struct result *result,
		      const struct result *ours)
{
	printf("| %s | %.0f | %.1f | %.1f | %.1f | %.3f | %.2f |\n", peer->name, result->awake_ns,
	       result->asleep_us, result->latency_us[0], result->latency_us[1], result->deliveries,
	       ours->deliveries / result->deliveries);
}

static void measure_all(int size, int rounds, const char *only)
{
	struct result results[N_PEERS] = {0};

	print_head(size);
	for (size_t p = 0; p < N_PEERS; p++)
		if (!only || strcmp(only, peers[p]->name) == 0)
			results[p] = measure(peers[p], size, rounds);
	for (size_t p = 0; p < N_PEERS; p++)
		if (results[p].deliveries > 0)
			print_row(peers[p], &results[p], &results[OURS]);
	fflush(stdout);
}

static void usage(void)
{
	fputs("usage: pnpn-bench [--registrants N]... [--bytes N]... [--rounds N] [--peer NAME]\n"
	      "  --registrants N  so many processes that listen, at most 1000 (1, 10 and 100)\n"
	      "  --bytes N        so many in each event, 64 to 65000, a multiple of 8 (64)\n"
	      "  --rounds N       bursts for each, of which the best counts (5)\n"
	      "  --peer NAME      that one alone, for a profiler:\n",
	      stderr);
	for (size_t p = 0; p < N_PEERS; p++)
		fprintf(stderr, "    %-18s %s\n", peers[p]->name, peers[p]->what);
	exit(2);
}

struct settings {
	long values[SETTINGS_MAX];
	int n;
};

static void add(struct settings *settings, const char *text, long least, long most)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (*end || end == text || value < least || value > most || settings->n == SETTINGS_MAX)
		usage();
	settings->values[settings->n++] = value;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"registrants", required_argument, NULL, 'n'},
		{"bytes", required_argument, NULL, 'b'},
		{"rounds", required_argument, NULL, 'r'},
		{"peer", required_argument, NULL, 'p'},
		{0},
	};
	struct settings sizes = {0}, bytes = {0}, rounds = {0};
	const char *only = NULL;

	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (c == 'n')
			add(&sizes, optarg, 1, READERS_MAX);
		else if (c == 'b')
			add(&bytes, optarg, 64, PAYLOAD_MAX);
		else if (c == 'r')
			add(&rounds, optarg, 1, 1000);
		else if (c == 'p')
			only = optarg;
		else
			usage();
	}
	if (!sizes.n)
		sizes = (struct settings){{1, 10, 100}, 3};
	if (!bytes.n)
		bytes = (struct settings){{64}, 1};
	for (int b = 0; b < bytes.n; b++) {
		payload_bytes = (size_t)bytes.values[b] & ~(size_t)7;
		for (int s = 0; s < sizes.n; s++)
			measure_all((int)sizes.values[s], rounds.n ? (int)rounds.values[0] : 5,
				    only);
	}
	return 0;
}
