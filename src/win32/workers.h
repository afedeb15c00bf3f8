/* SPDX-License-Identifier: MIT */
/* Threads that are there for whatever comes: as many as have something to do, and a few that wait for more. */
#ifndef PNPN_WIN32_WORKERS_H
#define PNPN_WIN32_WORKERS_H

#include "core/list.h"

/** Something to do; run's from the moment that it is called. */
struct pnpn_task {
	struct pnpn_list link;
	void (*run)(struct pnpn_task *task);
};

/** Has it done on a thread, soon: one that is idle, or a new one. Any thread. Returns 0; an errno, and the task is the
 *  caller's. */
int pnpn_workers_run(struct pnpn_task *task);

#endif
