/* SPDX-License-Identifier: MIT */
/* The bus driver of root-enumerated devices: their PDOs and what these answer. */
#ifndef PNPN_WDM_ROOT_BUS_H
#define PNPN_WDM_ROOT_BUS_H

#include <wdm.h>

/** A PDO, the caller's: IoDeleteDevice(). */
NTSTATUS pnpn_root_bus_new_pdo(PDEVICE_OBJECT *ret_pdo);

/** Drops the bus driver, at the host's end, when no PDO is left. */
void pnpn_root_bus_stop(void);

#endif
