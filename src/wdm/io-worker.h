/* SPDX-License-Identifier: MIT */
/*
 * The threads that take what applications ask, and call drivers with it. What is asked of one file comes in its order,
 * one after the other, until a driver's routine waits: then others of that file have their turn, as on Windows,
 * where it would be another thread's.
 */
#ifndef PNPN_WDM_IO_WORKER_H
#define PNPN_WDM_IO_WORKER_H

#include <stdbool.h>
#include <stdint.h>

struct pnpn_io_work;

/** Something that a descriptor brings work for. */
struct pnpn_io_work {
	int fd;
	/** There is something; false: it is over, and what it was is not touched any more. */
	bool (*run)(struct pnpn_io_work *work);
};

/** Starts the first thread. Returns 0 or a negative errno value. */
int pnpn_io_workers_start(void);

/** Ends them; no work is left. */
void pnpn_io_workers_stop(void);

/** From now on work->run() is called while there is something to read. Returns 0 or a negative errno value. */
int pnpn_io_work_add(struct pnpn_io_work *work);

/** Has it called once, when the descriptor is writable; of another descriptor than one that was added. */
int pnpn_io_work_when_writable(struct pnpn_io_work *work, bool again);

/** Has a function called by one of the threads, soon. Any thread, at most DISPATCH_LEVEL. */
struct pnpn_io_task {
	struct pnpn_io_task *next;
	void (*function)(struct pnpn_io_task *task);
};
void pnpn_io_task_queue(struct pnpn_io_task *task);

/** The calling thread is about to wait: if it is one of these others go on with its file. */
void pnpn_io_worker_waits(void);

/** What the calling thread works on, as its file says; NULL for any other thread. */
void pnpn_io_worker_set_current(void *current);
void *pnpn_io_worker_get_current(void);

#endif
