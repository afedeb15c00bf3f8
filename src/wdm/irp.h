/* SPDX-License-Identifier: MIT */
/* I/O request packets. */
#ifndef PNPN_WDM_IRP_H
#define PNPN_WDM_IRP_H

#include <wdm.h>

/** Sends a PnP IRP down a stack from its top and waits for its end; with what IoStatus starts and, in
 *  *ret_information if not NULL, what Information ended with. PASSIVE_LEVEL. */
NTSTATUS pnpn_irp_send_pnp(PDEVICE_OBJECT device, UCHAR minor, NTSTATUS status,
			   const IO_STACK_LOCATION *parameters, ULONG_PTR *ret_information);

#endif
