/* SPDX-License-Identifier: MIT */
/* The C library's wide strings have 32 bits a character, an application's have 16: these are for it. */
#ifndef PNPN_CRT_WCHAR_H
#define PNPN_CRT_WCHAR_H

#include_next <wchar.h>
#include <pnpn-base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** As the functions of the same names without pnpn_, for 16-bit characters. */
size_t pnpn_wcslen(const WCHAR *text);
WCHAR *pnpn_wcscpy(WCHAR *to, const WCHAR *from);
WCHAR *pnpn_wcsncpy(WCHAR *to, const WCHAR *from, size_t count);
WCHAR *pnpn_wcscat(WCHAR *to, const WCHAR *from);
int pnpn_wcscmp(const WCHAR *a, const WCHAR *b);
int pnpn_wcsncmp(const WCHAR *a, const WCHAR *b, size_t count);
int pnpn_wcsicmp(const WCHAR *a, const WCHAR *b);
WCHAR *pnpn_wcschr(const WCHAR *text, WCHAR c);
WCHAR *pnpn_wcsrchr(const WCHAR *text, WCHAR c);
WCHAR *pnpn_wcsstr(const WCHAR *text, const WCHAR *part);
int pnpn_wprintf(const WCHAR *format, ...);
int pnpn_fwprintf(void *file, const WCHAR *format, ...);
int pnpn_swprintf(WCHAR *to, size_t room, const WCHAR *format, ...);

#ifdef __cplusplus
}
#endif

#define wcslen(text)	       pnpn_wcslen(text)
#define wcscpy(to, from)       pnpn_wcscpy(to, from)
#define wcsncpy(to, from, n)   pnpn_wcsncpy(to, from, n)
#define wcscat(to, from)       pnpn_wcscat(to, from)
#define wcscmp(a, b)	       pnpn_wcscmp(a, b)
#define wcsncmp(a, b, n)       pnpn_wcsncmp(a, b, n)
#define _wcsicmp(a, b)	       pnpn_wcsicmp(a, b)
#define wcschr(text, c)	       pnpn_wcschr(text, c)
#define wcsrchr(text, c)       pnpn_wcsrchr(text, c)
#define wcsstr(text, part)     pnpn_wcsstr(text, part)
#define wprintf(...)	       pnpn_wprintf(__VA_ARGS__)
#define fwprintf(file, ...)    pnpn_fwprintf(file, __VA_ARGS__)
#define swprintf(to, n, ...)   pnpn_swprintf(to, n, __VA_ARGS__)
#define _snwprintf(to, n, ...) pnpn_swprintf(to, n, __VA_ARGS__)

#endif
