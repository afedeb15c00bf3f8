/* SPDX-License-Identifier: MIT */
/*
 * pnpn-bench-kernel: what one report of a module costs it, and how long it takes until every sleeping
 * registrant has it: pnpnotify beside a uevent and a generic netlink multicast, as ratios of one run.
 * Runs where pnpnotify-bench.ko is loaded: ./check bench-kernel boots such a machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench-call.h"
#include "core/ring-reader.h"

#define READERS_MAX 100
#define ROUNDS	    200
#define BURST	    10000

struct member {
	uint64_t taken;
	uint32_t latency_ns[ROUNDS];
	uint32_t ready;
	pid_t pid;
};

static struct member *members;
static int bench;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void pause_us(long us)
{
	nanosleep(&(struct timespec){.tv_nsec = us * 1000}, NULL);
}

static void took(struct member *member, const struct bench_payload *payload)
{
	if (member->taken < ROUNDS)
		member->latency_ns[member->taken] = (uint32_t)(now_ns() - payload->time_ns);
	__atomic_fetch_add(&member->taken, 1, __ATOMIC_RELEASE);
}

/* --- readers -------------------------------------------------------------------------------------- */

static int attach(void)
{
	struct pnpn_kernel_change change;
	int control = open("/dev/pnpnotify", O_RDONLY);

	while (control >= 0 && read(control, &change, sizeof(change)) == sizeof(change)) {
		if (change.kind != PNPN_CHANGE_CAME || strcmp(change.instance_id, BENCH_ID) != 0)
			continue;
		struct pnpn_attach request = {.size = sizeof(request), .device = change.device};
		return ioctl(control, PNPN_IOC_ATTACH, &request);
	}
	return -1;
}

static void read_pnpnotify(struct member *member)
{
	static uint8_t data[PNPN_DATA_MAX];
	struct pnpn_ring_reader reader;
	struct pnpn_ring_record record;
	uint64_t bytes = 0, lost;
	int ring = attach();

	if (ring < 0 || ioctl(ring, PNPN_IOC_RING, &bytes) < 0)
		die("ring");
	if (pnpn_ring_reader_init(&reader, mmap(NULL, bytes, PROT_READ, MAP_SHARED, ring, 0),
				  bytes) < 0)
		die("reader");
	member->ready = 1;
	for (;;) {
		while (pnpn_ring_reader_next(&reader, &record, data, &lost) > 0) {
			struct bench_payload payload;
			memcpy(&payload, data, sizeof(payload));
			took(member, &payload);
		}
		if (ioctl(ring, PNPN_IOC_WAIT, &reader.position) < 0)
			die("wait");
	}
}

static int netlink_socket(int protocol, unsigned int legacy_group)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = legacy_group};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		die("netlink");
	return fd;
}

static uint64_t number_after(const char *text, size_t size, const char *key)
{
	const char *found = memmem(text, size, key, strlen(key));

	return found ? strtoull(found + strlen(key), NULL, 10) : 0;
}

static void read_uevent(struct member *member)
{
	char text[4096];
	int fd = netlink_socket(NETLINK_KOBJECT_UEVENT, 1);

	member->ready = 1;
	for (;;) {
		ssize_t size = recv(fd, text, sizeof(text) - 1, 0);
		if (size <= 0)
			continue;
		text[size] = 0;
		struct bench_payload payload = {
			.time_ns = number_after(text, (size_t)size, "BENCH_TIME=")};
		if (payload.time_ns)
			took(member, &payload);
	}
}

/* The number of the family's one multicast group, from the controller's answer. */
static int find_group(int fd)
{
	struct {
		struct nlmsghdr header;
		struct genlmsghdr generic;
		struct nlattr attribute;
		char name[16];
	} request = {
		.header = {.nlmsg_len = sizeof(request),
			   .nlmsg_type = GENL_ID_CTRL,
			   .nlmsg_flags = NLM_F_REQUEST},
		.generic = {.cmd = CTRL_CMD_GETFAMILY, .version = 1},
		.attribute = {.nla_len = NLA_HDRLEN + sizeof(BENCH_FAMILY),
			      .nla_type = CTRL_ATTR_FAMILY_NAME},
		.name = BENCH_FAMILY,
	};
	char answer[4096];

	if (send(fd, &request, sizeof(request), 0) < 0)
		die("genetlink");
	ssize_t size = recv(fd, answer, sizeof(answer), 0);
	/* The group's name, and right before it in the nest its number. */
	const char *name = size > 0 ? memmem(answer, (size_t)size, BENCH_GROUP, sizeof(BENCH_GROUP))
				    : NULL;
	int group = 0;
	for (const char *at = answer; name && at < answer + size; at += 4) {
		const struct nlattr *attribute = (const struct nlattr *)(const void *)at;
		if (attribute->nla_type == CTRL_ATTR_MCAST_GRP_ID && attribute->nla_len == 8 &&
		    labs(at - name) < 20)
			memcpy(&group, at + NLA_HDRLEN, sizeof(group));
	}
	return group;
}

