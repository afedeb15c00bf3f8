/* SPDX-License-Identifier: MIT */
/*
 * Between 16-bit text and multibyte text, which is UTF-8 whatever the locale. A character of two units
 * goes through the functions for strings; those for single characters refuse it, as Windows' do.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "core/utf.h"
#include "wincommon/utf.h"

/* What an mbstate_t is here: the bytes of a character that was not complete. */
struct state {
	uint8_t count;
	char bytes[4];
};
_Static_assert(sizeof(struct state) <= sizeof(mbstate_t), "an mbstate_t has room");

static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

static size_t illegal(void)
{
	errno = EILSEQ;
	return (size_t)-1;
}

/* One whole sequence as one unit; false for what is none, or two. */
static bool decode(const char *bytes, size_t length, wchar_t *ret_c)
{
	char sequence[5] = {0};
	uint16_t units[3] = {0};
	size_t count;

	memcpy(sequence, bytes, length);
	if (sequence[0] && (pnpn_utf8_to_utf16(sequence, units, &count) < 0 || count != 1))
		return false;
	*ret_c = units[0];
	return true;
}

size_t mbrtowc(wchar_t *ret_c, const char *text, size_t count, mbstate_t *mbstate)
{
	static _Thread_local mbstate_t own;
	struct state *state = (struct state *)(mbstate ? mbstate : &own);
	wchar_t c;

	if (!text)
		return mbrtowc(NULL, "", 1, mbstate);
	for (size_t taken = 0; taken < count;) {
		state->bytes[state->count++] = text[taken++];
		size_t wanted = sequence_length((unsigned char)state->bytes[0]);
		if (wanted && state->count < wanted)
			continue;
		bool fine = wanted && decode(state->bytes, wanted, &c);
		*state = (struct state){0};
		if (!fine)
			return illegal();
		if (ret_c)
			*ret_c = c;
		return c ? taken : 0;
	}
	return (size_t)-2;
}

size_t wcrtomb(char *to, wchar_t c, mbstate_t *mbstate)
{
	char narrow[4];

	if (!to)
		return 1;
	if (c >= 0xd800 && c < 0xe000)
		return illegal();
	size_t length = c ? pnpn_utf16_to_utf8(&c, sizeof(c), narrow) : 1;
	memcpy(to, c ? narrow : "", length);
	return length;
}

int mbtowc(wchar_t *ret_c, const char *text, size_t count)
{
	mbstate_t state = {0};

	if (!text)
		return 0;
	size_t taken = mbrtowc(ret_c, text, count, &state);
	return taken > count ? -1 : (int)taken;
}

int mblen(const char *text, size_t count)
{
	return mbtowc(NULL, text, count);
}

int wctomb(char *to, wchar_t c)
{
	return to ? (int)wcrtomb(to, c, NULL) : 0;
}

/* Each half of a pair counts for half of its four bytes. */
static size_t narrow_bytes(const wchar_t *text, size_t units)
{
	size_t bytes = 0;

	for (size_t i = 0; i < units; i++)
		bytes += text[i] < 0x80					   ? 1
			 : text[i] < 0x800 || (text[i] & 0xf800) == 0xd800 ? 2
									   : 3;
	return bytes;
}

/* As many whole characters as there is room for; all, and their number alone, without a place. */
size_t mbsrtowcs(wchar_t *to, const char **text, size_t room, mbstate_t *mbstate)
{
	size_t units;

	if (pnpn_utf8_to_utf16(*text, NULL, &units) < 0)
		return illegal();
	if (!to)
		return units;
	wchar_t *wide = pnpn_utf_widen(*text);
	if (!wide)
		return illegal();
	size_t count = units < room ? units : room;
	if (count < units && count && (wide[count - 1] & 0xfc00) == 0xd800)
		count--; /* not half a pair */
	bool all = count == units && count < room;
	memcpy(to, wide, (count + all) * sizeof(*to));
	*text = all ? NULL : *text + narrow_bytes(wide, count);
	free(wide);
	return count;
}

size_t wcsrtombs(char *to, const wchar_t **text, size_t room, mbstate_t *mbstate)
{
	size_t bytes = 0, units = 0;
	char narrow[8];

	while ((*text)[units]) {
		bool pair = ((*text)[units] & 0xfc00) == 0xd800 &&
			    ((*text)[units + 1] & 0xfc00) == 0xdc00;
		size_t length = pnpn_utf16_to_utf8(*text + units, pair ? 4 : 2, narrow);
		if (to && bytes + length > room)
			break;
		if (to)
			memcpy(to + bytes, narrow, length);
		bytes += length;
		units += pair ? 2 : 1;
	}
	if (!to)
		return bytes;
	bool all = !(*text)[units] && bytes < room;
	if (all)
		to[bytes] = 0;
	*text = all ? NULL : *text + units;
	return bytes;
}

size_t mbstowcs(wchar_t *to, const char *text, size_t room)
{
	return mbsrtowcs(to, &text, room, NULL);
}

size_t wcstombs(char *to, const wchar_t *text, size_t room)
{
	return wcsrtombs(to, &text, room, NULL);
}

/* What the secure forms have in common: a length to cut at, and a room that ends with a zero. */
static errno_t finish(size_t length, size_t room, size_t count, size_t *ret_count)
{
	bool cut = count == _TRUNCATE;

	if (length == (size_t)-1)
		return EILSEQ;
	if (!cut && count < length)
		length = count;
	if (room && length >= room && !cut)
		return ERANGE;
	if (ret_count)
		*ret_count = (room && length >= room ? room - 1 : length) + 1;
	return room && length >= room ? STRUNCATE : 0;
}

errno_t mbstowcs_s(size_t *ret_units, wchar_t *to, size_t room, const char *from, size_t count)
{
	size_t units = 0;

	if (!from || (!to != !room))
		return EINVAL;
	errno_t error = finish(mbstowcs(NULL, from, 0), room, count, &units);
	if (to)
		to[0] = 0;
	if (to && (!error || error == STRUNCATE))
		to[mbstowcs(to, from, units - 1)] = 0;
	if (ret_units)
		*ret_units = units;
	return error;
}

errno_t wcstombs_s(size_t *ret_bytes, char *to, size_t room, const wchar_t *from, size_t count)
{
	size_t bytes = 0;

	if (!from || (!to != !room))
		return EINVAL;
	errno_t error = finish(wcstombs(NULL, from, 0), room, count, &bytes);
	if (to)
		to[0] = 0;
	if (to && (!error || error == STRUNCATE))
		to[wcstombs(to, from, bytes - 1)] = 0;
	if (ret_bytes)
		*ret_bytes = bytes;
	return error;
}

errno_t wctomb_s(int *ret_bytes, char *to, size_t room, wchar_t c)
{
	char narrow[8];
	size_t length = wcrtomb(narrow, c, NULL);

	if (length == (size_t)-1)
		return EILSEQ;
	if (to && length > room)
		return ERANGE;
	if (to)
		memcpy(to, narrow, length);
	if (ret_bytes)
		*ret_bytes = to ? (int)length : 0;
	return 0;
}
