/* SPDX-License-Identifier: MIT */
/* What Windows' C library has besides, whichever header was asked for; see man 7 pnpnotify-win32. */
/* <_mingw.h> reads the C library's headers before it is ready for this, and comes back at its end. */
#if !defined(PNPN_LIBC_H) && !defined(PNPN_MINGW_BEGINS)
#define PNPN_LIBC_H
#pragma GCC system_header

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <wchar.h>
#include <crtdefs.h>
#include <corecrt_wstdlib.h>
#include <sec_api/stdio_s.h>
#include <sec_api/stdlib_s.h>
#include <sec_api/string_s.h>
#include <sec_api/wchar_s.h>
#include <io.h>
#include <_mingw_stat64.h>
#include <pnpn-declared.h>
#include <pnpn-numbers.h>

#undef WEOF
#define WEOF ((wint_t)0xffff)

#ifndef __max
#define __max(a, b) (((a) > (b)) ? (a) : (b))
#define __min(a, b) (((a) < (b)) ? (a) : (b))
#endif

/* clang-format off */
/* As mingw-w64 has them: wcstok() of two, and in C++ swprintf() without the room. */
#ifndef __cplusplus
#define _countof(array) (sizeof(array) / sizeof((array)[0]))
wchar_t *_wcstok(wchar_t *text, const wchar_t *delimiters);
#define PNPN_FOURTH(a, b, c, d, ...) d
#define wcstok(...) PNPN_FOURTH(__VA_ARGS__, wcstok, _wcstok, )(__VA_ARGS__)
#else
extern "C++" {
template <typename T, size_t N> char (&pnpn_countof(T (&)[N]))[N];
#define _countof(array) sizeof(pnpn_countof(array))
inline int swprintf(wchar_t *to, const wchar_t *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int length = _vswprintf(to, format, arguments);
	va_end(arguments);
	return length;
}
inline int vswprintf(wchar_t *to, const wchar_t *format, va_list arguments)
{
	return _vswprintf(to, format, arguments);
}
inline wchar_t *wcstok(wchar_t *text, const wchar_t *delimiters)
{
	static thread_local wchar_t *rest;
	return wcstok(text, delimiters, &rest);
}
}
#endif
/* clang-format on */

#endif
