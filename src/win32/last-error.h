/* SPDX-License-Identifier: MIT */
/* The calling thread's last error, and errno as Win32 says it. */
#ifndef PNPN_WIN32_LAST_ERROR_H
#define PNPN_WIN32_LAST_ERROR_H

#include <windows.h>

/** The one table between errno (positive or negative) and Win32's codes. */
DWORD pnpn_win32_error(int error);

/** Sets the last error; returns FALSE, for return statements. */
BOOL pnpn_fail(DWORD error);

/** The same from an errno. */
BOOL pnpn_fail_errno(int error);

#endif
