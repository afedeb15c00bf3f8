/* SPDX-License-Identifier: MIT */
/* Where requests are sent: the device below, or one that the driver opened. */
#ifndef PNPN_KMDF_TARGET_H
#define PNPN_KMDF_TARGET_H

#include "kmdf/device.h"
#include "kmdf/request.h"

struct pnpn_wdf_target {
	struct pnpn_wdf_object object;
	struct pnpn_wdf_device *device;
	bool local;
	PDEVICE_OBJECT wdm; /* NULL while it is not open; a local one's is the device's */
	PFILE_OBJECT file; /* a reference; NULL for a local one, or one that the driver lent */
	WDF_IO_TARGET_OPEN_PARAMS open; /* the name's letters are this structure's */
	PVOID registration; /* for its removal */
	KSPIN_LOCK lock; /* guards the rest */
	WDF_IO_TARGET_STATE state;
	LIST_ENTRY sent; /* requests that are there */
	KEVENT idle; /* set while there is none */
};

/** The target below a device; its child. */
NTSTATUS pnpn_wdf_target_new_local(struct pnpn_wdf_device *device, struct pnpn_wdf_target **ret);

/** A request goes there; false: the target takes none, and the request's status says why. */
bool pnpn_wdf_target_enter(struct pnpn_wdf_target *target, struct pnpn_wdf_request *request,
			   bool whatever_state);

/** It is back. */
void pnpn_wdf_target_leave(struct pnpn_wdf_target *target, struct pnpn_wdf_request *request);

#endif
