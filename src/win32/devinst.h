/* SPDX-License-Identifier: MIT */
/* The numbers that devices have here (U17). */
#ifndef PNPN_WIN32_DEVINST_H
#define PNPN_WIN32_DEVINST_H

#include <windows.h>
#include <cfgmgr32.h>

/** The number of the device of that instance id, the same as long as the process lives. 0: no memory. */
DEVINST pnpn_devinst_get(const char *instance_id);

#endif
