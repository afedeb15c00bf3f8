/* SPDX-License-Identifier: MIT */
/* The wcs and wmem functions for 16-bit characters. The ones in src/wincommon/wcs.c are exported as they are. */
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

wchar_t *wcsncat(wchar_t *to, const wchar_t *from, size_t count)
{
	wchar_t *end = to + wcslen(to);
	size_t length = wcsnlen(from, count);

	wmemcpy(end, from, length);
	end[length] = 0;
	return to;
}

size_t wcsnlen(const wchar_t *text, size_t limit)
{
	size_t length = 0;

	while (length < limit && text[length])
		length++;
	return length;
}

wchar_t *wcsdup(const wchar_t *text)
{
	size_t bytes = (wcslen(text) + 1) * sizeof(*text);
	wchar_t *copy = malloc(bytes);

	return copy ? memcpy(copy, text, bytes) : NULL;
}

/* There is one order, that of the code units. */
int wcscoll(const wchar_t *a, const wchar_t *b)
{
	return wcscmp(a, b);
}

size_t wcsxfrm(wchar_t *to, const wchar_t *from, size_t room)
{
	size_t length = wcslen(from);

	if (length < room)
		wmemcpy(to, from, length + 1);
	return length;
}

static size_t wcs_span(const wchar_t *text, const wchar_t *these, int in)
{
	size_t length = 0;

	while (text[length] && (wcschr(these, text[length]) != NULL) == in)
		length++;
	return length;
}

size_t wcsspn(const wchar_t *text, const wchar_t *these)
{
	return wcs_span(text, these, 1);
}

size_t wcscspn(const wchar_t *text, const wchar_t *these)
{
	return wcs_span(text, these, 0);
}

wchar_t *wcspbrk(const wchar_t *text, const wchar_t *these)
{
	text += wcscspn(text, these);
	return *text ? (wchar_t *)text : NULL;
}

wchar_t *(wcstok)(wchar_t *text, const wchar_t *delimiters, wchar_t **context)
{
	if (!text)
		text = *context;
	if (!text)
		return NULL;
	text += wcsspn(text, delimiters);
	if (!*text) {
		*context = NULL;
		return NULL;
	}
	wchar_t *end = text + wcscspn(text, delimiters);
	*context = *end ? end + 1 : NULL;
	*end = 0;
	return text;
}

wchar_t *_wcstok(wchar_t *text, const wchar_t *delimiters)
{
	static _Thread_local wchar_t *context;

	return (wcstok)(text, delimiters, &context);
}

wchar_t *wcstok_s(wchar_t *text, const wchar_t *delimiters, wchar_t **context)
{
	return (wcstok)(text, delimiters, context);
}

wchar_t *wmemchr(const wchar_t *text, wchar_t c, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text[i] == c)
			return (wchar_t *)text + i;
	return NULL;
}

int wmemcmp(const wchar_t *a, const wchar_t *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

wchar_t *wmemcpy(wchar_t *to, const wchar_t *from, size_t count)
{
	return memcpy(to, from, count * sizeof(*to));
}

wchar_t *wmemmove(wchar_t *to, const wchar_t *from, size_t count)
{
	return memmove(to, from, count * sizeof(*to));
}

wchar_t *wmemset(wchar_t *to, wchar_t c, size_t count)
{
	for (size_t i = 0; i < count; i++)
		to[i] = c;
	return to;
}

int wcscasecmp(const wchar_t *a, const wchar_t *b)
{
	return _wcsicmp(a, b);
}

int wcsncasecmp(const wchar_t *a, const wchar_t *b, size_t count)
{
	return _wcsnicmp(a, b, count);
}
