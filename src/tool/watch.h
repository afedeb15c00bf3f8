/* SPDX-License-Identifier: MIT */
/* Watching devices, classes or everything, over a manager's restarts: what monitor and record share. */
#ifndef PNPN_TOOL_WATCH_H
#define PNPN_TOOL_WATCH_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <pnpnotify.h>
#include "tool/argument.h"
#include "tool/jobs.h"

/** What is watched, and what becomes of it. Begins as PNPN_WATCH_INIT. */
struct pnpn_watch {
	const char *command;
	char **devices; /* as they were named */
	int n_devices;
	int n_there; /* of them */
	unsigned int flags; /* of its registrations */
	bool waits; /* for those that are not, and for those that went */
	int64_t deadline;
	uint64_t since_ns; /* nothing older */
	struct pnpn_guids events; /* only these; none: all */
	struct pnpn_guids classes;
	struct pnpn_filter *filter; /* with the properties; NULL: any */
	bool is_watching; /* a manager was there */
	long count; /* events still to take; -1 for ever */
	struct pnpn_jobs *jobs; /* waited for before the next event, if all are busy; NULL: none */

	/* The event, which is wanted. Returns 0; an errno, after it said so: that is the end. */
	int (*take)(struct pnpn_watch *watch, struct pnpn_connection *connection,
		    const struct pnpn_event *event);
};

#define PNPN_WATCH_INIT {.count = -1, .deadline = PNPN_NEVER}

/** The options that pnpn_watch_take_option() knows: the beginning of a command's own. */
#define PNPN_WATCH_OPTIONS                                                                      \
	{"class", required_argument, NULL, 'c'}, {"event", required_argument, NULL, 'e'},       \
		{"count", required_argument, NULL, 'n'},                                        \
		{"timeout", required_argument, NULL, 't'}, {"queries", no_argument, NULL, 'q'}, \
		{"since", required_argument, NULL, 's'},                                        \
		{"property", required_argument, NULL, 'p'}, {"wait", no_argument, NULL, 'w'}

/** Takes one of them. Returns -1 to go on; else an exit status, after it said what was wrong. */
int pnpn_watch_take_option(struct pnpn_watch *watch, int option);

/**
 * pnpn_watch_run() - until the count is reached, the time is over, or the devices are gone
 * @words: the devices that were named, for as long
 *
 * Returns an exit status, after it said why.
 */
int pnpn_watch_run(struct pnpn_watch *watch, char **words, int n_words);

#endif
