/* SPDX-License-Identifier: MIT */
/* <ntstrsafe.h> has the bodies; here they become functions, as mingw-w64's library has them. */
#define __CRT_STRSAFE_IMPL
#include <ntstrsafe.h>
