/* SPDX-License-Identifier: MIT */
/*
 * The C library's functions that take 16-bit text or formats with a 32-bit l: by their symbols, so that
 * pointers to them and C++'s using-declarations work. The pragma does to a declaration what an assembler
 * label would.
 */
#ifndef PNPN_REDIRECT_H
#define PNPN_REDIRECT_H

#include <features.h>

/* glibc's own redirections of the same functions would come in between. */
#undef __GLIBC_USE_DEPRECATED_SCANF
#define __GLIBC_USE_DEPRECATED_SCANF 1

#define PNPN_PRAGMA(text)	     _Pragma(#text)
#define PNPN_REDIRECT(name)	     PNPN_PRAGMA(redefine_extname name pnpn_##name)

/* clang-format off */
PNPN_REDIRECT(asprintf) PNPN_REDIRECT(dprintf) PNPN_REDIRECT(fprintf) PNPN_REDIRECT(printf)
PNPN_REDIRECT(snprintf) PNPN_REDIRECT(sprintf) PNPN_REDIRECT(vasprintf) PNPN_REDIRECT(vdprintf)
PNPN_REDIRECT(vfprintf) PNPN_REDIRECT(vprintf) PNPN_REDIRECT(vsnprintf) PNPN_REDIRECT(vsprintf)
PNPN_REDIRECT(fwprintf) PNPN_REDIRECT(swprintf) PNPN_REDIRECT(vfwprintf) PNPN_REDIRECT(vswprintf)
PNPN_REDIRECT(vwprintf) PNPN_REDIRECT(wprintf)
PNPN_REDIRECT(wcscat) PNPN_REDIRECT(wcschr) PNPN_REDIRECT(wcscmp) PNPN_REDIRECT(wcscpy)
PNPN_REDIRECT(wcslen) PNPN_REDIRECT(wcsncmp) PNPN_REDIRECT(wcsncpy) PNPN_REDIRECT(wcsrchr)
PNPN_REDIRECT(wcsstr)
/* clang-format on */

/* %lu of a DWORD is right here, whatever the compiler thinks of it. */
#pragma GCC diagnostic ignored "-Wformat"

#endif
