/* SPDX-License-Identifier: MIT */
/* One of many listeners, in a process of its own, and what it tells through shared memory. */
#ifndef PNPN_TESTS_LOAD_LISTENER_H
#define PNPN_TESTS_LOAD_LISTENER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** Latencies are counted in classes, 16 between a power of two and the next one. */
#define LOAD_CLASSES (64 * 16)

#define LOAD_DEVICE  "ROOT\\LOAD\\0000"

struct load_payload {
	uint64_t time; /* CLOCK_MONOTONIC, in ns, just before the report */
	uint64_t number;
	uint8_t rest[48];
};

struct load_listener {
	pid_t pid;
	bool ready, excluded; /* excluded: stopped or killed, nobody waits for it */
	uint64_t next; /* the number that it expects next */
	uint64_t told; /* events that it was told it lost */
	uint64_t unseen; /* events that it lost without being told */
	uint64_t latencies[LOAD_CLASSES];
};

uint64_t load_now(void);

/** The class of a latency, and the latency at whose end a class is. */
unsigned int load_class(uint64_t ns);
double load_class_us(unsigned int class);

/** In a child: registers for the device and takes events for ever. @begun: how many reports were begun. */
__attribute__((noreturn)) void load_listen(struct load_listener *listener, const char *address,
					   const uint64_t *begun);

#endif
