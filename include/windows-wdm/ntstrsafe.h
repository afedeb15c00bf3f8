/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's, which leaves it to its reader to know NTSTATUS. */
#pragma GCC system_header
#include <wdm.h>
#include_next <ntstrsafe.h>
