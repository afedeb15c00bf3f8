/* SPDX-License-Identifier: MIT */
/* Windows' additions for narrow text. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "libc/print.h"
#include "wincommon/format.h"

#define CHARACTER	   char
#define UNSIGNED	   unsigned char
#define NAME(narrow, wide) narrow
#define FORMAT		   pnpn_format_a
#include "libc/text-family.h"

int _strcmpi(const char *a, const char *b)
{
	return _stricmp(a, b);
}

int _memicmp(const void *a, const void *b, size_t count)
{
	const unsigned char *left = a, *right = b;

	for (size_t i = 0; i < count; i++)
		if (lower((char)left[i]) != lower((char)right[i]))
			return (unsigned char)lower((char)left[i]) -
			       (unsigned char)lower((char)right[i]);
	return 0;
}

char *_strnset(char *text, int c, size_t count)
{
	for (size_t i = 0; i < count && text[i]; i++)
		text[i] = (char)c;
	return text;
}

char *_strset(char *text, int c)
{
	return _strnset(text, c, SIZE_MAX);
}

char *strtok_s(char *text, const char *delimiters, char **context)
{
	return strtok_r(text, delimiters, context);
}

errno_t strerror_s(char *to, size_t room, int error)
{
	char text[256];

	if (!to || !room)
		return EINVAL;
	return append(to, room, 0, strerror_r(error, text, sizeof(text)), _TRUNCATE) == EINVAL
		       ? EINVAL
		       : 0;
}

/* A room too small is emptied, as Windows has it. */
errno_t memcpy_s(void *to, size_t room, const void *from, size_t count)
{
	if (!count)
		return 0;
	if (!to)
		return EINVAL;
	if (!from || count > room) {
		memset(to, 0, room);
		return from ? ERANGE : EINVAL;
	}
	memcpy(to, from, count);
	return 0;
}

errno_t memmove_s(void *to, size_t room, const void *from, size_t count)
{
	if (!count)
		return 0;
	if (!to || !from)
		return EINVAL;
	if (count > room)
		return ERANGE;
	memmove(to, from, count);
	return 0;
}
