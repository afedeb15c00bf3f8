/* SPDX-License-Identifier: MIT */
/* A request to a device that is under way, of any thread. */
#ifndef PNPN_WIN32_OPERATION_H
#define PNPN_WIN32_OPERATION_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>
#include "core/list.h"

struct pnpn_apc_queue;
struct pnpn_caller;
struct pnpn_object;

struct pnpn_operation {
	struct pnpn_list link; /* in all of them */
	struct pnpn_caller *caller; /* NULL where nobody is asked */
	int cancel_fd; /* becomes readable when it is cancelled; -1 */
	struct pnpn_object *file; /* a reference; NULL while it is opened or closed */
	DWORD thread; /* that asked */
	bool synchronous; /* ... and waits */
	LPOVERLAPPED overlapped;
	struct pnpn_object *event; /* a reference; NULL */
	struct pnpn_apc_queue *apcs; /* likewise */
	LPOVERLAPPED_COMPLETION_ROUTINE routine;

	/* Guarded by the lock of all operations. */
	unsigned int references;
	uint64_t id; /* 0 before it is on its way */
	bool cancelled;
	bool done;
	int32_t status;
	uint64_t information;
};

/** One of the calling thread's; with references of who asks and who finishes it. NULL without memory. */
struct pnpn_operation *pnpn_operation_new(struct pnpn_caller *caller, struct pnpn_object *file);

/** It is filled, and may be cancelled from here on. */
void pnpn_operation_begin(struct pnpn_operation *operation);

/** Gives a reference back. */
void pnpn_operation_unref(struct pnpn_operation *operation);

/** It is on its way; was it to be cancelled before, it is now. */
void pnpn_operation_set_id(struct pnpn_operation *operation, uint64_t id);

/** It is answered: whoever waits for it goes on. */
void pnpn_operation_finish(struct pnpn_operation *operation, int32_t status, uint64_t information);

/** Whether it is. */
bool pnpn_operation_is_done(struct pnpn_operation *operation);

/** Waits until it is, at most so long. Returns whether it is. */
bool pnpn_operation_wait(struct pnpn_operation *operation, DWORD milliseconds);

/** Which ones are to be cancelled. */
struct pnpn_operation_choice {
	const struct pnpn_object *file; /* NULL: of every file */
	DWORD thread; /* 0: of every thread */
	LPOVERLAPPED overlapped; /* NULL: all */
	bool synchronous_only, overlapped_only;
};

/** Asks for the end of some. Returns how many there are. */
unsigned int pnpn_operations_cancel(const struct pnpn_operation_choice *choice);

/** The thread ends: what it asked for ends, too. */
void pnpn_operations_cancel_thread(DWORD thread);

#endif
