/* SPDX-License-Identifier: MIT */
/* The C library's wide functions for 16-bit characters, which its own are not. Any thread. */
#ifndef PNPN_WINCOMMON_WCS_H
#define PNPN_WINCOMMON_WCS_H

#include <pnpn-base.h>

/* Each as its C namesake. */
size_t pnpn_wcslen(const WCHAR *text);
WCHAR *pnpn_wcscpy(WCHAR *to, const WCHAR *from);
WCHAR *pnpn_wcsncpy(WCHAR *to, const WCHAR *from, size_t count);
WCHAR *pnpn_wcscat(WCHAR *to, const WCHAR *from);
int pnpn_wcscmp(const WCHAR *a, const WCHAR *b);
int pnpn_wcsncmp(const WCHAR *a, const WCHAR *b, size_t count);
WCHAR *pnpn_wcschr(const WCHAR *text, WCHAR c);
WCHAR *pnpn_wcsrchr(const WCHAR *text, WCHAR c);
WCHAR *pnpn_wcsstr(const WCHAR *text, const WCHAR *part);
/** Without regard to ASCII case. */
int pnpn_wcsicmp(const WCHAR *a, const WCHAR *b);

#endif
