/* SPDX-License-Identifier: MIT */
/*
 * printf as on Windows: l has 32 bits, ll and I64 have 64, I is as wide as a pointer; %s goes by the
 * function, %S is the other kind, h and l or w say which; %Z and %wZ are counted strings. wchar_t text
 * is UTF-16, narrow text UTF-8. Any thread.
 */
#ifndef PNPN_WINCOMMON_FORMAT_H
#define PNPN_WINCOMMON_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/** As vsnprintf(): the length that it would have; buffer is ended by a zero if size > 0. -ENOMEM. */
int pnpn_format_a(char *buffer, size_t size, const char *format, va_list arguments);

/** The same in units of UTF-16. */
int pnpn_format_w(wchar_t *buffer, size_t count, const wchar_t *format, va_list arguments);

#endif
