/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's, which leaves it to its reader to know DEFINE_GUID. */
#pragma GCC system_header
#include <guiddef.h>
#include_next <wdmguid.h>
