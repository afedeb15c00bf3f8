/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's: the names without the underscore are Linux's own, exit() too. */
#pragma GCC system_header
#include <_mingw.h>
#include <stdlib.h>
#include <unistd.h>
#define _CRT_TERMINATE_DEFINED
#pragma push_macro("NO_OLDNAMES")
#undef NO_OLDNAMES
#define NO_OLDNAMES
#include_next <process.h>
#pragma pop_macro("NO_OLDNAMES")
