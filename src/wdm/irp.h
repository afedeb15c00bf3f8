/* SPDX-License-Identifier: MIT */
/* I/O request packets. */
#ifndef PNPN_WDM_IRP_H
#define PNPN_WDM_IRP_H

#include <wdm.h>

/** Sends a PnP IRP down a stack from its top and waits for its end; with what IoStatus starts and, in
 *  *ret_information if not NULL, what Information ended with. PASSIVE_LEVEL. */
NTSTATUS pnpn_irp_send_pnp(PDEVICE_OBJECT device, UCHAR minor, NTSTATUS status,
			   const IO_STACK_LOCATION *parameters, ULONG_PTR *ret_information);

/** Frees the buffer and the MDLs that the library gave it. At most DISPATCH_LEVEL. */
void pnpn_irp_free_buffers(PIRP irp);

/** Makes an IRP of memory for so many drivers. */
void pnpn_irp_init(PIRP irp, CCHAR stack_size);

#endif
