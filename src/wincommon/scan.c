/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf.h"
#include "wincommon/scan.h"

#define NUMBER_MAX 400 /* characters of one number */

/* One conversion as it is read, and what is left to do it with. */
struct scan_spec {
	bool skip; /* * */
	bool narrow, wide; /* h or l, w before a character or text */
	enum { SCAN_INT, SCAN_CHAR, SCAN_SHORT, SCAN_64, SCAN_LONG, SCAN_LONG_DOUBLE } size;
	int width; /* 0 without */
	char conversion;
	bool negated; /* [^ */
	uint8_t set[32]; /* of %[, a bit for each unit below 256 */
};

struct scan_state {
	struct pnpn_scan_source *source;
	va_list arguments;
	bool wide, secure;
	size_t count; /* units taken */
	int stored;
	bool ended; /* at the source's end when something was wanted */
};

static int scan_text_next(struct pnpn_scan_source *source)
{
	const unsigned char *at = source->at;

	if (!source->left || !*at)
		return -1;
	source->left--;
	source->at = at + 1;
	return *at;
}

static void scan_text_back(struct pnpn_scan_source *source, int unit)
{
	source->at = (const unsigned char *)source->at - 1;
	source->left++;
}

static int scan_wide_next(struct pnpn_scan_source *source)
{
	const wchar_t *at = source->at;

	if (!source->left || !*at)
		return -1;
	source->left--;
	source->at = at + 1;
	return *at;
}

static void scan_wide_back(struct pnpn_scan_source *source, int unit)
{
	source->at = (const wchar_t *)source->at - 1;
	source->left++;
}

void pnpn_scan_text(struct pnpn_scan_source *source, const char *text, size_t limit)
{
	*source = (struct pnpn_scan_source){scan_text_next, scan_text_back, text, limit, NULL};
}

void pnpn_scan_wide_text(struct pnpn_scan_source *source, const wchar_t *text, size_t limit)
{
	*source = (struct pnpn_scan_source){scan_wide_next, scan_wide_back, text, limit, NULL};
}

static int scan_next(struct scan_state *state)
{
	int unit = state->source->next(state->source);

	if (unit < 0)
		state->ended = true;
	else
		state->count++;
	return unit;
}

static void scan_back(struct scan_state *state, int unit)
{
	if (unit < 0)
		return;
	state->source->back(state->source, unit);
	state->count--;
}

static bool is_space(int unit)
{
	return unit >= 0 && unit < 128 && isspace(unit);
}

static void scan_spaces(struct scan_state *state)
{
	int unit;

	do
		unit = scan_next(state);
	while (is_space(unit));
	scan_back(state, unit);
}

/* --- the format ------------------------------------------------------------------------------------ */

static const char *scan_size(const char *at, struct scan_spec *spec)
{
	static const struct {
		const char *word;
		int size;
		bool narrow, wide;
	} sizes[] = {
		{"I64", SCAN_64, false, false}, {"I32", SCAN_INT, false, false},
		{"hh", SCAN_CHAR, true, false}, {"ll", SCAN_64, false, true},
		{"h", SCAN_SHORT, true, false}, {"l", SCAN_LONG, false, true},
		{"w", SCAN_LONG, false, true},	{"L", SCAN_LONG_DOUBLE, false, false},
		{"I", SCAN_64, false, false},	{"z", SCAN_64, false, false},
		{"t", SCAN_64, false, false},	{"j", SCAN_64, false, false},
	};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t length = strlen(sizes[i].word);
		if (strncmp(at, sizes[i].word, length) != 0)
			continue;
		spec->size = sizes[i].size;
		spec->narrow = sizes[i].narrow;
		spec->wide = sizes[i].wide;
		return at + length;
	}
	return at;
}

/* What stands between [ and ]; a ] right at the beginning is one of them. */
static const char *scan_set(const char *at, struct scan_spec *spec)
{
	const char *begin;

	if ((spec->negated = *at == '^'))
		at++;
	for (begin = at; *at && (*at != ']' || at == begin); at++) {
		int first = (unsigned char)*at, last = first;
		if (at[1] == '-' && at[2] && at[2] != ']') {
			last = (unsigned char)at[2];
			at += 2;
		}
		for (int c = first; c <= last; c++)
			spec->set[c / 8] |= (uint8_t)(1u << c % 8);
	}
	return *at ? at + 1 : at;
}

