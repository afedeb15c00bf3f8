/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include <windows.h>

#include "win32/file-path.h"
#include "win32/last-error.h"

static const struct {
	const char *name, *path;
} files[] = {
	{"NUL", "/dev/null"},
	{"CON", "/dev/tty"},
	{"CONIN$", "/dev/tty"},
	{"CONOUT$", "/dev/tty"},
};

bool pnpn_dos_device(const char *name, char ret_name[PNPN_DOS_DEVICE_BYTES])
{
	bool is_port = strncasecmp(name, "COM", 3) == 0 && name[3] >= '1' && name[3] <= '9' &&
		       (!name[4] || strcmp(name + 4, ":") == 0);

	if (is_port)
		snprintf(ret_name, PNPN_DOS_DEVICE_BYTES, "\\\\.\\COM%c", name[3]);
	return is_port;
}

/* NULL for what is none. */
static const char *path_of_dos_file(const char *name)
{
	if (strncmp(name, "\\\\.\\", 4) == 0)
		name += 4;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (strcasecmp(name, files[i].name) == 0)
			return files[i].path;
	return NULL;
}

bool pnpn_is_dos_file(const char *name)
{
	return path_of_dos_file(name);
}

char *pnpn_file_path(const char *name)
{
	const char *file = path_of_dos_file(name);
	char *path = strdup(file ? file : name);

	for (char *c = path; c && *c; c++)
		if (*c == '\\')
			*c = '/';
	return path;
}

DWORD pnpn_file_path_error(const char *path, int error)
{
	char *folder = strdup(path), *slash = folder ? strrchr(folder, '/') : NULL;
	struct stat status;
	bool has_folder = true;

	if (slash && slash != folder) {
		*slash = 0;
		has_folder = stat(folder, &status) == 0;
	}
	free(folder);
	switch (error) {
	case ENOENT:
		return has_folder ? ERROR_FILE_NOT_FOUND : ERROR_PATH_NOT_FOUND;
	case ENOTDIR:
		return ERROR_PATH_NOT_FOUND;
	case EEXIST:
		return ERROR_FILE_EXISTS;
	case EISDIR:
		return ERROR_ACCESS_DENIED;
	case ENOTEMPTY:
		return ERROR_DIR_NOT_EMPTY;
	case EROFS:
		return ERROR_WRITE_PROTECT;
	case ENAMETOOLONG:
		return ERROR_FILENAME_EXCED_RANGE;
	case EWOULDBLOCK:
		return ERROR_SHARING_VIOLATION;
	default:
		return pnpn_win32_error(error);
	}
}

DWORD pnpn_file_attributes(mode_t mode)
{
	DWORD attributes = (S_ISDIR(mode) ? FILE_ATTRIBUTE_DIRECTORY : 0) |
			   (mode & 0222 ? 0 : FILE_ATTRIBUTE_READONLY);

	return attributes ? attributes : FILE_ATTRIBUTE_NORMAL;
}
