/* SPDX-License-Identifier: MIT */
/* What an application's structures of SetupDi* stand for. */
#ifndef PNPN_WIN32_SETUP_H
#define PNPN_WIN32_SETUP_H

#include <windows.h>
#include <setupapi.h>

/** The name that an interface of a set has, in lower case; the caller's, to be freed with free(). NULL, last error
 *  set. Its device is written, if wanted. */
char *pnpn_setup_interface_name(HDEVINFO handle, const SP_DEVICE_INTERFACE_DATA *data,
				SP_DEVINFO_DATA *ret_device);

/** The instance id of a device of a set, likewise. */
char *pnpn_setup_device_id(HDEVINFO handle, const SP_DEVINFO_DATA *data);

#endif