static const char *scan_read(const char *at, struct scan_spec *spec)
{
	*spec = (struct scan_spec){0};
	if ((spec->skip = *at == '*'))
		at++;
	for (; *at >= '0' && *at <= '9'; at++)
		if (spec->width < 100000000)
			spec->width = spec->width * 10 + (*at - '0');
	at = scan_size(at, spec);
	spec->conversion = *at;
	if (!*at)
		return at;
	return *at == '[' ? scan_set(at + 1, spec) : at + 1;
}

/* --- numbers --------------------------------------------------------------------------------------- */

/* What a number is read into; more digits than fit are an error of the text. */
struct scan_number {
	char text[NUMBER_MAX + 1];
	size_t length;
	size_t limit;
};

static void scan_number_init(struct scan_number *number, const struct scan_spec *spec)
{
	number->length = 0;
	number->limit = spec->width && spec->width < NUMBER_MAX ? (size_t)spec->width : NUMBER_MAX;
}

/* Takes the next unit if it is one of these. */
static bool scan_take(struct scan_state *state, struct scan_number *number, const char *these)
{
	if (number->length >= number->limit)
		return false;
	int unit = scan_next(state);
	if (unit <= 0 || unit > 127 || !strchr(these, unit)) {
		scan_back(state, unit);
		return false;
	}
	number->text[number->length++] = (char)unit;
	return true;
}

static void scan_take_all(struct scan_state *state, struct scan_number *number, const char *these)
{
	while (scan_take(state, number, these))
		;
}

static const char *scan_digits(int base)
{
	return base == 16 ? "0123456789abcdefABCDEF" : base == 8 ? "01234567" : "0123456789";
}

static void scan_store_integer(struct scan_state *state, const struct scan_spec *spec,
			       unsigned long long value)
{
	void *to = va_arg(state->arguments, void *);

	if (spec->size == SCAN_CHAR)
		*(uint8_t *)to = (uint8_t)value;
	else if (spec->size == SCAN_SHORT)
		*(uint16_t *)to = (uint16_t)value;
	else if (spec->size == SCAN_64)
		memcpy(to, &value, sizeof(uint64_t));
	else
		*(uint32_t *)to = (uint32_t)value;
}

static int scan_base(char conversion)
{
	switch (conversion) {
	case 'i':
		return 0;
	case 'o':
		return 8;
	case 'x':
	case 'X':
	case 'p':
		return 16;
	default:
		return 10;
	}
}

static bool scan_integer(struct scan_state *state, const struct scan_spec *spec)
{
	struct scan_number number;
	int base = scan_base(spec->conversion);
	bool zero = false, digits;

	scan_number_init(&number, spec);
	scan_take(state, &number, "+-");
	if (base == 0 || base == 16) {
		zero = scan_take(state, &number, "0");
		if (zero && scan_take(state, &number, "xX"))
			base = 16;
		else if (base == 0)
			base = zero ? 8 : 10;
	}
	size_t before = number.length;
	scan_take_all(state, &number, scan_digits(base));
	digits = zero || number.length > before;
	if (!digits)
		return false;
	number.text[number.length] = 0;
	unsigned long long value = number.text[0] == '-'
					   ? (unsigned long long)strtoll(number.text, NULL, base)
					   : strtoull(number.text, NULL, base);
	if (spec->skip)
		return true;
	struct scan_spec as = *spec;
	if (spec->conversion == 'p')
		as.size = SCAN_64;
	scan_store_integer(state, &as, value);
	state->stored++;
	return true;
}

/* inf, infinity, nan, or nothing of the kind; a word cut short is no number. */
static bool scan_float_word(struct scan_state *state, struct scan_number *number)
{
	static const char *const letters[] = {"iI", "nN", "fF"};
	size_t before = number->length;

	if (scan_take(state, number, "nN"))
		return scan_take(state, number, "aA") && scan_take(state, number, "nN");
	for (size_t i = 0; i < 3; i++)
		if (!scan_take(state, number, letters[i]))
			return false;
	return number->length == before + 3;
}

