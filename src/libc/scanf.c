/* SPDX-License-Identifier: MIT */
/* scanf() and its kin for narrow text. */
#include <stdint.h>
#include <stdio.h>

#include "libc/print.h"
#include "wincommon/scan.h"

static int stream_next(struct pnpn_scan_source *source)
{
	return getc((FILE *)source->file);
}

static void stream_back(struct pnpn_scan_source *source, int unit)
{
	ungetc(unit, source->file);
}

static int scan_stream(FILE *file, const char *format, bool secure, va_list arguments)
{
	struct pnpn_scan_source source = {stream_next, stream_back, NULL, 0, file};

	return pnpn_scan(&source, format, false, secure, arguments);
}

static int scan_text(const char *text, size_t limit, const char *format, bool secure,
		     va_list arguments)
{
	struct pnpn_scan_source source;

	pnpn_scan_text(&source, text, limit);
	return pnpn_scan(&source, format, false, secure, arguments);
}

int vfscanf(FILE *file, const char *format, va_list arguments)
{
	return scan_stream(file, format, false, arguments);
}

int vscanf(const char *format, va_list arguments)
{
	return scan_stream(stdin, format, false, arguments);
}

int vsscanf(const char *text, const char *format, va_list arguments)
{
	return scan_text(text, SIZE_MAX, format, false, arguments);
}

int fscanf(FILE *file, const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, scan_stream(file, format, false, arguments));
}

int scanf(const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, scan_stream(stdin, format, false, arguments));
}

int sscanf(const char *text, const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, scan_text(text, SIZE_MAX, format, false, arguments));
}

int _snscanf(const char *text, size_t length, const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, scan_text(text, length, format, false, arguments));
}

int fscanf_s(FILE *file, const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, scan_stream(file, format, true, arguments));
}

int scanf_s(const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, scan_stream(stdin, format, true, arguments));
}

int sscanf_s(const char *text, const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, scan_text(text, SIZE_MAX, format, true, arguments));
}

int _snscanf_s(const char *text, size_t length, const char *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, scan_text(text, length, format, true, arguments));
}
