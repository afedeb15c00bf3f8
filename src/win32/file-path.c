/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "win32/file-path.h"

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
