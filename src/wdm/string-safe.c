/* SPDX-License-Identifier: MIT */
/* <ntstrsafe.h> has the bodies; here they become functions, as mingw-w64's library has them. */
#define __CRT_STRSAFE_IMPL
#include <wdm.h>
#include <stdarg.h>

/* src/libc's. */
int _vsnprintf(char *to, size_t room, const char *format, va_list arguments);
int _vsnwprintf(wchar_t *to, size_t room, const wchar_t *format, va_list arguments);

#include <ntstrsafe.h>
