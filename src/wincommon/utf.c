/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "core/utf.h"
#include "wincommon/utf.h"
#include "wincommon/wcs.h"

char *pnpn_utf_narrow(const wchar_t *text)
{
	size_t units = pnpn_wcslen(text);
	char *narrow = malloc(PNPN_UTF8_BYTES(units * sizeof(wchar_t)));

	if (narrow)
		pnpn_utf16_to_utf8(text, units * sizeof(wchar_t), narrow);
	return narrow;
}

bool pnpn_utf_narrow_optional(const wchar_t *text, char **ret_narrow)
{
	char *narrow = text ? pnpn_utf_narrow(text) : NULL;

	if (text && !narrow)
		return false;
	*ret_narrow = narrow;
	return true;
}

wchar_t *pnpn_utf_widen(const char *text)
{
	size_t length = strlen(text), units;
	/* Never more units than bytes. */
	wchar_t *wide = malloc((length + 1) * sizeof(wchar_t));

	if (!wide)
		return NULL;
	if (pnpn_utf8_to_utf16(text, (uint16_t *)wide, &units) < 0)
		for (units = 0; units < length; units++)
			wide[units] = (unsigned char)text[units];
	wide[units] = 0;
	return wide;
}
