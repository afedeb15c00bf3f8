/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's: what <_mingw.h> adds wants it whole, whichever comes first. */
#pragma GCC system_header
#include <_mingw.h>
#include_next <corecrt.h>
