/* SPDX-License-Identifier: MIT */
/*
 * The C library's functions that take 16-bit text or formats with a 32-bit l, by their symbols: pointers
 * to them and C++'s using-declarations work. The pragma does to a declaration what an assembler label would.
 */
#ifndef PNPN_REDIRECT_H
#define PNPN_REDIRECT_H

#include <features.h>

/* glibc's own redirections of the same functions would come in between. */
#undef __GLIBC_USE_DEPRECATED_SCANF
#define __GLIBC_USE_DEPRECATED_SCANF 1
#undef __GLIBC_USE_C2X_STRTOL
#define __GLIBC_USE_C2X_STRTOL 0
#undef __GLIBC_USE_C23_STRTOL
#define __GLIBC_USE_C23_STRTOL	   0

#define PNPN_PRAGMA(text)	   _Pragma(#text)
#define PNPN_REDIRECT(name)	   PNPN_PRAGMA(redefine_extname name pnpn_##name)
#define PNPN_REDIRECT2(a, b)	   PNPN_REDIRECT(a) PNPN_REDIRECT(b)
#define PNPN_REDIRECT4(a, b, c, d) PNPN_REDIRECT2(a, b) PNPN_REDIRECT2(c, d)

/* clang-format off */
PNPN_REDIRECT4(printf, fprintf, sprintf, snprintf)
PNPN_REDIRECT4(vprintf, vfprintf, vsprintf, vsnprintf)
PNPN_REDIRECT4(asprintf, vasprintf, dprintf, vdprintf)
PNPN_REDIRECT4(wprintf, fwprintf, swprintf, vwprintf)
PNPN_REDIRECT2(vfwprintf, vswprintf)
PNPN_REDIRECT4(scanf, fscanf, sscanf, vscanf)
PNPN_REDIRECT4(vfscanf, vsscanf, wscanf, fwscanf)
PNPN_REDIRECT4(swscanf, vwscanf, vfwscanf, vswscanf)
PNPN_REDIRECT4(fgetwc, getwc, getwchar, fgetws)
PNPN_REDIRECT4(fputwc, putwc, putwchar, fputws)
PNPN_REDIRECT4(ungetwc, fwide, fopen, freopen)
PNPN_REDIRECT4(wcscat, wcsncat, wcscpy, wcsncpy)
PNPN_REDIRECT4(wcscmp, wcsncmp, wcscoll, wcsxfrm)
PNPN_REDIRECT4(wcschr, wcsrchr, wcsstr, wcspbrk)
PNPN_REDIRECT4(wcsspn, wcscspn, wcstok, wcslen)
PNPN_REDIRECT4(wcsnlen, wcsdup, wcscasecmp, wcsncasecmp)
PNPN_REDIRECT4(wmemchr, wmemcmp, wmemcpy, wmemmove)
PNPN_REDIRECT4(wmemset, wcstol, wcstoul, wcstoll)
PNPN_REDIRECT4(wcstoull, wcstoimax, wcstoumax, wcsftime)
PNPN_REDIRECT4(wcstod, wcstof, wcstold, mbtowc)
PNPN_REDIRECT4(wctomb, mbstowcs, wcstombs, mbrtowc)
PNPN_REDIRECT4(wcrtomb, mbsrtowcs, wcsrtombs, mblen)

/* Nothing stands behind these: who calls one does not link, by the name that it has here. */
PNPN_REDIRECT4(wcscasecmp_l, wcsncasecmp_l, wcscoll_l, wcsxfrm_l)
PNPN_REDIRECT4(wcstol_l, wcstoul_l, wcstoll_l, wcstoull_l)
PNPN_REDIRECT4(wcstod_l, wcstof_l, wcstold_l, wcsftime_l)
PNPN_REDIRECT4(wcstoq, wcstouq, wcswidth, open_wmemstream)
PNPN_REDIRECT4(wcpcpy, wcpncpy, wmempcpy, wcschrnul)
PNPN_REDIRECT4(wcslcpy, wcslcat, mbsnrtowcs, wcsnrtombs)
PNPN_REDIRECT4(fgetwc_unlocked, getwc_unlocked, getwchar_unlocked, fgetws_unlocked)
PNPN_REDIRECT4(fputwc_unlocked, putwc_unlocked, putwchar_unlocked, fputws_unlocked)
PNPN_REDIRECT4(wcstof32, wcstof64, wcstof32x, wcstof64x)
PNPN_REDIRECT4(wcstof128, obstack_printf, obstack_vprintf, vsyslog)
/* clang-format on */

/* %lu of a DWORD is right here, whatever the compiler thinks of it. */
#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wformat-overflow"
#pragma GCC diagnostic ignored "-Wformat-truncation"
#endif

#endif
