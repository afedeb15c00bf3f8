/* SPDX-License-Identifier: MIT */
/* The C library's wide functions for 16-bit characters, which its own are not. Any thread. */
#ifndef PNPN_WINCOMMON_WCS_H
#define PNPN_WINCOMMON_WCS_H

#include <stddef.h>

/* Each as its C namesake. */
size_t pnpn_wcslen(const wchar_t *text);
wchar_t *pnpn_wcscpy(wchar_t *to, const wchar_t *from);
wchar_t *pnpn_wcsncpy(wchar_t *to, const wchar_t *from, size_t count);
wchar_t *pnpn_wcscat(wchar_t *to, const wchar_t *from);
int pnpn_wcscmp(const wchar_t *a, const wchar_t *b);
int pnpn_wcsncmp(const wchar_t *a, const wchar_t *b, size_t count);
wchar_t *pnpn_wcschr(const wchar_t *text, wchar_t c);
wchar_t *pnpn_wcsrchr(const wchar_t *text, wchar_t c);
wchar_t *pnpn_wcsstr(const wchar_t *text, const wchar_t *part);
/** Without regard to ASCII case. */
int pnpn_wcsicmp(const wchar_t *a, const wchar_t *b);

#endif
