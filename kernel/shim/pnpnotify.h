/* SPDX-License-Identifier: MIT */
/* src/core includes <pnpnotify.h> for struct pnpn_guid: inside Linux the drivers' header has it. */
#ifndef PNPN_SHIM_PNPNOTIFY_H
#define PNPN_SHIM_PNPNOTIFY_H

#include <pnpnotify/driver.h>

#endif