static bool scan_float_digits(struct scan_state *state, struct scan_number *number)
{
	int base = 10;
	size_t digits = number->length, points;

	if (scan_take(state, number, "0") && scan_take(state, number, "xX")) {
		base = 16;
		digits = number->length;
	}
	scan_take_all(state, number, scan_digits(base));
	points = scan_take(state, number, ".") ? 1 : 0;
	scan_take_all(state, number, scan_digits(base));
	if (number->length - digits <= points)
		return false;
	if (scan_take(state, number, base == 16 ? "pP" : "eE")) {
		scan_take(state, number, "+-");
		digits = number->length;
		scan_take_all(state, number, "0123456789");
		return number->length > digits;
	}
	return true;
}

static bool scan_float(struct scan_state *state, const struct scan_spec *spec)
{
	struct scan_number number;

	scan_number_init(&number, spec);
	scan_take(state, &number, "+-");
	size_t sign = number.length;
	if (!scan_float_digits(state, &number) &&
	    (number.length > sign || !scan_float_word(state, &number)))
		return false;
	number.text[number.length] = 0;
	if (spec->skip)
		return true;
	void *to = va_arg(state->arguments, void *);
	if (spec->size == SCAN_LONG_DOUBLE)
		*(long double *)to = strtold(number.text, NULL);
	else if (spec->size == SCAN_LONG)
		*(double *)to = strtod(number.text, NULL);
	else
		*(float *)to = strtof(number.text, NULL);
	state->stored++;
	return true;
}

/* --- text ------------------------------------------------------------------------------------------ */

/* The units of one text, and what they become. */
struct scan_units {
	union {
		char *bytes;
		uint16_t *wide;
		void *memory;
	};
	size_t count, room;
};

static bool scan_units_add(struct scan_units *units, bool wide, int unit)
{
	if (units->count == units->room) {
		size_t room = units->room ? units->room * 2 : 64;
		void *memory = realloc(units->memory, (room + 1) * sizeof(uint16_t));
		if (!memory)
			return false;
		units->memory = memory;
		units->room = room;
	}
	if (wide)
		units->wide[units->count++] = (uint16_t)unit;
	else
		units->bytes[units->count++] = (char)unit;
	return true;
}

static bool scan_wants(const struct scan_spec *spec, int unit)
{
	if (spec->conversion == 'c' || spec->conversion == 'C')
		return true;
	if (spec->conversion != '[')
		return !is_space(unit);
	bool there = unit < 256 && spec->set[unit / 8] & 1u << unit % 8;
	return there != spec->negated;
}

static bool scan_collect(struct scan_state *state, const struct scan_spec *spec,
			 struct scan_units *units)
{
	bool character = spec->conversion == 'c' || spec->conversion == 'C';
	size_t limit = spec->width ? (size_t)spec->width : character ? 1 : SIZE_MAX;

	while (units->count < limit) {
		int unit = scan_next(state);
		if (unit < 0 || !scan_wants(spec, unit)) {
			scan_back(state, unit);
			break;
		}
		if (!scan_units_add(units, state->wide, unit))
			return false;
	}
	return character ? units->count == limit : units->count > 0;
}

static bool scan_to_wide(const struct scan_state *state, const struct scan_spec *spec)
{
	if (spec->wide || spec->narrow)
		return spec->wide;
	bool capital = spec->conversion == 'S' || spec->conversion == 'C';
	return state->wide != capital;
}

/* Into the other kind, if it is that. */
static bool scan_convert(const struct scan_state *state, struct scan_units *units, bool to_wide)
{
	if (to_wide == state->wide)
		return true;
	void *converted = malloc(units->count * 3 + 2);
	if (!converted)
		return false;
	size_t count = 0;
	if (to_wide) {
		if (units->count)
			units->bytes[units->count] = 0;
		if (units->count && pnpn_utf8_to_utf16(units->bytes, converted, &count) < 0)
			for (count = 0; count < units->count; count++)
				((uint16_t *)converted)[count] = (uint8_t)units->bytes[count];
	} else {
		count = pnpn_utf16_to_utf8(units->wide, 2 * units->count, converted);
	}
	free(units->memory);
	units->memory = converted;
	units->count = count;
	return true;
}

