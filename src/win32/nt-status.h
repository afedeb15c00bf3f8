/* SPDX-License-Identifier: MIT */
/* What drivers answer, as Win32 says it. */
#ifndef PNPN_WIN32_NT_STATUS_H
#define PNPN_WIN32_NT_STATUS_H

#include <stdint.h>
#include <windows.h>

/** As RtlNtStatusToDosError(): ERROR_MR_MID_NOT_FOUND for what has no code. */
DWORD pnpn_win32_error_of_status(int32_t status);

/** Whether an answer is a success: success or information, and no warning. */
static inline BOOL pnpn_status_is_success(int32_t status)
{
	return status >= 0;
}

#endif
