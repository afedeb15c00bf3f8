/* SPDX-License-Identifier: MIT */
/* In front of the C library's. */
#pragma GCC system_header
#include <pnpn-redirect.h>
#pragma push_macro("__USE_FORTIFY_LEVEL")
#undef __USE_FORTIFY_LEVEL
#define __USE_FORTIFY_LEVEL 0
#include_next <wchar.h>
#pragma pop_macro("__USE_FORTIFY_LEVEL")

#ifndef PNPN_LIBC_WCHAR_H
#define PNPN_LIBC_WCHAR_H

#ifdef __cplusplus
extern "C" {
#endif

int _wcsicmp(const wchar_t *a, const wchar_t *b);

#ifdef __cplusplus
}
#endif

#endif
