/* SPDX-License-Identifier: MIT */
/* Between code pages: narrow text is UTF-8. */
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include "core/utf.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "wincommon/wcs.h"

/* Copies what was made if there is room; without room only its length was asked for. */
static int deliver(void *to, int room, const void *from, size_t count, size_t unit)
{
	if (!room)
		return (int)count;
	if ((size_t)room < count)
		return (int)pnpn_fail(ERROR_INSUFFICIENT_BUFFER);
	memcpy(to, from, count * unit);
	return (int)count;
}

PNPN_EXPORT int WINAPI MultiByteToWideChar(UINT code_page, DWORD flags, LPCSTR from, int from_bytes,
					   LPWSTR to, int to_units)
{
	if (!from || !from_bytes || to_units < 0 || (to_units && !to))
		return (int)pnpn_fail(ERROR_INVALID_PARAMETER);
	char *text = from_bytes < 0 ? strdup(from) : strndup(from, (size_t)from_bytes);
	size_t units = 0;
	WCHAR *wide = NULL;
	if (text && pnpn_utf8_to_utf16(text, NULL, &units) >= 0)
		wide = malloc((units + 1) * sizeof(*wide));
	if (!wide) {
		free(text);
		return (int)pnpn_fail(ERROR_NO_UNICODE_TRANSLATION);
	}
	(void)pnpn_utf8_to_utf16(text, wide, &units);
	wide[units] = 0;
	free(text);
	int count = deliver(to, to_units, wide, units + (from_bytes < 0), sizeof(*wide));
	free(wide);
	return count;
}

PNPN_EXPORT int WINAPI WideCharToMultiByte(UINT code_page, DWORD flags, LPCWSTR from,
					   int from_units, LPSTR to, int to_bytes,
					   LPCSTR default_char, LPBOOL used_default)
{
	if (!from || !from_units || to_bytes < 0 || (to_bytes && !to))
		return (int)pnpn_fail(ERROR_INVALID_PARAMETER);
	size_t units = from_units < 0 ? pnpn_wcslen(from) : (size_t)from_units;
	char *narrow = malloc(3 * units + 1);
	if (!narrow)
		return (int)pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	size_t bytes = pnpn_utf16_to_utf8(from, 2 * units, narrow);
	int count = deliver(to, to_bytes, narrow, bytes + (from_units < 0), 1);
	free(narrow);
	return count;
}
