/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's: the names without the underscore are Linux's own, which take other types. */
#pragma GCC system_header
#include <_mingw.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#pragma push_macro("NO_OLDNAMES")
#undef NO_OLDNAMES
#define NO_OLDNAMES
#pragma push_macro("lseek64")
#undef lseek64
#define lseek64 windows_lseek64
#include_next <io.h>
#pragma pop_macro("lseek64")
#pragma pop_macro("NO_OLDNAMES")
