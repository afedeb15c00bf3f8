/* SPDX-License-Identifier: MIT */
/*
 * printf() and its kin for narrow text: defined under the names that applications use, which the headers
 * redirect (include/windows/libc).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libc/print.h"
#include "wincommon/format.h"

char *pnpn_print_text(const char *format, va_list arguments, int *ret_length)
{
	va_list again;

	va_copy(again, arguments);
	int length = pnpn_format_a(NULL, 0, format, arguments);
	char *text = length < 0 ? NULL : malloc((size_t)length + 1);
	if (text) {
		pnpn_format_a(text, (size_t)length + 1, format, again);
		*ret_length = length;
	}
	va_end(again);
	return text;
}

int vfprintf(FILE *file, const char *format, va_list arguments)
{
	int length;
	char *text = pnpn_print_text(format, arguments, &length);

	if (!text)
		return -1;
	if (fwrite(text, 1, (size_t)length, file) != (size_t)length)
		length = -1;
	free(text);
	return length;
}

int vprintf(const char *format, va_list arguments)
{
	return vfprintf(stdout, format, arguments);
}

int vsnprintf(char *to, size_t room, const char *format, va_list arguments)
{
	int length = pnpn_format_a(to, room, format, arguments);

	return length < 0 ? -1 : length;
}

int vsprintf(char *to, const char *format, va_list arguments)
{
	return vsnprintf(to, INT32_MAX, format, arguments);
}

/* Without a final zero if there is exactly no room for it. */
int _vsnprintf(char *to, size_t room, const char *format, va_list arguments)
{
	int length;
	char *text = pnpn_print_text(format, arguments, &length);

	if (!text)
		return -1;
	if (to)
		memcpy(to, text, (size_t)length < room ? (size_t)length + 1 : room);
	free(text);
	return to && (size_t)length > room ? -1 : length;
}

int vasprintf(char **ret_text, const char *format, va_list arguments)
{
	int length;
	char *text = pnpn_print_text(format, arguments, &length);

	if (!text)
		return -1;
	*ret_text = text;
	return length;
}

int vdprintf(int descriptor, const char *format, va_list arguments)
{
	int length;
	char *text = pnpn_print_text(format, arguments, &length);

	if (text && write(descriptor, text, (size_t)length) != length)
		length = -1;
	free(text);
	return text ? length : -1;
}

int fprintf(FILE *file, const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, vfprintf(file, format, arguments));
}

int printf(const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, vfprintf(stdout, format, arguments));
}

int snprintf(char *to, size_t room, const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, vsnprintf(to, room, format, arguments));
}

int sprintf(char *to, const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, vsprintf(to, format, arguments));
}

int _snprintf(char *to, size_t room, const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, _vsnprintf(to, room, format, arguments));
}

int asprintf(char **ret_text, const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, vasprintf(ret_text, format, arguments));
}

int dprintf(int descriptor, const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, vdprintf(descriptor, format, arguments));
}

int _vscprintf(const char *format, va_list arguments)
{
	return vsnprintf(NULL, 0, format, arguments);
}

int _scprintf(const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, _vscprintf(format, arguments));
}

int vprintf_s(const char *format, va_list arguments)
{
	return vfprintf(stdout, format, arguments);
}

int vfprintf_s(FILE *file, const char *format, va_list arguments)
{
	return vfprintf(file, format, arguments);
}

int printf_s(const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, vfprintf(stdout, format, arguments));
}

int fprintf_s(FILE *file, const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, vfprintf(file, format, arguments));
}
