/* SPDX-License-Identifier: MIT */
/* A way to tell many processes that something happened: what bench measures side by side. */
#ifndef PNPN_BENCH_PEER_H
#define PNPN_BENCH_PEER_H

#include <stdint.h>

/** What every event carries: 64 bytes. */
struct payload {
	uint64_t time; /* CLOCK_MONOTONIC, just before the report */
	uint64_t number;
	uint8_t rest[48];
};

/** The most events of one burst; nothing may be lost below. */
#define BURST_MAX 200000u

struct peer {
	const char *name;
	const char *what;
	/** Makes what reporter and readers share. Called once, before the readers are forked. */
	void *(*open)(void);
	/** Ends it, after every reader ended. */
	void (*close)(void *shared);
	/** One event; any number of readers. */
	void (*report)(void *shared, const struct payload *payload);
	/** In the reader's process: what comes from now on is for it. */
	void *(*reader_open)(void *shared);
	/** Takes one event; 0 if there is none. */
	int (*take)(void *reader, struct payload *ret_payload);
	/** Blocks until there may be one. */
	void (*sleep)(void *reader);
};

extern const struct peer peer_pnpnotify;
extern const struct peer peer_bare_direct;
extern const struct peer peer_bare_helper;

/** Nanoseconds of CLOCK_MONOTONIC. */
uint64_t now_ns(void);

/** Ends the program with what failed and errno's text. */
void die(const char *what) __attribute__((noreturn));

#endif
