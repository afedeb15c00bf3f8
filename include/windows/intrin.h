/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's: as for Cygwin it leaves abs(), memcpy() and _setjmp() to the C library. */
#pragma GCC system_header
#include <_mingw.h>
#pragma push_macro("__CYGWIN__")
#undef __CYGWIN__
#define __CYGWIN__ 1
#include_next <intrin.h>
#pragma pop_macro("__CYGWIN__")
