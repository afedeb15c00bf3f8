/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include "wincommon/format.h"
#include "win32/export.h"
#include "wincommon/utf.h"
#include "wincommon/wcs.h"

#define WITH_ARGUMENTS(last, call)         \
	({                                 \
		va_list arguments;         \
		va_start(arguments, last); \
		int result = (call);       \
		va_end(arguments);         \
		result;                    \
	})

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

PNPN_EXPORT LPSTR WINAPI lstrcatA(LPSTR to, LPCSTR from)
{
	return strcat(to, from);
}

PNPN_EXPORT LPWSTR WINAPI lstrcatW(LPWSTR to, LPCWSTR from)
{
	return pnpn_wcscat(to, from);
}

/* room counts the zero, which is written in every case. */
PNPN_EXPORT LPSTR WINAPI lstrcpynA(LPSTR to, LPCSTR from, int room)
{
	if (room <= 0)
		return to;
	size_t length = strnlen(from, (size_t)room - 1);
	memcpy(to, from, length);
	to[length] = 0;
	return to;
}

PNPN_EXPORT LPWSTR WINAPI lstrcpynW(LPWSTR to, LPCWSTR from, int room)
{
	int i = 0;

	for (; i < room - 1 && from[i]; i++)
		to[i] = from[i];
	if (room > 0)
		to[i] = 0;
	return to;
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
