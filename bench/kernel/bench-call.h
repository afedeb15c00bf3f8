/* SPDX-License-Identifier: MIT */
/* Between bench/kernel/main.c and pnpnotify-bench.ko. */
#ifndef PNPN_BENCH_CALL_H
#define PNPN_BENCH_CALL_H

#include <linux/ioctl.h>
#include <linux/types.h>

enum bench_peer { BENCH_PNPNOTIFY, BENCH_UEVENT, BENCH_NETLINK, BENCH_PEERS };

struct bench_call {
	__u32 peer;
	__u32 events; /* how many, one after the other */
	__u64 number; /* of the first one */
	__u64 cost_ns; /* out: of all of them, where they were reported */
};

/* What travels, in pnpnotify's data and in netlink's attribute. */
struct bench_payload {
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u64 number;
};

#define BENCH_CALL   _IOWR('P', 0xf1, struct bench_call)
#define BENCH_FAMILY "pnpn-bench"
#define BENCH_GROUP  "events"
#define BENCH_ID     "ROOT\\BENCH\\0000"

enum { BENCH_ATTRIBUTE = 1 };

#endif
