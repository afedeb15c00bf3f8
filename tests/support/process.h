/* SPDX-License-Identifier: MIT */
/* Real processes for tests: a pnpnotifyd of one's own, children that say when they got somewhere. */
#ifndef PNPN_TESTS_PROCESS_H
#define PNPN_TESTS_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>
#include "patience.h"

struct manager_process {
	char folder[64];
	char address[128];
	const char *query_timeout; /* seconds */
	pid_t pid;
};

/** Starts a pnpnotifyd on an address of its own, without Linux's devices; ready when it returns. */
void manager_process_init(struct manager_process *manager);

/** The same, with another limit for answers in removals; the text has to last. */
void manager_process_init_impatient(struct manager_process *manager, const char *query_timeout);

/** Starts it once more on the same address. */
void manager_process_start(struct manager_process *manager);

/** Kills it for real. */
void manager_process_kill(struct manager_process *manager);

/** Ends it and removes its folder; SIGTERM must end it with status 0. */
void manager_process_deinit(struct manager_process *manager);

struct child {
	pid_t pid;
	int socket; /* one byte each way is a step */
};

/** Forks: run() with the other end of the socket, then exit with what it returns. */
void child_init(struct child *child, int (*run)(int socket, const void *argument),
		const void *argument);

/** Sends one step. */
void step_send(int socket, char step);

/** Waits for one step; fails the test on another one, on the other side's end, and when it hangs. */
void step_expect(int socket, char step);

/** Waits for its end: the exit status, or minus the signal that ended it. */
int child_wait(struct child *child);

/** Kills it for real and waits. */
void child_kill(struct child *child);

/** Waits until the process is stopped (SIGSTOP), as the kernel sees it. */
void child_wait_stopped(const struct child *child);

#endif
