/* SPDX-License-Identifier: MIT */
/* Large and small letters of Unicode's, whatever the process's locale. Any thread. */
#ifndef PNPN_WIN32_LETTER_H
#define PNPN_WIN32_LETTER_H

#include <windows.h>

WCHAR pnpn_letter_upper(WCHAR c);
WCHAR pnpn_letter_lower(WCHAR c);

#endif
