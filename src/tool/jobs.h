/* SPDX-License-Identifier: MIT */
/* A command for each event, a few at a time. */
#ifndef PNPN_TOOL_JOBS_H
#define PNPN_TOOL_JOBS_H

#include <stdbool.h>
#include <sys/types.h>

#include "tool/event-line.h"

/** How many may be asked to run at a time. */
#define PNPN_JOBS_MAX 64

struct pnpn_job {
	pid_t pid;
	int fd; /* readable once it ended */
	char what[256]; /* the event that it is for, as messages name it */
};

/** Begins as all zero but for command and most. Where one is asked for, NULL is one without jobs. */
struct pnpn_jobs {
	const char *command; /* for sh -c */
	int most; /* that run at a time */
	struct pnpn_job jobs[PNPN_JOBS_MAX];
	int n;
	bool failed; /* one of them */
};

/**
 * pnpn_jobs_start() - run the command for an event
 *
 * Its standard input is the event as a JSON object, its environment has the values by themselves. There has to be room.
 * Returns 0; an errno.
 */
int pnpn_jobs_start(struct pnpn_jobs *jobs, const struct pnpn_event_line *line);

/** Whether another may be started. */
bool pnpn_jobs_have_room(const struct pnpn_jobs *jobs);

/** Whether any runs. */
bool pnpn_jobs_are_running(const struct pnpn_jobs *jobs);

/**
 * pnpn_jobs_wait() - until one ended, which is taken notice of, or a descriptor is readable, or the time is over
 * @fd:         looked at while there is room for another; -1: none
 * @timeout_ms: as in poll()
 *
 * Returns whether the descriptor is to be looked at: at once if nothing runs.
 */
bool pnpn_jobs_wait(struct pnpn_jobs *jobs, int fd, int timeout_ms);

/** Waits for all of them. Returns whether each of all that were started ended with status 0. */
bool pnpn_jobs_finish(struct pnpn_jobs *jobs);

#endif
