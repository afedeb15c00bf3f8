/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/utf.h"
#include "wincommon/format.h"
#include "wincommon/utf.h"
#include "wincommon/wcs.h"

#define NUMBER_BYTES 512 /* of one number with its width */
#define WIDTH_MAX    400

/* Of a double. */
#define NAN_QUIET      0x0008000000000000
#define NAN_INDEFINITE 0xfff8000000000000

/* One conversion as it is read. */
struct format_spec {
	char flags[8];
	int width;
	int precision; /* -1 without */
	enum { SIZE_INT, SIZE_CHAR, SIZE_SHORT, SIZE_64, SIZE_LONG_DOUBLE } size;
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

/* What was printed so far, in the units of the function: bytes, or 16-bit units. */
struct format_state {
	va_list arguments;
	bool wide;
	bool failed; /* no memory */
	void *text;
	size_t count, room;
};

static void *format_grow(struct format_state *state, size_t more)
{
	size_t unit = state->wide ? sizeof(wchar_t) : 1;

	if (!state->text || state->count + more > state->room) {
		size_t room = (state->count + more) * 2 + 64;
		void *text = realloc(state->text, room * unit);
		if (!text) {
			state->failed = true;
			return NULL;
		}
		state->text = text;
		state->room = room;
	}
	void *at = (char *)state->text + state->count * unit;
	state->count += more;
	return at;
}

/* Bytes are UTF-8, or else Latin-1. */
static void format_put_narrow(struct format_state *state, const char *text, size_t bytes)
{
	if (!state->wide) {
		char *at = format_grow(state, bytes);
		if (at && bytes)
			memcpy(at, text, bytes);
		return;
	}
	char *copy = strndup(text, bytes);
	wchar_t *wide = copy ? pnpn_utf_widen(copy) : NULL;
	size_t units = wide ? pnpn_wcslen(wide) : 0;
	wchar_t *at = wide ? format_grow(state, units) : NULL;
	if (at)
		memcpy(at, wide, units * sizeof(*at));
	state->failed |= !wide;
	free(wide);
	free(copy);
}

static void format_put_wide(struct format_state *state, const wchar_t *text, size_t units)
{
	if (state->wide) {
		wchar_t *at = format_grow(state, units);
		if (at && units)
			memcpy(at, text, units * sizeof(*at));
		return;
	}
	char *narrow = malloc(PNPN_UTF8_BYTES(units * sizeof(*text)));
	if (narrow)
		format_put_narrow(state, narrow,
				  pnpn_utf16_to_utf8(text, units * sizeof(*text), narrow));
	state->failed |= !narrow;
	free(narrow);
}

static void format_put(struct format_state *state, const char *text)
{
	format_put_narrow(state, text, strlen(text));
}

static void format_pad(struct format_state *state, const struct format_spec *spec, size_t units,
		       bool left)
{
	if ((strchr(spec->flags, '-') != NULL) == left)
		for (size_t i = units; i < (size_t)spec->width; i++)
			format_put_narrow(state, " ", 1);
}

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
	if (*at == 'L') {
		spec->size = SIZE_LONG_DOUBLE;
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

	if (spec->size == SIZE_64 || spec->size == SIZE_LONG_DOUBLE)
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
	format_put(state, text);
}

/* What is padded counts in units of the text as it is told. */
static void format_narrow(struct format_state *state, const struct format_spec *spec,
			  const char *text, size_t limit)
{
	if (!text)
		text = "(null)";
	size_t bytes = strnlen(text, limit);
	format_pad(state, spec, bytes, false);
	format_put_narrow(state, text, bytes);
	format_pad(state, spec, bytes, true);
}

/* What is no number: 0.0 / 0.0 gives the one that is called indefinite. */
static void format_nan(struct format_state *state, const struct format_spec *spec, double value)
{
	const char *sign = strchr(spec->flags, '+') ? "+" : strchr(spec->flags, ' ') ? " " : "";
	const char *kind = "";
	char text[16];
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	if (!(bits & NAN_QUIET))
		kind = "(snan)";
	else if (bits == NAN_INDEFINITE)
		kind = "(ind)";
	snprintf(text, sizeof(text), "%snan%s", bits >> 63 ? "-" : sign, kind);
	for (char *at = text; *at && isupper((unsigned char)spec->conversion); at++)
		*at = (char)toupper((unsigned char)*at);
	format_narrow(state, spec, text, SIZE_MAX);
}

/* Digits of the mantissa are all told where the format does not say how many. */
static int format_precision(const struct format_spec *spec)
{
	if (spec->precision < 0 && (spec->conversion == 'a' || spec->conversion == 'A'))
		return 13;
	return spec->precision > WIDTH_MAX ? WIDTH_MAX : spec->precision;
}

static void format_double(struct format_state *state, const struct format_spec *spec)
{
	char pattern[24], text[NUMBER_BYTES];
	bool is_long = spec->size == SIZE_LONG_DOUBLE;
	long double value = is_long ? va_arg(state->arguments, long double)
				    : va_arg(state->arguments, double);

	if (isnan(value)) {
		format_nan(state, spec, (double)value);
		return;
	}
	snprintf(pattern, sizeof(pattern), "%%%s*.*%s%c", spec->flags, is_long ? "L" : "",
		 spec->conversion);
	if (is_long)
		snprintf(text, sizeof(text), pattern, spec->width, format_precision(spec), value);
	else
		snprintf(text, sizeof(text), pattern, spec->width, format_precision(spec),
			 (double)value);
	format_put(state, text);
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
	format_pad(state, spec, units, false);
	format_put_wide(state, text, units);
	format_pad(state, spec, units, true);
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

	format_pad(state, spec, 1, false);
	if (value ? format_is_wide(state, spec) : state->wide)
		format_put_wide(state, wide, 1);
	else
		format_put_narrow(state, &narrow, 1);
	format_pad(state, spec, 1, true);
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

static void format_pointer(struct format_state *state, const struct format_spec *spec)
{
	char text[20];

	snprintf(text, sizeof(text), "%016llX",
		 (unsigned long long)(uintptr_t)va_arg(state->arguments, void *));
	format_narrow(state, spec, text, SIZE_MAX);
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
	case 'F':
	case 'g':
	case 'G':
	case 'a':
	case 'A':
		format_double(state, spec);
		break;
	case 'p':
		format_pointer(state, spec);
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
			format_put_narrow(state, &spec->conversion, 1);
	}
}

/* The longest conversion that makes sense, as bytes; what follows it of the format does no harm. */
#define SPEC_MAX 40

static void format_ascii(const wchar_t *from, char to[SPEC_MAX + 1])
{
	size_t length = 0;

	for (; length < SPEC_MAX && from[length] && from[length] < 0x80; length++)
		to[length] = (char)from[length];
	to[length] = 0;
}

static void format_all(struct format_state *state, const char *format)
{
	struct format_spec spec;

	while (*format) {
		size_t plain = strcspn(format, "%");
		format_put_narrow(state, format, plain);
		format += plain;
		if (!*format)
			return;
		format = format_read(format + 1, state, &spec);
		format_one(state, &spec);
	}
}

static void format_all_wide(struct format_state *state, const wchar_t *format)
{
	struct format_spec spec;
	char ascii[SPEC_MAX + 1];

	while (*format) {
		size_t plain = 0;
		while (format[plain] && format[plain] != '%')
			plain++;
		format_put_wide(state, format, plain);
		format += plain;
		if (!*format)
			return;
		format_ascii(++format, ascii);
		format += format_read(ascii, state, &spec) - ascii;
		format_one(state, &spec);
	}
}

/* Copies what there is room for, and ends it. */
static int format_deliver(struct format_state *state, void *buffer, size_t room, size_t unit)
{
	size_t fits = state->count < room ? state->count : room - 1;

	va_end(state->arguments);
	if (!state->failed && room) {
		if (fits)
			memcpy(buffer, state->text, fits * unit);
		memset((char *)buffer + fits * unit, 0, unit);
	}
	free(state->text);
	return state->failed ? -ENOMEM : (int)state->count;
}

int pnpn_format_a(char *buffer, size_t size, const char *format, va_list arguments)
{
	struct format_state state = {0};

	va_copy(state.arguments, arguments);
	format_all(&state, format);
	return format_deliver(&state, buffer, size, 1);
}

int pnpn_format_w(wchar_t *buffer, size_t count, const wchar_t *format, va_list arguments)
{
	struct format_state state = {.wide = true};

	va_copy(state.arguments, arguments);
	format_all_wide(&state, format);
	return format_deliver(&state, buffer, count, sizeof(wchar_t));
}
