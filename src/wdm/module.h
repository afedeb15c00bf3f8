/* SPDX-License-Identifier: MIT */
/* The files that a process has loaded: whose code is whose. */
#ifndef PNPN_WDM_MODULE_H
#define PNPN_WDM_MODULE_H

#include <stdbool.h>
#include <wdm.h>

/** Whether that is code of the module with this DriverEntry. */
bool pnpn_module_has_code(PDRIVER_INITIALIZE entry, const void *code);

#endif
