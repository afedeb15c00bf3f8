/* SPDX-License-Identifier: MIT */
/* The thread that takes the answers of overlapped requests, and what drivers do with events. It calls nothing of the
 * program's. */
#ifndef PNPN_WIN32_IO_THREAD_H
#define PNPN_WIN32_IO_THREAD_H

#include <stdbool.h>

/** A descriptor that it looks at. */
struct pnpn_io_watch {
	int fd;
	/** It is readable. Returns false if it is over. */
	bool (*run)(struct pnpn_io_watch *watch);
	/** It is not looked at any more: the thread lets go of it. */
	void (*over)(struct pnpn_io_watch *watch);
};

/** Looks at it until run() says that it is over. Starts the thread if need be. Returns 0; an errno. */
int pnpn_io_thread_add(struct pnpn_io_watch *watch);

#endif