static void read_netlink(struct member *member)
{
	char message[512];
	int fd = netlink_socket(NETLINK_GENERIC, 0);
	int group = find_group(fd);

	if (!group ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
		die("group");
	member->ready = 1;
	for (;;) {
		struct bench_payload payload;
		ssize_t size = recv(fd, message, sizeof(message), 0);
		if (size < (ssize_t)(NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN + sizeof(payload)))
			continue;
		memcpy(&payload, message + NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN,
		       sizeof(payload));
		took(member, &payload);
	}
}

/* --- measuring ------------------------------------------------------------------------------------ */

static void start(enum bench_peer peer, int readers)
{
	static void (*const run[])(struct member *member) = {read_pnpnotify, read_uevent,
							     read_netlink};

	memset(members, 0, sizeof(*members) * READERS_MAX);
	for (int i = 0; i < readers; i++) {
		pid_t pid = fork();
		if (pid < 0)
			die("fork");
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			run[peer](&members[i]);
		}
		members[i].pid = pid;
	}
	for (int i = 0; i < readers; i++)
		while (!__atomic_load_n(&members[i].ready, __ATOMIC_ACQUIRE))
			pause_us(1000);
	pause_us(100000);
}

static void stop(int readers)
{
	for (int i = 0; i < readers; i++)
		kill(members[i].pid, SIGKILL);
	for (int i = 0; i < readers; i++)
		waitpid(members[i].pid, NULL, 0);
}

static uint64_t report(enum bench_peer peer, uint32_t events, uint64_t number)
{
	struct bench_call call = {.peer = peer, .events = events, .number = number};

	if (ioctl(bench, BENCH_CALL, &call) < 0)
		die("BENCH_CALL");
	return call.cost_ns;
}

/* Medians: of the reports' costs, and of all readers' latencies. */
struct result {
	double cost_ns, latency_ns;
};

static int compare(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

static double median(uint32_t *numbers, size_t count)
{
	qsort(numbers, count, sizeof(*numbers), compare);
	return numbers[count / 2];
}

static struct result measure(enum bench_peer peer, int readers)
{
	static uint32_t costs[ROUNDS], latencies[ROUNDS * READERS_MAX];
	struct result result;

	start(peer, readers);
	for (uint64_t round = 1; round <= ROUNDS; round++) {
		costs[round - 1] = (uint32_t)report(peer, 1, round);
		for (int i = 0; i < readers; i++)
			while (__atomic_load_n(&members[i].taken, __ATOMIC_ACQUIRE) < round)
				pause_us(100);
		pause_us(2000); /* until all are asleep again */
	}
	for (int i = 0; i < readers; i++)
		memcpy(latencies + i * ROUNDS, members[i].latency_ns,
		       sizeof(members[i].latency_ns));
	stop(readers);
	result.cost_ns = median(costs, ROUNDS);
	result.latency_ns = median(latencies, (size_t)readers * ROUNDS);
	return result;
}

/* A burst while the reader is stopped: how many it has in the end. */
static uint64_t survive(enum bench_peer peer)
{
	start(peer, 1);
	kill(members[0].pid, SIGSTOP);
	report(peer, BURST, 1);
	kill(members[0].pid, SIGCONT);
	uint64_t before = 0, taken = 0;
	do {
		before = taken;
		pause_us(300000);
		taken = __atomic_load_n(&members[0].taken, __ATOMIC_ACQUIRE);
	} while (taken != before || !taken);
	stop(1);
	return taken;
}

int main(void)
{
	static const int sizes[] = {1, 10, 100};

	setvbuf(stdout, NULL, _IOLBF, 0);
	bench = open("/dev/pnpnotify-bench", O_RDWR | O_CLOEXEC);
	members = mmap(NULL, sizeof(*members) * READERS_MAX, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (bench < 0 || members == MAP_FAILED)
		die("pnpnotify-bench");
	puts("registrants   reporter / uevent, / netlink     latency / uevent, / netlink");
	for (size_t i = 0; i < 3; i++) {
		struct result results[BENCH_PEERS];
		for (int peer = 0; peer < BENCH_PEERS; peer++)
			results[peer] = measure((enum bench_peer)peer, sizes[i]);
		const struct result *ours = &results[BENCH_PNPNOTIFY];
		printf("%11d %19.3f %11.3f %19.3f %11.3f\n", sizes[i],
		       ours->cost_ns / results[BENCH_UEVENT].cost_ns,
		       ours->cost_ns / results[BENCH_NETLINK].cost_ns,
		       ours->latency_ns / results[BENCH_UEVENT].latency_ns,
		       ours->latency_ns / results[BENCH_NETLINK].latency_ns);
	}
	printf("of %d events in a burst, a reader that was stopped got: pnpnotify %llu, uevent "
	       "%llu, netlink %llu\n",
	       BURST, (unsigned long long)survive(BENCH_PNPNOTIFY),
	       (unsigned long long)survive(BENCH_UEVENT),
	       (unsigned long long)survive(BENCH_NETLINK));
	return 0;
}
