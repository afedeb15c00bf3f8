/* SPDX-License-Identifier: MIT */
/* What Linux says of a transfer, as NTSTATUS. */
#ifndef PNPN_WIN32_LOCAL_STATUS_H
#define PNPN_WIN32_LOCAL_STATUS_H

#include <stdint.h>

#define PNPN_STATUS_INVALID_DEVICE_REQUEST ((int32_t)0xc0000010u)
#define PNPN_STATUS_END_OF_FILE		   ((int32_t)0xc0000011u)
#define PNPN_STATUS_BUFFER_TOO_SMALL	   ((int32_t)0xc0000023u)
#define PNPN_STATUS_PIPE_BROKEN		   ((int32_t)0xc000014bu)

/** Of 0 or a negative errno. */
int32_t pnpn_local_status(int error);

#endif
