/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include "wincommon/wcs.h"

size_t pnpn_wcslen(const WCHAR *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

WCHAR *pnpn_wcscpy(WCHAR *to, const WCHAR *from)
{
	for (size_t i = 0; (to[i] = from[i]); i++)
		;
	return to;
}

WCHAR *pnpn_wcsncpy(WCHAR *to, const WCHAR *from, size_t count)
{
	size_t i = 0;

	for (; i < count && from[i]; i++)
		to[i] = from[i];
	for (; i < count; i++)
		to[i] = 0;
	return to;
}

WCHAR *pnpn_wcscat(WCHAR *to, const WCHAR *from)
{
	pnpn_wcscpy(to + pnpn_wcslen(to), from);
	return to;
}

int pnpn_wcsncmp(const WCHAR *a, const WCHAR *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (a[i] != b[i] || !a[i])
			return a[i] - b[i];
	return 0;
}

int pnpn_wcscmp(const WCHAR *a, const WCHAR *b)
{
	return pnpn_wcsncmp(a, b, SIZE_MAX);
}

static WCHAR lower(WCHAR c)
{
	return c >= 'A' && c <= 'Z' ? (WCHAR)(c - 'A' + 'a') : c;
}

int pnpn_wcsicmp(const WCHAR *a, const WCHAR *b)
{
	for (; *a && lower(*a) == lower(*b); a++, b++)
		;
	return lower(*a) - lower(*b);
}

WCHAR *pnpn_wcschr(const WCHAR *text, WCHAR c)
{
	for (;; text++) {
		if (*text == c)
			return (WCHAR *)text;
		if (!*text)
			return NULL;
	}
}

WCHAR *pnpn_wcsrchr(const WCHAR *text, WCHAR c)
{
	for (size_t i = pnpn_wcslen(text) + 1; i-- > 0;)
		if (text[i] == c)
			return (WCHAR *)text + i;
	return NULL;
}

WCHAR *pnpn_wcsstr(const WCHAR *text, const WCHAR *part)
{
	size_t length = pnpn_wcslen(part);

	for (;; text++) {
		if (!pnpn_wcsncmp(text, part, length))
			return (WCHAR *)text;
		if (!*text)
			return NULL;
	}
}
