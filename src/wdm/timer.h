/* SPDX-License-Identifier: MIT */
/* Timers, in the order in which they are due. */
#ifndef PNPN_WDM_TIMER_H
#define PNPN_WDM_TIMER_H

#include <stdint.h>
#include <wdm.h>

/** With the dispatcher lock held: signals the timers that are due and queues their DPCs. Returns when
 *  the next one is due, or PNPN_CLOCK_NEVER. */
uint64_t pnpn_timer_expire(uint64_t now);

/** How many timers are set whose DPC is code of the module with this DriverEntry. */
unsigned int pnpn_timers_of_driver(PDRIVER_INITIALIZE entry);

#endif
