/* SPDX-License-Identifier: MIT */
/* The numbers that devices have here (U17). */
#ifndef PNPN_WIN32_DEVINST_H
#define PNPN_WIN32_DEVINST_H

#include <stdint.h>
#include <windows.h>
#include <cfgmgr32.h>
#include <pnpnotify.h>

/** Before the devices are listed: what the list will not name and was known by then has gone. */
uint64_t pnpn_devinst_begin(void);

/** The numbers of a list's devices, in its order, to be freed with free(): each is the same as long as its
 *  device is there. Those of devices that went are forgotten. NULL without memory. */
DEVINST *pnpn_devinst_number(const struct pnpn_device_list *list, uint64_t begun);

#endif