/* Stores as much as is promised to fit: with a width that many, in the secure forms the room that is told. */
static bool scan_store_text(struct scan_state *state, const struct scan_spec *spec,
			    struct scan_units *units, bool to_wide)
{
	bool character = spec->conversion == 'c' || spec->conversion == 'C';
	size_t size = to_wide ? sizeof(uint16_t) : 1;
	char *to = va_arg(state->arguments, char *);

	if (state->secure) {
		unsigned int room = va_arg(state->arguments, unsigned int);
		if (units->count + !character > room) {
			if (room)
				memset(to, 0, size);
			return false;
		}
	} else if (spec->width && units->count > (size_t)spec->width) {
		units->count = (size_t)spec->width;
	} else if (character && !spec->width && units->count > 1) {
		units->count = 1;
	}
	if (units->count)
		memcpy(to, units->memory, units->count * size);
	if (!character)
		memset(to + units->count * size, 0, size);
	state->stored++;
	return true;
}

static bool scan_text(struct scan_state *state, const struct scan_spec *spec)
{
	struct scan_units units = {0};
	bool to_wide = scan_to_wide(state, spec);
	bool fine = scan_collect(state, spec, &units);

	if (fine)
		state->ended = false; /* whatever fails from here on, it is not for want of text */
	if (fine && !spec->skip)
		fine = scan_convert(state, &units, to_wide) &&
		       scan_store_text(state, spec, &units, to_wide);
	free(units.memory);
	return fine;
}

/* --- all of it ------------------------------------------------------------------------------------- */

static bool scan_literal(struct scan_state *state, int wanted)
{
	int unit = scan_next(state);

	if (unit == wanted)
		return true;
	scan_back(state, unit);
	return false;
}

static bool scan_one(struct scan_state *state, const struct scan_spec *spec)
{
	if (spec->conversion == 'n') {
		if (!spec->skip)
			scan_store_integer(state, spec, state->count);
		return true;
	}
	if (!strchr("cC[", spec->conversion))
		scan_spaces(state);
	switch (spec->conversion) {
	case 'd':
	case 'i':
	case 'u':
	case 'o':
	case 'x':
	case 'X':
	case 'p':
		return scan_integer(state, spec);
	case 'e':
	case 'E':
	case 'f':
	case 'F':
	case 'g':
	case 'G':
	case 'a':
	case 'A':
		return scan_float(state, spec);
	case 's':
	case 'S':
	case 'c':
	case 'C':
	case '[':
		return scan_text(state, spec);
	case '%':
		return scan_literal(state, '%');
	default:
		return false;
	}
}

/* A character of the format that stands for itself, of however many units the source has for it. */
static bool scan_match(struct scan_state *state, const char **format)
{
	const unsigned char *at = (const unsigned char *)*format;
	char sequence[5] = {0};
	uint16_t wide[3];
	size_t units, length = 1;

	while (at[length] >= 0x80 && at[length] < 0xc0 && length < 4)
		length++;
	*format += length;
	if (*at < 0x80 || !state->wide) {
		for (size_t i = 0; i < length; i++)
			if (!scan_literal(state, at[i]))
				return false;
		return true;
	}
	memcpy(sequence, at, length);
	if (pnpn_utf8_to_utf16(sequence, wide, &units) < 0)
		return false;
	for (size_t i = 0; i < units; i++)
		if (!scan_literal(state, wide[i]))
			return false;
	return true;
}

int pnpn_scan(struct pnpn_scan_source *source, const char *format, bool wide, bool secure,
	      va_list arguments)
{
	struct scan_state state = {.source = source, .wide = wide, .secure = secure};
	struct scan_spec spec;
	bool fine = true;
	int seen = 0;

	va_copy(state.arguments, arguments);
	while (*format && fine) {
		if (is_space((unsigned char)*format)) {
			scan_spaces(&state);
			format++;
			state.ended = false;
		} else if (*format != '%') {
			fine = scan_match(&state, &format);
		} else {
			format = scan_read(format + 1, &spec);
			fine = scan_one(&state, &spec);
			seen += fine && spec.conversion != 'n' && spec.conversion != '%';
		}
	}
	va_end(state.arguments);
	return !fine && state.ended && !seen ? -1 : state.stored;
}
