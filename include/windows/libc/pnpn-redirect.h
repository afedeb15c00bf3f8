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
#define __GLIBC_USE_C23_STRTOL 0

#include <pnpn-redirected.h>

/* %lu of a DWORD is right here, whatever the compiler thinks of it. */
#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wformat-overflow"
#pragma GCC diagnostic ignored "-Wformat-truncation"
#endif

#endif
