/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's: SIZE_T is size_t and SSIZE_T ssize_t, as on Windows, though both are long here. */
#pragma GCC system_header
#include <_mingw.h>
#ifndef PNPN_BASETSD_H
#define PNPN_BASETSD_H
#define SIZE_T	 windows_SIZE_T
#define PSIZE_T	 windows_PSIZE_T
#define SSIZE_T	 windows_SSIZE_T
#define PSSIZE_T windows_PSSIZE_T
#include_next <basetsd.h>
#undef SIZE_T
#undef PSIZE_T
#undef SSIZE_T
#undef PSSIZE_T
typedef size_t SIZE_T, *PSIZE_T;
typedef ssize_t SSIZE_T, *PSSIZE_T;
#endif
