/* SPDX-License-Identifier: MIT */
/* A device that CreateFile() opened. */
#ifndef PNPN_WIN32_DEVICE_FILE_H
#define PNPN_WIN32_DEVICE_FILE_H

#include <stdint.h>
#include <windows.h>

/** The instance id of an open device handle's device, the caller's: free(), and the manager's number for the
 *  handle. NULL, last error set. */
char *pnpn_device_file_get_id(HANDLE handle, uint64_t *ret_number);

#endif
