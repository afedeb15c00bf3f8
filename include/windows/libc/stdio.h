/* SPDX-License-Identifier: MIT */
/* In front of the C library's. */
#pragma GCC system_header
#include <pnpn-redirect.h>
#pragma push_macro("__USE_FORTIFY_LEVEL")
#undef __USE_FORTIFY_LEVEL
#define __USE_FORTIFY_LEVEL 0
#include_next <stdio.h>
#pragma pop_macro("__USE_FORTIFY_LEVEL")

#ifndef PNPN_LIBC_STDIO_H
#define PNPN_LIBC_STDIO_H

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As on Windows: -1 if it does not fit, and no zero then. */
int _snprintf(char *to, size_t room, const char *format, ...);
int _vsnprintf(char *to, size_t room, const char *format, va_list arguments);
int _snwprintf(wchar_t *to, size_t room, const wchar_t *format, ...);
int _vsnwprintf(wchar_t *to, size_t room, const wchar_t *format, va_list arguments);

/* The length that it would have. */
int _scprintf(const char *format, ...);
int _vscprintf(const char *format, va_list arguments);
int _scwprintf(const wchar_t *format, ...);
int _vscwprintf(const wchar_t *format, va_list arguments);

#ifdef __cplusplus
}
#endif

#endif
