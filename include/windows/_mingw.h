/* SPDX-License-Identifier: MIT */
/*
 * In front of mingw-w64's header of this name, which every other of theirs begins with: brings in
 * Linux's own definitions first, so that theirs stand back.
 */
#pragma GCC system_header
#ifndef PNPN_MINGW_H
#define PNPN_MINGW_H

#define PNPN_MINGW_BEGINS
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/select.h>
#include <sys/types.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

/* Theirs are longs, which have 64 bits here; off_t, timeval and timespec are Linux's. */
#define _TIME32_T_DEFINED
#define _TIME64_T_DEFINED
#define _OFF_T_DEFINED
#define _TIMEVAL_DEFINED
#define _TIMESPEC_DEFINED
typedef int __time32_t;
typedef time_t __time64_t;
typedef int _off_t;
typedef long long _off64_t;

/* <pnpn-predefined.h> has __int8 to __int64. */
#define _INT128_DEFINED

/* LONG is no long here: what C++ overloads for both goes by the 64-bit type. */
#define __MINGW_USE_INT64_INTERLOCKED_LONG

/* Nothing is imported from a DLL. */
#define _CRTIMP

/* Their 64-bit mode where long has 64 bits is Cygwin's; only they are to see the word. */
#pragma push_macro("__CYGWIN__")
#define __CYGWIN__ 1
#include_next <_mingw.h>
#pragma pop_macro("__CYGWIN__")

/* Not for the faces themselves, which want the C library as it is. */
#undef PNPN_MINGW_BEGINS
#if __has_include(<pnpn-libc.h>)
#include <pnpn-libc.h>
#endif

#endif
