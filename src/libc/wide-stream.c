/* SPDX-License-Identifier: MIT */
/*
 * Streams of 16-bit text, which are UTF-8 outside. A character beyond 16 bits is read as its two halves: the
 * second waits in the stream, spelt as three bytes; written, the first half waits for the second.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "core/utf.h"
#include "wincommon/utf.h"

/* Streams are bytes here: which way they are turned says nothing. */
int fwide(FILE *file, int mode)
{
	return 0;
}

static void push_back_unit(wint_t unit, FILE *file)
{
	if (unit >= 0x800) {
		ungetc(0x80 | (unit & 0x3f), file);
		ungetc(0x80 | (unit >> 6 & 0x3f), file);
		ungetc(0xe0 | unit >> 12, file);
	} else if (unit >= 0x80) {
		ungetc(0x80 | (unit & 0x3f), file);
		ungetc(0xc0 | unit >> 6, file);
	} else {
		ungetc((int)unit, file);
	}
}

/* What is no UTF-8 is read as Latin-1, byte by byte. */
wint_t fgetwc(FILE *file)
{
	int first = getc(file);
	if (first == EOF)
		return WEOF;
	int more = first >= 0xf0 && first < 0xf5 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0;
	if (more == 0 || first >= 0xf5)
		return (wint_t)first;
	uint32_t c = (uint32_t)first & (0x3fu >> more);
	int bytes[3];
	for (int i = 0; i < more; i++) {
		bytes[i] = getc(file);
		if (bytes[i] >= 0x80 && bytes[i] < 0xc0) {
			c = c << 6 | ((uint32_t)bytes[i] & 0x3f);
			continue;
		}
		for (int j = i; j >= 0; j--)
			if (bytes[j] != EOF)
				ungetc(bytes[j], file);
		return (wint_t)first;
	}
	if (c < 0x10000)
		return c;
	push_back_unit(0xdc00 | (c & 0x3ff), file);
	return 0xd800 | ((c - 0x10000) >> 10);
}

wint_t getwc(FILE *file)
{
	return fgetwc(file);
}

wint_t getwchar(void)
{
	return fgetwc(stdin);
}

wint_t _fgetwchar(void)
{
	return fgetwc(stdin);
}

wint_t ungetwc(wint_t unit, FILE *file)
{
	if (unit == WEOF)
		return WEOF;
	push_back_unit(unit, file);
	return unit;
}

wchar_t *fgetws(wchar_t *to, int room, FILE *file)
{
	int length = 0;
	wint_t unit;

	if (room < 1)
		return NULL;
	while (length < room - 1 && (unit = fgetwc(file)) != WEOF) {
		to[length++] = (wchar_t)unit;
		if (unit == '\n')
			break;
	}
	to[length] = 0;
	return length || room == 1 ? to : NULL;
}

static bool put_text(const wchar_t *text, size_t units, FILE *file)
{
	char narrow[8];

	return fwrite(narrow, 1, pnpn_utf16_to_utf8(text, 2 * units, narrow), file) > 0;
}

wint_t fputwc(wchar_t unit, FILE *file)
{
	static _Thread_local struct {
		FILE *file;
		wchar_t high;
	} waiting;

	if ((unit & 0xfc00) == 0xd800) {
		waiting.file = file;
		waiting.high = unit;
		return unit;
	}
	if ((unit & 0xfc00) == 0xdc00 && waiting.file == file) {
		waiting.file = NULL;
		return put_text((wchar_t[]){waiting.high, unit}, 2, file) ? unit : WEOF;
	}
	if (!unit)
		return putc(0, file) == EOF ? WEOF : 0;
	return put_text(&unit, 1, file) ? unit : WEOF;
}

wint_t putwc(wchar_t unit, FILE *file)
{
	return fputwc(unit, file);
}

wint_t putwchar(wchar_t unit)
{
	return fputwc(unit, stdout);
}

wint_t _fputwchar(wchar_t unit)
{
	return fputwc(unit, stdout);
}

int fputws(const wchar_t *text, FILE *file)
{
	char *narrow = pnpn_utf_narrow(text);
	int result = narrow ? fputs(narrow, file) : -1;

	free(narrow);
	return result < 0 ? -1 : 0;
}

int _putws(const wchar_t *text)
{
	return fputws(text, stdout) < 0 || putchar('\n') == EOF ? -1 : 0;
}

size_t wcsftime(wchar_t *to, size_t room, const wchar_t *format, const struct tm *time)
{
	char *narrow = pnpn_utf_narrow(format), *text = malloc(4 * room + 1);
	size_t length = narrow && text ? strftime(text, 4 * room + 1, narrow, time) : 0;
	wchar_t *wide = length ? pnpn_utf_widen(text) : NULL;

	length = wide ? wcslen(wide) : 0;
	if (length >= room)
		length = 0;
	if (length)
		memcpy(to, wide, (length + 1) * sizeof(*to));
	free(wide);
	free(text);
	free(narrow);
	return length;
}
