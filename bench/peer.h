/* SPDX-License-Identifier: MIT */
/* A way to tell many processes that something happened: what bench measures side by side. */
#ifndef PNPN_BENCH_PEER_H
#define PNPN_BENCH_PEER_H

#include <stddef.h>
#include <stdint.h>

/** The largest payload that is measured. */
#define PAYLOAD_MAX 65000u

/** What every event carries; payload_bytes of it. */
struct payload {
	uint64_t time; /* CLOCK_MONOTONIC, just before the report */
	uint64_t number;
	uint8_t rest[PAYLOAD_MAX - 16];
};

/** Bytes of each event just now: a multiple of 8, 64 at the least. */
extern size_t payload_bytes;

/** The most registrants that are measured. */
#define READERS_MAX 1000

struct peer {
	const char *name;
	const char *what;
	/** Makes what reporter and so many readers share. Called once, before the readers are forked. */
	void *(*open)(int readers);
	/** Ends it, after every reader ended. */
	void (*close)(void *shared);
	/** One event; any number of readers. */
	void (*report)(void *shared, const struct payload *payload);
	/** In the reader's process: what comes from now on is for it, the reader of that number. */
	void *(*reader_open)(void *shared, int number);
	/** Takes one event; 0 if there is none. */
	int (*take)(void *reader, struct payload *ret_payload);
	/** Blocks until there may be one. */
	void (*sleep)(void *reader);
};

extern const struct peer peer_pnpnotify;
extern const struct peer peer_windows;
extern const struct peer peer_bare_direct;
extern const struct peer peer_bare_helper;
extern const struct peer peer_socket;
extern const struct peer peer_dbus;
extern const struct peer peer_zeromq;

/** Our own reporter, whatever its readers are. */
void *peer_pnpnotify_open(int readers);
void peer_pnpnotify_close(void *shared);
void peer_pnpnotify_report(void *shared, const struct payload *payload);

/** In a reader's process: where the manager is, for those who are not told. */
void peer_pnpnotify_set_address(void *shared);

/** Nanoseconds of CLOCK_MONOTONIC. */
uint64_t now_ns(void);

/** Ends the program with what failed and errno's text. */
void die(const char *what) __attribute__((noreturn));

#endif
