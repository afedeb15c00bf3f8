/* SPDX-License-Identifier: MIT */
/* System threads. */
#ifndef PNPN_WDM_THREAD_H
#define PNPN_WDM_THREAD_H

#include <wdm.h>

/** How many run whose routine is code of the module with this DriverEntry. */
unsigned int pnpn_threads_of_driver(PDRIVER_INITIALIZE entry);

#endif
