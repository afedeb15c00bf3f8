/* SPDX-License-Identifier: MIT */
#ifndef PNPN_KMDF_DRIVER_H
#define PNPN_KMDF_DRIVER_H

#include "kmdf/object.h"

struct pnpn_wdf_driver {
	struct pnpn_wdf_object object;
	PDRIVER_OBJECT wdm;
	WDF_DRIVER_CONFIG config;
	WCHAR *registry_path;
	const void *module; /* where its file lies */
};

/** The driver object of a driver of WDM's. */
struct pnpn_wdf_driver *pnpn_wdf_driver_of(PDRIVER_OBJECT driver);

/** The driver whose code is at that address, as an object to be somebody's parent: for functions that are given no
 *  handle. NULL before WdfDriverCreate(). */
struct pnpn_wdf_object *pnpn_wdf_driver_calling(const void *address);

/** In a function that is exported: the driver that calls it. */
#define PNPN_WDF_CALLER() pnpn_wdf_driver_calling(__builtin_return_address(0))

#endif
