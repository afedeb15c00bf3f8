/* SPDX-License-Identifier: MIT */
/*
 * The environment, which is the C library's: names are found without regard to case, as on Windows, where none is spelled
 * that way.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <windows.h>

#include "wincommon/utf.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/text.h"

/* Threads that ask and change through these functions do not meet; getenv() knows nothing of it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool is_named(const char *entry, const char *name, size_t length)
{
	return strncasecmp(entry, name, length) == 0 && entry[length] == '=';
}

/* A name as it is spelled there, the caller's; with the lock held. NULL if there is none. */
static char *spelling_of(const char *name)
{
	size_t length = strlen(name);

	if (getenv(name))
		return strdup(name);
	for (char **entry = environ; entry && *entry; entry++)
		if (is_named(*entry, name, length))
			return strndup(*entry, length);
	return NULL;
}

/* The caller's; NULL if there is none, or no memory. */
static char *value_of(const char *name)
{
	pthread_mutex_lock(&lock);
	char *spelling = *name ? spelling_of(name) : NULL;
	const char *value = spelling ? getenv(spelling) : NULL;
	char *copy = value ? strdup(value) : NULL;
	pthread_mutex_unlock(&lock);
	free(spelling);
	return copy;
}

static DWORD get_variable(const char *name, void *buffer, DWORD room, BOOL wide)
{
	char *value = name ? value_of(name) : NULL;

	if (!value)
		return (DWORD)pnpn_fail(name ? ERROR_ENVVAR_NOT_FOUND : ERROR_INVALID_PARAMETER);
	DWORD given = pnpn_text_give(value, buffer, room, wide);
	free(value);
	return given;
}

PNPN_EXPORT DWORD WINAPI GetEnvironmentVariableA(LPCSTR name, LPSTR buffer, DWORD room)
{
	return get_variable(name, buffer, room, FALSE);
}

PNPN_EXPORT DWORD WINAPI GetEnvironmentVariableW(LPCWSTR name, LPWSTR buffer, DWORD room)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(name, &narrow))
		return (DWORD)pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	DWORD given = get_variable(narrow, buffer, room, TRUE);
	free(narrow);
	return given;
}

PNPN_EXPORT WINBOOL WINAPI SetEnvironmentVariableA(LPCSTR name, LPCSTR value)
{
	if (!name || !*name || strchr(name, '='))
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	pthread_mutex_lock(&lock);
	char *spelling = spelling_of(name);
	bool missing = !value && !spelling;
	int r = 0;
	if (value)
		r = setenv(spelling ? spelling : name, value, 1);
	else if (spelling)
		r = unsetenv(spelling);
	pthread_mutex_unlock(&lock);
	free(spelling);
	if (missing)
		return pnpn_fail(ERROR_ENVVAR_NOT_FOUND);
	return r < 0 ? pnpn_fail(ERROR_NOT_ENOUGH_MEMORY) : TRUE;
}

PNPN_EXPORT WINBOOL WINAPI SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value)
{
	char *narrow_name = NULL, *narrow_value = NULL;
	bool sound = pnpn_utf_narrow_optional(name, &narrow_name) &&
		     pnpn_utf_narrow_optional(value, &narrow_value);
	BOOL done = sound ? SetEnvironmentVariableA(narrow_name, narrow_value)
			  : pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);

	free(narrow_value);
	free(narrow_name);
	return done;
}

/* --- what stands between percent signs ------------------------------------------------------------ */

/* What %NAME% at from becomes, and where it ends; NULL for what is no name of a variable. The caller's. */
static char *expansion_at(const char *from, const char **ret_behind)
{
	const char *end = *from == '%' ? strchr(from + 1, '%') : NULL;
	char *name = end ? strndup(from + 1, (size_t)(end - from - 1)) : NULL;
	char *value = name ? value_of(name) : NULL;

	free(name);
	if (value)
		*ret_behind = end + 1;
	return value;
}

/* The caller's; NULL without memory. */
static char *expand(const char *from)
{
	char *text = NULL;
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);

	if (!to)
		return NULL;
	while (*from) {
		char *value = expansion_at(from, &from);
		if (value)
			fputs(value, to);
		else
			fputc(*from++, to);
		free(value);
	}
	bool failed = ferror(to);
	if (fclose(to) == 0 && !failed)
		return text;
	free(text);
	return NULL;
}

/* The final zero counts in every case. */
static DWORD give_expanded(const char *from, void *to, DWORD room, BOOL wide)
{
	char *text = from ? expand(from) : NULL;

	if (!text)
		return (DWORD)pnpn_fail(from ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_PARAMETER);
	SetLastError(ERROR_SUCCESS);
	DWORD given = pnpn_text_give(text, to, room, wide);
	free(text);
	return given < room ? given + (GetLastError() == ERROR_SUCCESS) : given;
}

PNPN_EXPORT DWORD WINAPI ExpandEnvironmentStringsA(LPCSTR from, LPSTR to, DWORD room)
{
	return give_expanded(from, to, room, FALSE);
}

PNPN_EXPORT DWORD WINAPI ExpandEnvironmentStringsW(LPCWSTR from, LPWSTR to, DWORD room)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(from, &narrow))
		return (DWORD)pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	DWORD given = give_expanded(narrow, to, room, TRUE);
	free(narrow);
	return given;
}

/* --- the whole of it ------------------------------------------------------------------------------ */

/* One after the other, and another zero behind the last. */
static void *copy_all(BOOL wide)
{
	size_t unit = wide ? sizeof(WCHAR) : sizeof(CHAR), characters = 1;

	pthread_mutex_lock(&lock);
	for (char **entry = environ; entry && *entry; entry++)
		characters += strlen(*entry) + 1; /* wide it is never longer */
	char *block = calloc(characters, unit), *to = block;
	for (char **entry = environ; block && entry && *entry; entry++)
		to += (pnpn_text_give(*entry, to, (DWORD)characters, wide) + 1) * unit;
	pthread_mutex_unlock(&lock);
	if (!block)
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	return block;
}

PNPN_EXPORT LPCH WINAPI GetEnvironmentStrings(void)
{
	return copy_all(FALSE);
}

PNPN_EXPORT LPWCH WINAPI GetEnvironmentStringsW(void)
{
	return copy_all(TRUE);
}

PNPN_EXPORT WINBOOL WINAPI FreeEnvironmentStringsA(LPCH block)
{
	free(block);
	return TRUE;
}

PNPN_EXPORT WINBOOL WINAPI FreeEnvironmentStringsW(LPWCH block)
{
	free(block);
	return TRUE;
}
