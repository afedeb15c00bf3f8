/* SPDX-License-Identifier: MIT */
#include "core/utf.h"
#include "core/port.h"

#define REPLACEMENT 0xfffdu

static size_t put_utf8(uint32_t c, char *to)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static uint16_t unit_at(const uint8_t *from, size_t index)
{
	uint16_t unit;

	memcpy(&unit, from + 2 * index, sizeof(unit));
	return unit;
}

static int is_high(uint16_t unit)
{
	return (unit & 0xfc00) == 0xd800;
}

static int is_low(uint16_t unit)
{
	return (unit & 0xfc00) == 0xdc00;
}

size_t pnpn_utf16_to_utf8(const void *from, size_t from_bytes, char *to)
{
	size_t units = from_bytes / 2;
	size_t length = 0;

	for (size_t i = 0; i < units; i++) {
		uint32_t c = unit_at(from, i);
		if (!c)
			break;
		if (is_high((uint16_t)c) && i + 1 < units && is_low(unit_at(from, i + 1))) {
			c = 0x10000 + ((c & 0x3ff) << 10 | (unit_at(from, i + 1) & 0x3ff));
			i++;
		} else if (is_high((uint16_t)c) || is_low((uint16_t)c)) {
			c = REPLACEMENT;
		}
		length += put_utf8(c, to + length);
	}
	to[length] = 0;
	return length;
}

/* Bytes that follow a first byte, and the least character that needs so many. */
static int follow_bytes(uint8_t first, uint32_t *ret_bits, uint32_t *ret_least)
{
	static const struct {
		uint8_t mask, lead;
		uint32_t least;
	} forms[] = {{0x80, 0, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

	for (int i = 0; i < 4; i++) {
		if ((first & forms[i].mask) != forms[i].lead)
			continue;
		*ret_bits = first & (uint8_t)~forms[i].mask;
		*ret_least = forms[i].least;
		return i;
	}
	return -EILSEQ;
}

static int take_utf8(const uint8_t **from, uint32_t *ret_c)
{
	uint32_t c = 0, least = 0;
	int follow = follow_bytes(**from, &c, &least);

	if (follow < 0)
		return follow;
	for (int i = 1; i <= follow; i++) {
		uint8_t byte = (*from)[i];
		if ((byte & 0xc0) != 0x80)
			return -EILSEQ;
		c = c << 6 | (byte & 0x3f);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return -EILSEQ;
	*from += follow + 1;
	*ret_c = c;
	return 0;
}

int pnpn_utf8_to_utf16(const char *from, uint16_t *to, size_t *ret_units)
{
	const uint8_t *in = (const uint8_t *)from;
	size_t units = 0;

	while (*in) {
		uint32_t c;
		int r = take_utf8(&in, &c);
		if (r < 0)
			return r;
		if (c < 0x10000) {
			if (to)
				to[units] = (uint16_t)c;
			units++;
			continue;
		}
		if (to) {
			to[units] = (uint16_t)(0xd800 | (c - 0x10000) >> 10);
			to[units + 1] = (uint16_t)(0xdc00 | (c & 0x3ff));
		}
		units += 2;
	}
	*ret_units = units;
	return 0;
}

size_t pnpn_utf8_escape(const char *from, char *to)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *in = (const uint8_t *)from;
	size_t length = 0;

	while (*in) {
		uint32_t c;
		if (take_utf8(&in, &c) >= 0) {
			length += put_utf8(c, to + length);
			continue;
		}
		to[length++] = '\\';
		to[length++] = 'x';
		to[length++] = digits[*in >> 4];
		to[length++] = digits[*in++ & 15];
	}
	to[length] = 0;
	return length;
}
