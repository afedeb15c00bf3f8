/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include "wincommon/wcs.h"

size_t pnpn_wcslen(const wchar_t *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

wchar_t *pnpn_wcscpy(wchar_t *to, const wchar_t *from)
{
	for (size_t i = 0; (to[i] = from[i]); i++)
		;
	return to;
}

wchar_t *pnpn_wcsncpy(wchar_t *to, const wchar_t *from, size_t count)
{
	size_t i = 0;

	for (; i < count && from[i]; i++)
		to[i] = from[i];
	for (; i < count; i++)
		to[i] = 0;
	return to;
}

wchar_t *pnpn_wcscat(wchar_t *to, const wchar_t *from)
{
	pnpn_wcscpy(to + pnpn_wcslen(to), from);
	return to;
}

int pnpn_wcsncmp(const wchar_t *a, const wchar_t *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (a[i] != b[i] || !a[i])
			return a[i] - b[i];
	return 0;
}

int pnpn_wcscmp(const wchar_t *a, const wchar_t *b)
{
	return pnpn_wcsncmp(a, b, SIZE_MAX);
}

static wchar_t lower(wchar_t c)
{
	return c >= 'A' && c <= 'Z' ? (wchar_t)(c - 'A' + 'a') : c;
}

int pnpn_wcsicmp(const wchar_t *a, const wchar_t *b)
{
	for (; *a && lower(*a) == lower(*b); a++, b++)
		;
	return lower(*a) - lower(*b);
}

wchar_t *pnpn_wcschr(const wchar_t *text, wchar_t c)
{
	for (;; text++) {
		if (*text == c)
			return (wchar_t *)text;
		if (!*text)
			return NULL;
	}
}

wchar_t *pnpn_wcsrchr(const wchar_t *text, wchar_t c)
{
	for (size_t i = pnpn_wcslen(text) + 1; i-- > 0;)
		if (text[i] == c)
			return (wchar_t *)text + i;
	return NULL;
}

wchar_t *pnpn_wcsstr(const wchar_t *text, const wchar_t *part)
{
	size_t length = pnpn_wcslen(part);

	for (;; text++) {
		if (!pnpn_wcsncmp(text, part, length))
			return (wchar_t *)text;
		if (!*text)
			return NULL;
	}
}
