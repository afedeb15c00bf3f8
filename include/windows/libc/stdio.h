/* SPDX-License-Identifier: MIT */
/* In front of the C library's. */
#pragma GCC system_header
#include <pnpn-redirect.h>
#pragma push_macro("__USE_FORTIFY_LEVEL")
#undef __USE_FORTIFY_LEVEL
#define __USE_FORTIFY_LEVEL 0
/* With it, fopen() and freopen() would have labels already. They mean the same where off_t has 64 bits. */
#pragma push_macro("__USE_FILE_OFFSET64")
#undef __USE_FILE_OFFSET64
#include_next <stdio.h>
#pragma pop_macro("__USE_FILE_OFFSET64")
#pragma pop_macro("__USE_FORTIFY_LEVEL")
#include <pnpn-libc.h>
