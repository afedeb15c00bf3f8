/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "core/utf.h"
#include "tool/json-line.h"

static char *skip_space(char *at)
{
	return at + strspn(at, " \t\r");
}

static bool read_unit(const char *at, uint32_t *ret_unit)
{
	*ret_unit = 0;
	for (int i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit =
			at[i] ? strchr(digits, at[i] | ('A' <= at[i] && at[i] <= 'F' ? 0x20 : 0))
			      : NULL;
		if (!digit)
			return false;
		*ret_unit = *ret_unit << 4 | (uint32_t)(digit - digits);
	}
	return true;
}

/* Never longer than the escape that it was. */
static char *put_code_point(char *to, uint32_t point)
{
	if (point < 0x80) {
		*to++ = (char)point;
		return to;
	}
	int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
	static const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};
	*to++ = (char)(first[more] | point >> 6 * more);
	while (more--)
		*to++ = (char)(0x80 | (point >> 6 * more & 0x3f));
	return to;
}

/* What stands behind the u of \u, of which there may have to be two. Moves both on; false if it is none. */
static bool read_code_point(char **at, char **to)
{
	uint32_t point, low;

	if (!read_unit(*at, &point) || !point || (point >= 0xdc00 && point < 0xe000))
		return false;
	*at += 4;
	if (point >= 0xd800 && point < 0xdc00) {
		if ((*at)[0] != '\\' || (*at)[1] != 'u' || !read_unit(*at + 2, &low) ||
		    low < 0xdc00 || low >= 0xe000)
			return false;
		*at += 6;
		point = 0x10000 + ((point - 0xd800) << 10 | (low - 0xdc00));
	}
	*to = put_code_point(*to, point);
	return true;
}

/* From the opening quote on; unescaped where it stands. Returns what follows; NULL if it is none. */
static char *read_string(char *at, const char **ret_string)
{
	static const char plain[] = "\"\\/\b\f\n\r\t", escaped[] = "\"\\/bfnrt";
	char *to = ++at;

	*ret_string = to;
	while (*at != '"') {
		if ((unsigned char)*at < 0x20)
			return NULL;
		if (*at != '\\') {
			*to++ = *at++;
			continue;
		}
		char letter = at[1];
		const char *found = letter ? strchr(escaped, letter) : NULL;
		if (!found && letter != 'u')
			return NULL;
		at += 2;
		if (found)
			*to++ = plain[found - escaped];
		else if (!read_code_point(&at, &to))
			return NULL;
	}
	*to = 0;
	return at + 1;
}

/* A whole number. Returns what follows, which is still to be looked at before the number's end is written there. */
static char *read_number(char *at, const char **ret_number)
{
	size_t sign = *at == '-', digits = strspn(at + sign, "0123456789");

	*ret_number = at;
	if (!digits || digits > 20)
		return NULL;
	return at + sign + digits;
}

static bool is_new(const struct pnpn_json_line *line, const char *key)
{
	return !pnpn_json_line_get(line, key);
}

/* A key and its value. Returns what follows, or NULL; ret_after is the character there. */
static char *read_pair(char *at, struct pnpn_json_line *line, char *ret_after)
{
	const char *key, *value;

	if (*at != '"' || !(at = read_string(at, &key)))
		return NULL;
	at = skip_space(at);
	if (*at != ':')
		return NULL;
	at = skip_space(at + 1);
	at = *at == '"' ? read_string(at, &value) : read_number(at, &value);
	if (!at || !is_new(line, key))
		return NULL;
	char *end = at;
	at = skip_space(at);
	*ret_after = *at;
	*end = 0;
	line->pairs[line->n].key = key;
	line->pairs[line->n++].value = value;
	return at;
}

static bool is_utf8(const char *text)
{
	size_t units;

	return pnpn_utf8_to_utf16(text, NULL, &units) >= 0;
}

int pnpn_json_line_read(char *line, struct pnpn_json_line *ret_line)
{
	struct pnpn_json_line read = {0};
	char *at, after = '{';

	if (!is_utf8(line))
		return -EINVAL;
	at = skip_space(line);
	if (*at != '{')
		return -EINVAL;
	do {
		if (read.n == PNPN_JSON_LINE_PAIRS)
			return -E2BIG;
		at = read_pair(skip_space(at + 1), &read, &after);
		if (!at)
			return -EINVAL;
	} while (after == ',');
	if (after != '}' || *skip_space(at + 1))
		return -EINVAL;
	*ret_line = read;
	return 0;
}

const char *pnpn_json_line_get(const struct pnpn_json_line *line, const char *key)
{
	for (size_t i = 0; i < line->n; i++)
		if (strcmp(line->pairs[i].key, key) == 0)
			return line->pairs[i].value;
	return NULL;
}
