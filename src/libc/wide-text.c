/* SPDX-License-Identifier: MIT */
/* Windows' additions for 16-bit text. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "libc/print.h"
#include "wincommon/format.h"

#define CHARACTER	   wchar_t
#define UNSIGNED	   wchar_t
#define NAME(narrow, wide) wide
#define FORMAT		   pnpn_format_w
#include "libc/text-family.h"

wchar_t *_wcsnset(wchar_t *text, wchar_t c, size_t count)
{
	for (size_t i = 0; i < count && text[i]; i++)
		text[i] = c;
	return text;
}

wchar_t *_wcsset(wchar_t *text, wchar_t c)
{
	return _wcsnset(text, c, SIZE_MAX);
}

errno_t wmemcpy_s(wchar_t *to, size_t room, const wchar_t *from, size_t count)
{
	return memcpy_s(to, room * sizeof(*to), from, count * sizeof(*to));
}

errno_t wmemmove_s(wchar_t *to, size_t room, const wchar_t *from, size_t count)
{
	return memmove_s(to, room * sizeof(*to), from, count * sizeof(*to));
}
