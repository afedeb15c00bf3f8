/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/utf.h"
#include "wincommon/format.h"
#include "wincommon/utf.h"
#include "wincommon/wcs.h"

#define NUMBER_BYTES 512 /* of one number with its width */
#define WIDTH_MAX    400

/* One conversion as it is read. */
struct format_spec {
	char flags[8];
	int width;
	int precision; /* -1 without */
	enum { SIZE_INT, SIZE_CHAR, SIZE_SHORT, SIZE_64 } size;
	bool narrow, wide; /* h or l, w before a character or text */
	char conversion;
};

/* UNICODE_STRING and ANSI_STRING look the same from here; the header that declares them is the driver
 * face's. */
struct counted {
	uint16_t length; /* bytes */
	uint16_t maximum;
	void *buffer;
};

struct format_state {
	FILE *out;
	va_list arguments;
	bool wide;
};

static const char *format_number(const char *at, struct format_state *state, int *ret_number)
{
	int number = 0;

	if (*at == '*') {
		*ret_number = va_arg(state->arguments, int);
		return at + 1;
	}
	for (; *at >= '0' && *at <= '9'; at++)
		if (number <= WIDTH_MAX)
			number = number * 10 + (*at - '0');
	*ret_number = number;
	return at;
}

static const char *format_size(const char *at, struct format_spec *spec)
{
	if (!strncmp(at, "I64", 3) || !strncmp(at, "ll", 2)) {
		spec->size = SIZE_64;
		spec->wide = *at == 'l';
		return at + (*at == 'I' ? 3 : 2);
	}
	if (!strncmp(at, "I32", 3))
		return at + 3;
	if (!strncmp(at, "hh", 2)) {
		spec->size = SIZE_CHAR;
		return at + 2;
	}
	if (*at == 'I' || *at == 'z' || *at == 't' || *at == 'j') {
		spec->size = SIZE_64; /* as wide as a pointer */
		return at + 1;
	}
	if (*at == 'h') {
		spec->size = SIZE_SHORT;
		spec->narrow = true;
		return at + 1;
	}
	if (*at == 'l' || *at == 'w') {
		spec->wide = true; /* of a number: 32 bits, as without */
		return at + 1;
	}
	return at;
}

static const char *format_read(const char *at, struct format_state *state, struct format_spec *spec)
{
	size_t n = strspn(at, "-+ #0");

	*spec = (struct format_spec){.precision = -1};
	memcpy(spec->flags, at, n < 5 ? n : 5);
	at = format_number(at + n, state, &spec->width);
	if (spec->width < 0) {
		strcat(spec->flags, "-");
		spec->width = -spec->width;
	}
	if (spec->width > WIDTH_MAX)
		spec->width = WIDTH_MAX;
	if (*at == '.')
		at = format_number(at + 1, state, &spec->precision);
	at = format_size(at, spec);
	spec->conversion = *at;
	return *at ? at + 1 : at;
}

static void format_integer(struct format_state *state, const struct format_spec *spec)
{
	bool is_signed = spec->conversion == 'd' || spec->conversion == 'i';
	char pattern[24], text[NUMBER_BYTES];
	int precision = spec->precision > WIDTH_MAX ? WIDTH_MAX : spec->precision;
	long long value;

	if (spec->size == SIZE_64)
		value = va_arg(state->arguments, long long);
	else if (is_signed)
		value = va_arg(state->arguments, int);
	else
		value = va_arg(state->arguments, unsigned int);
	if (spec->size == SIZE_SHORT)
		value = is_signed ? (short)value : (unsigned short)value;
	if (spec->size == SIZE_CHAR)
		value = is_signed ? (signed char)value : (unsigned char)value;
	snprintf(pattern, sizeof(pattern), "%%%s*.*ll%c", spec->flags, spec->conversion);
	snprintf(text, sizeof(text), pattern, spec->width, precision, value);
	fputs(text, state->out);
}

static void format_double(struct format_state *state, const struct format_spec *spec)
{
	char pattern[24], text[NUMBER_BYTES];
	int precision = spec->precision > WIDTH_MAX ? WIDTH_MAX : spec->precision;

	snprintf(pattern, sizeof(pattern), "%%%s*.*%c", spec->flags, spec->conversion);
	snprintf(text, sizeof(text), pattern, spec->width, precision,
		 va_arg(state->arguments, double));
	fputs(text, state->out);
}

static void format_padded(struct format_state *state, const struct format_spec *spec,
			  const char *text, size_t bytes, size_t characters)
{
	int pad = spec->width > (int)characters ? spec->width - (int)characters : 0;
	bool left = strchr(spec->flags, '-') != NULL;

	for (int i = 0; i < pad && !left; i++)
		fputc(' ', state->out);
	fwrite(text, 1, bytes, state->out);
	for (int i = 0; i < pad && left; i++)
		fputc(' ', state->out);
}

static void format_narrow(struct format_state *state, const struct format_spec *spec,
			  const char *text, size_t limit)
{
	if (!text)
		text = "(null)";
	size_t bytes = strnlen(text, limit);
	format_padded(state, spec, text, bytes, bytes);
}

