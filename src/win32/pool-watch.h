/* SPDX-License-Identifier: MIT */
/* The thread that knows when something of the pool is to be called: at a time, or when an object is signaled. */
#ifndef PNPN_WIN32_POOL_WATCH_H
#define PNPN_WIN32_POOL_WATCH_H

#include <stdbool.h>
#include <windows.h>
#include "core/list.h"
#include "win32/pooled.h"

#define PNPN_NEVER UINT64_MAX

/** Embedded, zeroed but for pooled, which it is submitted to. The rest is guarded by the lock of all. */
struct pnpn_watch {
	struct pnpn_list link;
	struct pnpn_pooled *pooled;
	bool armed;
	HANDLE object; /* NULL: for time alone */
	ULONGLONG due; /* milliseconds, as GetTickCount64() counts; PNPN_NEVER */
	DWORD period; /* milliseconds; 0: once */
	bool timed_out; /* how it was last that it came */
};

/** Begins to watch, or goes on differently. Returns 0; an errno. */
int pnpn_watch_arm(struct pnpn_watch *watch, HANDLE object, ULONGLONG due, DWORD period);

/** It is submitted no more. Returns whether it would have been. */
bool pnpn_watch_disarm(struct pnpn_watch *watch);

/** Whether it will be submitted; and, for its call, whether that was for time. */
bool pnpn_watch_is_armed(struct pnpn_watch *watch);
bool pnpn_watch_timed_out(struct pnpn_watch *watch);

/** When so many milliseconds from now are over; INFINITE: never. */
ULONGLONG pnpn_watch_due_in(DWORD milliseconds);

#endif
