/* SPDX-License-Identifier: MIT */
/* Messages by name: the same number for the same name, in this process. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <windows.h>

#include "wincommon/utf.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/queue.h"

#define FIRST 0xc000u
#define COUNT 0x4000u

/* Protected by pnpn_gui_lock. */
static char **names;
static UINT n_names;

/* With pnpn_gui_lock held. Returns 0, last error set. */
static UINT add(const char *name)
{
	char **grown = n_names < COUNT ? realloc(names, (n_names + 1) * sizeof(*names)) : NULL;

	names = grown ? grown : names;
	char *copy = grown ? strdup(name) : NULL;
	if (!copy)
		return (UINT)pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	names[n_names] = copy;
	return FIRST + n_names++;
}

PNPN_EXPORT UINT WINAPI RegisterWindowMessageA(LPCSTR name)
{
	UINT message = 0;

	if (!name || !*name)
		return (UINT)pnpn_fail(ERROR_INVALID_PARAMETER);
	pthread_mutex_lock(&pnpn_gui_lock);
	for (UINT i = 0; i < n_names && !message; i++)
		if (strcasecmp(names[i], name) == 0)
			message = FIRST + i;
	if (!message)
		message = add(name);
	pthread_mutex_unlock(&pnpn_gui_lock);
	return message;
}

PNPN_EXPORT UINT WINAPI RegisterWindowMessageW(LPCWSTR name)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(name, &narrow))
		return (UINT)pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	UINT message = RegisterWindowMessageA(narrow);
	free(narrow);
	return message;
}
