/* SPDX-License-Identifier: MIT */
/* Names of files as Windows programs spell them, and as Linux does. Any thread. */
#ifndef PNPN_WIN32_FILE_PATH_H
#define PNPN_WIN32_FILE_PATH_H

#include <stdbool.h>
#include <sys/types.h>
#include <windows.h>

#define PNPN_DOS_DEVICE_BYTES 16

/** COM3 in any folder's place is \\.\COM3. Returns whether it is one. */
bool pnpn_dos_device(const char *name, char ret_name[PNPN_DOS_DEVICE_BYTES]);

/** Whether it is NUL, CON, CONIN$ or CONOUT$, with \\.\ or without. */
bool pnpn_is_dos_file(const char *name);

/** A file's path, the caller's: backslashes divide it, NUL is /dev/null and a console /dev/tty. NULL without memory. */
char *pnpn_file_path(const char *name);

/** Why something could not be done to a path, by errno: a missing folder is told from a missing file. */
DWORD pnpn_file_path_error(const char *path, int error);

/** FILE_ATTRIBUTE_ bits of a file's mode. */
DWORD pnpn_file_attributes(mode_t mode);

#endif
