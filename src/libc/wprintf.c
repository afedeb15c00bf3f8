/* SPDX-License-Identifier: MIT */
/* printf() and its kin for 16-bit text; streams carry it as UTF-8. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "libc/print.h"
#include "wincommon/format.h"
#include "wincommon/utf.h"

wchar_t *pnpn_print_wide_text(const wchar_t *format, va_list arguments, int *ret_length)
{
	va_list again;

	va_copy(again, arguments);
	int length = pnpn_format_w(NULL, 0, format, arguments);
	wchar_t *text = length < 0 ? NULL : malloc(((size_t)length + 1) * sizeof(*text));
	if (text) {
		pnpn_format_w(text, (size_t)length + 1, format, again);
		*ret_length = length;
	}
	va_end(again);
	return text;
}

int vfwprintf(FILE *file, const wchar_t *format, va_list arguments)
{
	int length = -1;
	wchar_t *text = pnpn_print_wide_text(format, arguments, &length);
	char *narrow = text ? pnpn_utf_narrow(text) : NULL;

	if (!narrow || fputs(narrow, file) < 0)
		length = -1;
	free(narrow);
	free(text);
	return length;
}

int vwprintf(const wchar_t *format, va_list arguments)
{
	return vfwprintf(stdout, format, arguments);
}

/* Says that the room did not do, and ends what there was room for. */
int vswprintf(wchar_t *to, size_t room, const wchar_t *format, va_list arguments)
{
	int length = pnpn_format_w(to, room, format, arguments);

	return length < 0 || (size_t)length >= room ? -1 : length;
}

int _vsnwprintf(wchar_t *to, size_t room, const wchar_t *format, va_list arguments)
{
	int length;
	wchar_t *text = pnpn_print_wide_text(format, arguments, &length);

	if (!text)
		return -1;
	if (to)
		memcpy(to, text, ((size_t)length < room ? (size_t)length + 1 : room) * sizeof(*to));
	free(text);
	return to && (size_t)length > room ? -1 : length;
}

int fwprintf(FILE *file, const wchar_t *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, vfwprintf(file, format, arguments));
}

int wprintf(const wchar_t *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, vfwprintf(stdout, format, arguments));
}

int swprintf(wchar_t *to, size_t room, const wchar_t *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, vswprintf(to, room, format, arguments));
}

int _snwprintf(wchar_t *to, size_t room, const wchar_t *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, _vsnwprintf(to, room, format, arguments));
}

int _vscwprintf(const wchar_t *format, va_list arguments)
{
	return pnpn_format_w(NULL, 0, format, arguments);
}

int _scwprintf(const wchar_t *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, _vscwprintf(format, arguments));
}

/* Without a room: the caller has promised that there is enough. */
int _vswprintf(wchar_t *to, const wchar_t *format, va_list arguments)
{
	return vswprintf(to, INT32_MAX, format, arguments);
}

int _swprintf(wchar_t *to, const wchar_t *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, _vswprintf(to, format, arguments));
}

int vwprintf_s(const wchar_t *format, va_list arguments)
{
	return vfwprintf(stdout, format, arguments);
}

int vfwprintf_s(FILE *file, const wchar_t *format, va_list arguments)
{
	return vfwprintf(file, format, arguments);
}

int wprintf_s(const wchar_t *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, vfwprintf(stdout, format, arguments));
}

int fwprintf_s(FILE *file, const wchar_t *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, vfwprintf(file, format, arguments));
}
