/* SPDX-License-Identifier: MIT */
/* Names that are the manager's (D9): no process may give them to its devices. */
#ifndef PNPN_MANAGER_RESERVED_H
#define PNPN_MANAGER_RESERVED_H

#include <stdbool.h>

/** Whether an instance id is one of Linux's devices', or kernel modules'. */
bool pnpn_reserved_id(const char *instance_id);

/** Whether a \\.\ name is one that Linux gives to devices, be there such a device or not. */
bool pnpn_reserved_link(const char *name);

#endif
