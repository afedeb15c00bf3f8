/* SPDX-License-Identifier: MIT */
/* Between Linux's time since 1970 and Windows' since 1601. */
#ifndef PNPN_WIN32_FILE_TIME_H
#define PNPN_WIN32_FILE_TIME_H

#include <time.h>
#include <windows.h>

FILETIME pnpn_file_time(struct timespec time);
struct timespec pnpn_file_time_to_linux(const FILETIME *time);

#endif
