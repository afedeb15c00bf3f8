/* SPDX-License-Identifier: MIT */
/* What an answer says, as errno and as NTSTATUS. */
#ifndef PNPN_IO_STATUS_H
#define PNPN_IO_STATUS_H

#include <stdint.h>

/** An NTSTATUS for an errno, negative; 0 or more is success. */
int32_t pnpn_io_status_of(int r);

/** The errno of an NTSTATUS: 0 where that is no error; -EIO for one that has none. */
int pnpn_io_errno_of(int32_t status);

#endif
