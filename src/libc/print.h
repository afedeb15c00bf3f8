/* SPDX-License-Identifier: MIT */
/* printf() of any text to a stream: Windows' formats, any length. Any thread. */
#ifndef PNPN_LIBC_PRINT_H
#define PNPN_LIBC_PRINT_H

#include <stdarg.h>
#include <stdio.h>

/** Calls with the arguments behind the last named one; the value is the call's. */
#define PNPN_WITH_ARGUMENTS(last, call)    \
	({                                 \
		va_list arguments;         \
		va_start(arguments, last); \
		int result = (call);       \
		va_end(arguments);         \
		result;                    \
	})

/** What would be printed, the caller's: free(). NULL without memory. */
char *pnpn_print_text(const char *format, va_list arguments, int *ret_length);

/** The same for wide text. */
wchar_t *pnpn_print_wide_text(const wchar_t *format, va_list arguments, int *ret_length);

#endif
