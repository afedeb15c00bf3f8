/* SPDX-License-Identifier: MIT */
/* The one place where errno becomes NTSTATUS. */
#ifndef PNPN_WDM_STATUS_H
#define PNPN_WDM_STATUS_H

#include <wdm.h>

/** The status for what a call of the native library returned: 0 or more is STATUS_SUCCESS. */
NTSTATUS pnpn_status_from_errno(int r);

#endif
