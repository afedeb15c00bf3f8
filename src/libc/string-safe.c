/* SPDX-License-Identifier: MIT */
/* <strsafe.h> has the bodies; here they become functions, as mingw-w64's library has them. */
#define __CRT_STRSAFE_IMPL
#define STRSAFE_NO_DEPRECATE
#include <windows.h>
#include <strsafe.h>
