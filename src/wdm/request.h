/* SPDX-License-Identifier: MIT */
/* An IRP made of what an application asked, and the answer made of that. */
#ifndef PNPN_WDM_REQUEST_H
#define PNPN_WDM_REQUEST_H

#include <stdbool.h>
#include <wdm.h>
#include "io/servant.h"

struct pnpn_request;

/** Whom it is for, and who hears of its end. */
struct pnpn_request_target {
	PDEVICE_OBJECT device; /* top of the stack */
	PFILE_OBJECT file;
	ULONG process;
	/** It was completed, and will be answered; at most DISPATCH_LEVEL, both. */
	void (*done)(void *userdata, NTSTATUS status);
	/** It was answered. */
	void (*answered)(void *userdata);
	void *userdata;
};

/** Sends a call to the driver. It is answered when the driver has completed it, or at once without memory. PASSIVE_LEVEL. */
void pnpn_request_send(const struct pnpn_request_target *target, struct pnpn_io_call *call);

/** Asks the driver to complete a call soon. Any IRQL up to DISPATCH_LEVEL. */
void pnpn_request_cancel(struct pnpn_io_call *call);

/** Sends an IRP_MJ_CLEANUP or IRP_MJ_CLOSE and waits for its end; there is always memory for it. PASSIVE_LEVEL. */
void pnpn_request_send_end(const struct pnpn_request_target *target, UCHAR major);

#endif
