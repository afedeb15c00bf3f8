/* SPDX-License-Identifier: MIT */
/* In front of the C library's. */
#pragma GCC system_header
#include <pnpn-redirect.h>
#pragma push_macro("__USE_FORTIFY_LEVEL")
#undef __USE_FORTIFY_LEVEL
#define __USE_FORTIFY_LEVEL 0
#include_next <inttypes.h>
#pragma pop_macro("__USE_FORTIFY_LEVEL")
