/* SPDX-License-Identifier: MIT */
/* What is done to files and folders by their names. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <windows.h>

#include "wincommon/utf.h"
#include "win32/export.h"
#include "win32/file-path.h"
#include "win32/last-error.h"
#include "win32/text.h"

/* Does something that returns 0, or -1 with errno, to what a name stands for. */
static BOOL do_to(LPCSTR name, int (*what)(const char *path))
{
	char *path = name ? pnpn_file_path(name) : NULL;

	if (!path)
		return pnpn_fail(name ? ERROR_NOT_ENOUGH_MEMORY : ERROR_PATH_NOT_FOUND);
	BOOL done = what(path) == 0 || pnpn_fail(pnpn_file_path_error(path, errno));
	free(path);
	return done;
}

static BOOL do_to_wide(LPCWSTR name, int (*what)(const char *path))
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(name, &narrow))
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	BOOL done = do_to(narrow, what);
	free(narrow);
	return done;
}

/* A folder goes another way, and who tries this one is not allowed to. */
static int delete_file(const char *path)
{
	return unlink(path);
}

static int make_folder(const char *path)
{
	return mkdir(path, 0777);
}

PNPN_EXPORT WINBOOL WINAPI DeleteFileA(LPCSTR name)
{
	return do_to(name, delete_file);
}

PNPN_EXPORT WINBOOL WINAPI DeleteFileW(LPCWSTR name)
{
	return do_to_wide(name, delete_file);
}

/* As documented, of a folder that is there nothing of a file is said. */
static BOOL exists_already(BOOL done)
{
	return done || GetLastError() != ERROR_FILE_EXISTS ? done : pnpn_fail(ERROR_ALREADY_EXISTS);
}

PNPN_EXPORT WINBOOL WINAPI CreateDirectoryA(LPCSTR name, LPSECURITY_ATTRIBUTES security)
{
	return exists_already(do_to(name, make_folder));
}

PNPN_EXPORT WINBOOL WINAPI CreateDirectoryW(LPCWSTR name, LPSECURITY_ATTRIBUTES security)
{
	return exists_already(do_to_wide(name, make_folder));
}

PNPN_EXPORT WINBOOL WINAPI RemoveDirectoryA(LPCSTR name)
{
	return do_to(name, rmdir);
}

PNPN_EXPORT WINBOOL WINAPI RemoveDirectoryW(LPCWSTR name)
{
	return do_to_wide(name, rmdir);
}

/* --- attributes ----------------------------------------------------------------------------------- */

static DWORD attributes_of(LPCSTR name)
{
	char *path = name ? pnpn_file_path(name) : NULL;
	DWORD attributes = INVALID_FILE_ATTRIBUTES;
	struct stat status;

	if (!path)
		pnpn_fail(name ? ERROR_NOT_ENOUGH_MEMORY : ERROR_PATH_NOT_FOUND);
	else if (stat(path, &status) < 0)
		pnpn_fail(pnpn_file_path_error(path, errno));
	else
		attributes = pnpn_file_attributes(status.st_mode);
	free(path);
	return attributes;
}

PNPN_EXPORT DWORD WINAPI GetFileAttributesA(LPCSTR name)
{
	return attributes_of(name);
}

PNPN_EXPORT DWORD WINAPI GetFileAttributesW(LPCWSTR name)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(name, &narrow)) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return INVALID_FILE_ATTRIBUTES;
	}
	DWORD attributes = attributes_of(narrow);
	free(narrow);
	return attributes;
}

/* --- folders -------------------------------------------------------------------------------------- */

PNPN_EXPORT WINBOOL WINAPI SetCurrentDirectoryA(LPCSTR name)
{
	return do_to(name, chdir);
}

PNPN_EXPORT WINBOOL WINAPI SetCurrentDirectoryW(LPCWSTR name)
{
	return do_to_wide(name, chdir);
}

static DWORD current_folder(void *to, DWORD room, BOOL wide)
{
	char *folder = getcwd(NULL, 0);

	if (!folder)
		return (DWORD)pnpn_fail_errno(errno);
	DWORD given = pnpn_text_give(folder, to, room, wide);
	free(folder);
	return given;
}

PNPN_EXPORT DWORD WINAPI GetCurrentDirectoryA(DWORD room, LPSTR to)
{
	return current_folder(to, room, FALSE);
}

PNPN_EXPORT DWORD WINAPI GetCurrentDirectoryW(DWORD room, LPWSTR to)
{
	return current_folder(to, room, TRUE);
}

/* With a divider at its end, as programs count on. */
static DWORD temporary_folder(void *to, DWORD room, BOOL wide)
{
	const char *folder = getenv("TMPDIR");
	char *path = NULL;

	if (!folder || !*folder)
		folder = "/tmp";
	if (asprintf(&path, "%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/") < 0)
		return (DWORD)pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	DWORD given = pnpn_text_give(path, to, room, wide);
	free(path);
	return given;
}

PNPN_EXPORT DWORD WINAPI GetTempPathA(DWORD room, LPSTR to)
{
	return temporary_folder(to, room, FALSE);
}

PNPN_EXPORT DWORD WINAPI GetTempPathW(DWORD room, LPWSTR to)
{
	return temporary_folder(to, room, TRUE);
}
