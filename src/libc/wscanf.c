/* SPDX-License-Identifier: MIT */
/* scanf() and its kin for 16-bit text. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#include "libc/print.h"
#include "wincommon/scan.h"
#include "wincommon/utf.h"

static int stream_next(struct pnpn_scan_source *source)
{
	wint_t unit = fgetwc(source->file);

	return unit == WEOF ? -1 : (int)unit;
}

static void stream_back(struct pnpn_scan_source *source, int unit)
{
	ungetwc((wint_t)unit, source->file);
}

static int scan(struct pnpn_scan_source *source, const wchar_t *format, bool secure,
		va_list arguments)
{
	char *narrow = pnpn_utf_narrow(format);
	int result = narrow ? pnpn_scan(source, narrow, true, secure, arguments) : -1;

	free(narrow);
	return result;
}

static int scan_stream(FILE *file, const wchar_t *format, bool secure, va_list arguments)
{
	struct pnpn_scan_source source = {stream_next, stream_back, NULL, 0, file};

	return scan(&source, format, secure, arguments);
}

static int scan_text(const wchar_t *text, size_t limit, const wchar_t *format, bool secure,
		     va_list arguments)
{
	struct pnpn_scan_source source;

	pnpn_scan_wide_text(&source, text, limit);
	return scan(&source, format, secure, arguments);
}

int vfwscanf(FILE *file, const wchar_t *format, va_list arguments)
{
	return scan_stream(file, format, false, arguments);
}

int vwscanf(const wchar_t *format, va_list arguments)
{
	return scan_stream(stdin, format, false, arguments);
}

int vswscanf(const wchar_t *text, const wchar_t *format, va_list arguments)
{
	return scan_text(text, SIZE_MAX, format, false, arguments);
}

int fwscanf(FILE *file, const wchar_t *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, scan_stream(file, format, false, arguments));
}

int wscanf(const wchar_t *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, scan_stream(stdin, format, false, arguments));
}

int swscanf(const wchar_t *text, const wchar_t *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, scan_text(text, SIZE_MAX, format, false, arguments));
}

int _snwscanf(const wchar_t *text, size_t length, const wchar_t *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, scan_text(text, length, format, false, arguments));
}

int fwscanf_s(FILE *file, const wchar_t *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, scan_stream(file, format, true, arguments));
}

int wscanf_s(const wchar_t *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, scan_stream(stdin, format, true, arguments));
}

int swscanf_s(const wchar_t *text, const wchar_t *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, scan_text(text, SIZE_MAX, format, true, arguments));
}

int _snwscanf_s(const wchar_t *text, size_t length, const wchar_t *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, scan_text(text, length, format, true, arguments));
}
