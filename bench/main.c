/* SPDX-License-Identifier: MIT */
/*
 * bench: what a report costs, how long an event takes to a sleeping registrant, how many are
 * delivered a second; for 1, 10 and 100 registrants in as many processes; each peer in the same run.
 * Read the ratios: the absolute numbers are the machine's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crew.h"

static const struct peer *const peers[] = {&peer_bare_direct, &peer_bare_helper, &peer_pnpnotify};
static const int sizes[] = {1, 10, 100};

#define N_PEERS (sizeof(peers) / sizeof(peers[0]))
#define N_SIZES (sizeof(sizes) / sizeof(sizes[0]))

struct result {
	double awake_ns; /* a report while nobody sleeps */
	double asleep_us; /* a report while all sleep, median */
	double latency_us; /* from report to take, median over all registrants and rounds */
	double deliveries; /* millions a second */
};

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static double median(uint64_t *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return (double)values[count / 2];
}

static void rest(long us)
{
	nanosleep(&(struct timespec){.tv_nsec = us * 1000}, NULL);
}

/* Everybody sleeps before each report: a pause that grows with their number sees to it. */
static void measure_asleep(struct crew *crew, int rounds, struct result *result)
{
	uint64_t *costs = calloc((size_t)rounds, sizeof(*costs));
	uint64_t *latencies = calloc((size_t)rounds * (size_t)crew->size, sizeof(*latencies));

	if (!costs || !latencies)
		die("memory");
	for (int i = 0; i < rounds; i++) {
		costs[i] = crew_report(crew);
		crew_wait(crew);
		rest(1000 + 50 * crew->size);
	}
	for (int i = 0; i < rounds; i++)
		for (int k = 0; k < crew->size; k++)
			latencies[i * crew->size + k] = crew->members[k].latency[i];
	result->asleep_us = median(costs, (size_t)rounds) / 1000;
	result->latency_us = median(latencies, (size_t)rounds * (size_t)crew->size) / 1000;
	free(costs);
	free(latencies);
}

static void measure_burst(struct crew *crew, uint64_t events, struct result *result)
{
	uint64_t begin = now_ns();

	for (uint64_t i = 0; i < events; i++)
		crew_report(crew);
	crew_wait(crew);
	double seconds = (double)(now_ns() - begin) / 1e9;
	result->deliveries = (double)events * crew->size / seconds / 1e6;
}

/* Without a registrant nobody can be asleep. The best of several rounds: the rest is the machine's. */
static double measure_awake(const struct peer *peer)
{
	struct crew crew;
	struct payload payload = {0};
	double best = 1e9;

	crew_init(&crew, peer, 0);
	for (int round = 0; round < 20; round++) {
		uint64_t begin = now_ns();
		for (int i = 0; i < 100000; i++)
			peer->report(crew.shared, &payload);
		double cost = (double)(now_ns() - begin) / 100000;
		best = cost < best ? cost : best;
	}
	crew_deinit(&crew);
	return best;
}

static double best_of(double a, double b)
{
	return a > b ? a : b;
}

static struct result measure(const struct peer *peer, int size)
{
	struct result result = {0};
	struct crew crew;

	crew_init(&crew, peer, size);
	measure_asleep(&crew, size >= 100 ? 200 : 500, &result);
	for (int i = 0; i < 5; i++) {
		struct result burst;
		measure_burst(&crew, size >= 100 ? 60000 : 100000, &burst);
		result.deliveries = best_of(result.deliveries, burst.deliveries);
	}
	crew_deinit(&crew);
	return result;
}

static void print_row(const struct peer *peer, int size, struct result result)
{
	printf("%-18s %11d %12.0f %13.1f %12.1f %12.2f\n", peer->name, size, result.awake_ns,
	       result.asleep_us, result.latency_us, result.deliveries);
	fflush(stdout);
}

static double at_least(double a, double b)
{
	return a < b ? a : b;
}

static void print_targets(struct result results[N_PEERS][N_SIZES])
{
	const struct result *direct = results[0], *helper = results[1], *ours = results[2];

	printf("\nratios                                        1        10       100\n");
	printf("latency / the better bare ring's       %8.2f  %8.2f  %8.2f   (wanted: at most "
	       "1.5)\n",
	       ours[0].latency_us / at_least(direct[0].latency_us, helper[0].latency_us),
	       ours[1].latency_us / at_least(direct[1].latency_us, helper[1].latency_us),
	       ours[2].latency_us / at_least(direct[2].latency_us, helper[2].latency_us));
	printf("deliveries / bare ring's with helper   %8.2f  %8.2f  %8.2f   (wanted: at least "
	       "0.25)\n",
	       ours[0].deliveries / helper[0].deliveries, ours[1].deliveries / helper[1].deliveries,
	       ours[2].deliveries / helper[2].deliveries);
	printf("report, all asleep / with one asleep   %8.2f  %8.2f  %8.2f   (wanted: at most 2)\n",
	       1.0, ours[1].asleep_us / ours[0].asleep_us, ours[2].asleep_us / ours[0].asleep_us);
	printf("report, nobody asleep                  %8.0f ns                   (wanted: at most "
	       "100)\n",
	       ours[0].awake_ns);
}

/* One peer alone, for a profiler. */
static int measure_one(const char *name)
{
	for (size_t p = 0; p < N_PEERS; p++) {
		if (strcmp(peers[p]->name, name) != 0)
			continue;
		for (size_t s = 0; s < N_SIZES; s++)
			print_row(peers[p], sizes[s], measure(peers[p], sizes[s]));
		return 0;
	}
	fprintf(stderr, "bench: there is no \"%s\"; without a name all are measured:\n", name);
	for (size_t p = 0; p < N_PEERS; p++)
		fprintf(stderr, "  %s\n", peers[p]->name);
	return 2;
}

static void measure_all(void)
{
	struct result results[N_PEERS][N_SIZES];

	for (size_t s = 0; s < N_SIZES; s++) {
		for (size_t p = 0; p < N_PEERS; p++) {
			double awake = s ? results[p][0].awake_ns : measure_awake(peers[p]);
			results[p][s] = measure(peers[p], sizes[s]);
			results[p][s].awake_ns = awake;
			print_row(peers[p], sizes[s], results[p][s]);
		}
	}
	print_targets(results);
}

static void print_head(void)
{
	for (size_t p = 0; p < N_PEERS; p++)
		printf("%-18s %s\n", peers[p]->name, peers[p]->what);
	printf("\n%-18s %11s %12s %13s %12s %12s\n", "64-byte events", "registrants", "report ns",
	       "report us", "latency us", "million");
	printf("%-18s %11s %12s %13s %12s %12s\n", "", "(processes)", "(all awake)", "(all asleep)",
	       "(median)", "deliveries/s");
}

int main(int argc, char **argv)
{
	print_head();
	if (argc > 1)
		return measure_one(argv[1]);
	measure_all();
	return 0;
}
