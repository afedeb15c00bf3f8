/* SPDX-License-Identifier: MIT */
/* What CreateFile() opened: a device, or a file of Linux's own. */
#ifndef PNPN_WIN32_DEVICE_FILE_H
#define PNPN_WIN32_DEVICE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

struct pnpn_local_file;

/** A handle of a file, which is taken over in any case. INVALID_HANDLE_VALUE, last error set. */
HANDLE pnpn_device_file_make(struct pnpn_local_file *local, bool overlapped);

/** The instance id of an open device handle's device, the caller's: free(), and the manager's number for the
 *  handle. NULL, last error set. */
char *pnpn_device_file_get_id(HANDLE handle, uint64_t *ret_number);

#endif
