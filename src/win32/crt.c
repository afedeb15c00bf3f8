/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <winuser.h>
#include <winbase.h>

#include "wincommon/format.h"
#include "win32/crt.h"
#include "win32/export.h"
#include "wincommon/utf.h"
#include "wincommon/wcs.h"

/* A line may be of any length: measured first, then made. */
static int print(FILE *file, const char *format, va_list arguments)
{
	va_list again;

	va_copy(again, arguments);
	int length = pnpn_format_a(NULL, 0, format, arguments);
	char *text = length < 0 ? NULL : malloc((size_t)length + 1);
	if (text) {
		pnpn_format_a(text, (size_t)length + 1, format, again);
		if (fputs(text, file) < 0)
			length = -1;
	}
	va_end(again);
	free(text);
	return text ? length : -1;
}

static int print_wide(FILE *file, const WCHAR *format, va_list arguments)
{
	va_list again;

	va_copy(again, arguments);
	int length = pnpn_format_w(NULL, 0, format, arguments);
	WCHAR *text = length < 0 ? NULL : malloc(((size_t)length + 1) * sizeof(*text));
	char *narrow = NULL;
	if (text) {
		pnpn_format_w(text, (size_t)length + 1, format, again);
		narrow = pnpn_utf_narrow(text);
	}
	va_end(again);
	if (!narrow || fputs(narrow, file) < 0)
		length = -1;
	free(text);
	free(narrow);
	return length;
}

/* swprintf() says that the room did not do. */
static int print_to_wide(WCHAR *to, size_t room, const WCHAR *format, va_list arguments)
{
	int length = pnpn_format_w(to, room, format, arguments);

	return length < 0 || (size_t)length >= room ? -1 : length;
}

#define WITH_ARGUMENTS(last, call)         \
	({                                 \
		va_list arguments;         \
		va_start(arguments, last); \
		int result = (call);       \
		va_end(arguments);         \
		result;                    \
	})

PNPN_EXPORT int pnpn_printf(const char *format, ...)
{
	return WITH_ARGUMENTS(format, print(stdout, format, arguments));
}

PNPN_EXPORT int pnpn_fprintf(FILE *file, const char *format, ...)
{
	return WITH_ARGUMENTS(format, print(file, format, arguments));
}

PNPN_EXPORT int pnpn_sprintf(char *to, const char *format, ...)
{
	return WITH_ARGUMENTS(format, pnpn_format_a(to, INT32_MAX, format, arguments));
}

PNPN_EXPORT int pnpn_snprintf(char *to, size_t room, const char *format, ...)
{
	return WITH_ARGUMENTS(format, pnpn_format_a(to, room, format, arguments));
}

PNPN_EXPORT int pnpn_wprintf(const WCHAR *format, ...)
{
	return WITH_ARGUMENTS(format, print_wide(stdout, format, arguments));
}

PNPN_EXPORT int pnpn_fwprintf(void *file, const WCHAR *format, ...)
{
	return WITH_ARGUMENTS(format, print_wide(file, format, arguments));
}

PNPN_EXPORT int pnpn_swprintf(WCHAR *to, size_t room, const WCHAR *format, ...)
{
	return WITH_ARGUMENTS(format, print_to_wide(to, room, format, arguments));
}

/* Windows promises 1,024 characters and no more. */
PNPN_EXPORT int wsprintfA(LPSTR to, LPCSTR format, ...)
{
	return WITH_ARGUMENTS(format, pnpn_format_a(to, 1025, format, arguments));
}

PNPN_EXPORT int wsprintfW(LPWSTR to, LPCWSTR format, ...)
{
	return WITH_ARGUMENTS(format, pnpn_format_w(to, 1025, format, arguments));
}

/* --- lstr and debug output ------------------------------------------------------------------------ */

PNPN_EXPORT int WINAPI lstrlenA(LPCSTR text)
{
	return text ? (int)strlen(text) : 0;
}

PNPN_EXPORT int WINAPI lstrlenW(LPCWSTR text)
{
	return text ? (int)pnpn_wcslen(text) : 0;
}

PNPN_EXPORT int WINAPI lstrcmpA(LPCSTR a, LPCSTR b)
{
	return strcmp(a, b);
}

PNPN_EXPORT int WINAPI lstrcmpW(LPCWSTR a, LPCWSTR b)
{
	return pnpn_wcscmp(a, b);
}

PNPN_EXPORT LPSTR WINAPI lstrcpyA(LPSTR to, LPCSTR from)
{
	return strcpy(to, from);
}

PNPN_EXPORT LPWSTR WINAPI lstrcpyW(LPWSTR to, LPCWSTR from)
{
	return pnpn_wcscpy(to, from);
}

PNPN_EXPORT void WINAPI OutputDebugStringA(LPCSTR text)
{
	if (text)
		fputs(text, stderr);
}

PNPN_EXPORT void WINAPI OutputDebugStringW(LPCWSTR text)
{
	char *narrow = text ? pnpn_utf_narrow(text) : NULL;

	OutputDebugStringA(narrow);
	free(narrow);
}
