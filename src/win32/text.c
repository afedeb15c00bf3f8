/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "win32/last-error.h"
#include "win32/text.h"
#include "wincommon/utf.h"
#include "wincommon/wcs.h"

static DWORD give(const void *text, size_t characters, size_t size, void *to, DWORD room)
{
	if (!to || room <= characters)
		return (DWORD)characters + 1;
	memcpy(to, text, (characters + 1) * size);
	return (DWORD)characters;
}

DWORD pnpn_text_give(const char *text, void *to, DWORD room, BOOL wide)
{
	if (!wide)
		return give(text, strlen(text), sizeof(CHAR), to, room);
	WCHAR *widened = pnpn_utf_widen(text);
	if (!widened)
		return (DWORD)pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	DWORD given = give(widened, pnpn_wcslen(widened), sizeof(WCHAR), to, room);
	free(widened);
	return given;
}

DWORD pnpn_text_give_cut(const char *text, void *to, DWORD room, BOOL wide)
{
	WCHAR *widened = wide ? pnpn_utf_widen(text) : NULL;
	size_t size = wide ? sizeof(WCHAR) : sizeof(CHAR);

	if (wide && !widened)
		return (DWORD)pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	size_t length = wide ? pnpn_wcslen(widened) : strlen(text);
	size_t copied = length < room ? length : room - 1;
	memcpy(to, wide ? (const void *)widened : text, copied * size);
	memset((char *)to + copied * size, 0, size);
	free(widened);
	return (DWORD)copied;
}