static void format_wide(struct format_state *state, const struct format_spec *spec,
			const wchar_t *text, size_t limit)
{
	size_t units = 0;

	if (!text) {
		format_narrow(state, spec, NULL, limit);
		return;
	}
	while (units < limit && text[units])
		units++;
	char *narrow = malloc(units * 3 + 1);
	if (!narrow)
		return;
	size_t bytes = pnpn_utf16_to_utf8(text, units * sizeof(wchar_t), narrow);
	format_padded(state, spec, narrow, bytes, units);
	free(narrow);
}

static bool format_is_wide(const struct format_state *state, const struct format_spec *spec)
{
	if (spec->wide || spec->narrow)
		return spec->wide;
	/* The capitals mean the other kind. */
	return state->wide == (spec->conversion == 's' || spec->conversion == 'c');
}

static size_t format_limit(const struct format_spec *spec)
{
	return spec->precision >= 0 ? (size_t)spec->precision : SIZE_MAX;
}

static void format_text(struct format_state *state, const struct format_spec *spec)
{
	if (format_is_wide(state, spec))
		format_wide(state, spec, va_arg(state->arguments, const wchar_t *),
			    format_limit(spec));
	else
		format_narrow(state, spec, va_arg(state->arguments, const char *),
			      format_limit(spec));
}

static void format_character(struct format_state *state, const struct format_spec *spec)
{
	int value = va_arg(state->arguments, int);
	wchar_t wide[2] = {(wchar_t)value, 0};
	char narrow = (char)value;

	if (format_is_wide(state, spec))
		format_wide(state, spec, wide, 1);
	else
		format_padded(state, spec, &narrow, 1, 1);
}

static void format_counted(struct format_state *state, const struct format_spec *spec)
{
	const void *string = va_arg(state->arguments, const void *);
	const struct counted *counted = string;
	size_t limit = format_limit(spec);

	if (!string) {
		format_narrow(state, spec, NULL, limit);
	} else if (spec->wide) {
		size_t units = counted->length / sizeof(wchar_t);
		format_wide(state, spec, counted->buffer, units < limit ? units : limit);
	} else {
		format_narrow(state, spec, counted->buffer,
			      counted->length < limit ? counted->length : limit);
	}
}

static void format_one(struct format_state *state, const struct format_spec *spec)
{
	switch (spec->conversion) {
	case 'd':
	case 'i':
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		format_integer(state, spec);
		break;
	case 'e':
	case 'E':
	case 'f':
	case 'g':
	case 'G':
	case 'a':
	case 'A':
		format_double(state, spec);
		break;
	case 'p':
		fprintf(state->out, "%016llX",
			(unsigned long long)(uintptr_t)va_arg(state->arguments, void *));
		break;
	case 's':
	case 'S':
		format_text(state, spec);
		break;
	case 'c':
	case 'C':
		format_character(state, spec);
		break;
	case 'Z':
		format_counted(state, spec);
		break;
	default: /* what is no conversion stands for itself; %n is none */
		if (spec->conversion)
			fputc(spec->conversion, state->out);
	}
}

/* The text as UTF-8, to be freed, and its bytes; NULL without memory. */
static char *format_text_new(const char *format, bool wide, va_list arguments, size_t *ret_bytes)
{
	struct format_state state = {.wide = wide};
	struct format_spec spec;
	char *text = NULL;
	size_t bytes;

	state.out = open_memstream(&text, &bytes);
	if (!state.out)
		return NULL;
	va_copy(state.arguments, arguments);
	while (*format) {
		if (*format != '%') {
			fputc(*format++, state.out);
			continue;
		}
		format = format_read(format + 1, &state, &spec);
		format_one(&state, &spec);
	}
	va_end(state.arguments);
	if (fclose(state.out)) {
		free(text);
		return NULL;
	}
	*ret_bytes = bytes;
	return text;
}

int pnpn_format_a(char *buffer, size_t size, const char *format, va_list arguments)
{
	size_t bytes;
	char *text = format_text_new(format, false, arguments, &bytes);

	if (!text)
		return -ENOMEM;
	if (size) {
		size_t fits = bytes < size ? bytes : size - 1;
		memcpy(buffer, text, fits);
		buffer[fits] = 0;
	}
	free(text);
	return (int)bytes;
}

int pnpn_format_w(wchar_t *buffer, size_t count, const wchar_t *format, va_list arguments)
{
	size_t bytes;
	char *narrow = pnpn_utf_narrow(format);
	char *text = narrow ? format_text_new(narrow, true, arguments, &bytes) : NULL;

	free(narrow);
	if (!text)
		return -ENOMEM;
	wchar_t *wide = pnpn_utf_widen(text);
	free(text);
	if (!wide)
		return -ENOMEM;
	size_t units = pnpn_wcslen(wide);
	if (count) {
		size_t fits = units < count ? units : count - 1;
		memcpy(buffer, wide, fits * sizeof(wchar_t));
		buffer[fits] = 0;
	}
	free(wide);
	return (int)units;
}
