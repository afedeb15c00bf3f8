/* SPDX-License-Identifier: MIT */
/* Files by wide names and in Windows' words, the environment, memory that is aligned. */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "wincommon/utf.h"

/* The C library's own, which the names below hide. */
FILE *pnpn_libc_fopen(const char *path, const char *mode) __asm__("fopen");
FILE *pnpn_libc_freopen(const char *path, const char *mode, FILE *file) __asm__("freopen");

/* The letters that both know; "ccs=" would make a wide stream of it, which here is UTF-8 anyway. */
static void plain_mode(const char *mode, char to[8])
{
	size_t length = 0;

	for (; *mode && *mode != ',' && length < 7; mode++)
		if (strchr("rwax+b", *mode))
			to[length++] = *mode;
	to[length] = 0;
}

FILE *fopen(const char *path, const char *mode)
{
	char plain[8];

	plain_mode(mode, plain);
	return pnpn_libc_fopen(path, plain);
}

FILE *freopen(const char *path, const char *mode, FILE *file)
{
	char plain[8];

	plain_mode(mode, plain);
	return pnpn_libc_freopen(path, plain, file);
}

FILE *_wfopen(const wchar_t *path, const wchar_t *mode)
{
	char *name = pnpn_utf_narrow(path), *letters = pnpn_utf_narrow(mode);
	FILE *file = name && letters ? fopen(name, letters) : NULL;

	free(letters);
	free(name);
	return file;
}

errno_t fopen_s(FILE **ret_file, const char *path, const char *mode)
{
	if (!ret_file || !path || !mode)
		return EINVAL;
	*ret_file = fopen(path, mode);
	return *ret_file ? 0 : errno;
}

errno_t _wfopen_s(FILE **ret_file, const wchar_t *path, const wchar_t *mode)
{
	if (!ret_file || !path || !mode)
		return EINVAL;
	*ret_file = _wfopen(path, mode);
	return *ret_file ? 0 : errno;
}

FILE *_fsopen(const char *path, const char *mode, int sharing)
{
	return fopen(path, mode);
}

FILE *_wfsopen(const wchar_t *path, const wchar_t *mode, int sharing)
{
	return _wfopen(path, mode);
}

int _fileno(FILE *file)
{
	return fileno(file);
}

FILE *_fdopen(int descriptor, const char *mode)
{
	char plain[8];

	plain_mode(mode, plain);
	return fdopen(descriptor, plain);
}

int _fseeki64(FILE *file, long long offset, int whence)
{
	return fseeko(file, offset, whence);
}

long long _ftelli64(FILE *file)
{
	return ftello(file);
}

FILE *_popen(const char *command, const char *mode)
{
	char plain[8];

	plain_mode(mode, plain);
	plain[strcspn(plain, "b")] = 0;
	return popen(command, plain);
}

int _pclose(FILE *file)
{
	return pclose(file);
}

char *gets_s(char *to, size_t room)
{
	if (!to || !room || !fgets(to, room < INT32_MAX ? (int)room : INT32_MAX, stdin))
		return NULL;
	to[strcspn(to, "\n")] = 0;
	return to;
}

int _wremove(const wchar_t *path)
{
	char *name = pnpn_utf_narrow(path);
	int result = name ? remove(name) : -1;

	free(name);
	return result;
}

int _wrename(const wchar_t *from, const wchar_t *to)
{
	char *before = pnpn_utf_narrow(from), *after = pnpn_utf_narrow(to);
	int result = before && after ? rename(before, after) : -1;

	free(after);
	free(before);
	return result;
}

errno_t getenv_s(size_t *ret_bytes, char *to, size_t room, const char *name)
{
	const char *value = name ? getenv(name) : NULL;
	size_t bytes = value ? strlen(value) + 1 : 0;

	if (!name || !ret_bytes || (!to && room))
		return EINVAL;
	*ret_bytes = bytes;
	if (to && room)
		to[0] = 0;
	if (room && bytes > room)
		return ERANGE;
	if (room && bytes)
		memcpy(to, value, bytes);
	return 0;
}

errno_t _dupenv_s(char **ret_value, size_t *ret_bytes, const char *name)
{
	const char *value = name ? getenv(name) : NULL;

	if (!name || !ret_value)
		return EINVAL;
	*ret_value = value ? strdup(value) : NULL;
	if (ret_bytes)
		*ret_bytes = *ret_value ? strlen(*ret_value) + 1 : 0;
	return value && !*ret_value ? ENOMEM : 0;
}

/* Windows copies the text, and takes an empty value as none. */
errno_t _putenv_s(const char *name, const char *value)
{
	if (!name || !value)
		return EINVAL;
	return (*value ? setenv(name, value, 1) : unsetenv(name)) ? errno : 0;
}

int _putenv(const char *text)
{
	const char *equals = strchr(text, '=');
	char *name = equals ? strndup(text, (size_t)(equals - text)) : NULL;
	int result = name && !_putenv_s(name, equals + 1) ? 0 : -1;

	free(name);
	return result;
}

/* Kept, one for each name that was asked for, as Windows keeps its wide environment. */
wchar_t *_wgetenv(const wchar_t *name)
{
	static _Thread_local wchar_t *last;
	char *narrow = pnpn_utf_narrow(name);
	const char *value = narrow ? getenv(narrow) : NULL;

	free(last);
	last = value ? pnpn_utf_widen(value) : NULL;
	free(narrow);
	return last;
}

void *_aligned_malloc(size_t bytes, size_t alignment)
{
	void *memory;

	if (alignment < sizeof(void *))
		alignment = sizeof(void *);
	return posix_memalign(&memory, alignment, bytes) ? NULL : memory;
}

void _aligned_free(void *memory)
{
	free(memory);
}
