/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's: the names without the underscore are Linux's own; mkdir() has a mode there. */
#pragma GCC system_header
#include <_mingw.h>
#include <sys/stat.h>
#include <unistd.h>
#pragma push_macro("NO_OLDNAMES")
#undef NO_OLDNAMES
#define NO_OLDNAMES
#include_next <direct.h>
#pragma pop_macro("NO_OLDNAMES")
