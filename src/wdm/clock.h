/* SPDX-License-Identifier: MIT */
/* Windows times and this machine's clocks. */
#ifndef PNPN_WDM_CLOCK_H
#define PNPN_WDM_CLOCK_H

#include <stdint.h>
#include <time.h>
#include <wdm.h>

/** A time on CLOCK_MONOTONIC that never comes. */
#define PNPN_CLOCK_NEVER UINT64_MAX

/** Nanoseconds of CLOCK_MONOTONIC. */
uint64_t pnpn_clock_now(void);

/** When a timeout is over, in nanoseconds of CLOCK_MONOTONIC: negative from now, positive a system
 *  time, NULL never. */
uint64_t pnpn_clock_due(const LARGE_INTEGER *timeout);

/** The same as the functions of pthread want it. */
struct timespec pnpn_clock_timespec(uint64_t nanoseconds);

#endif
