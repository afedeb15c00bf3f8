/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's, which lacks a word of the documentation. */
#pragma GCC system_header
#include_next <winuser.h>
#ifndef DEVICE_NOTIFY_CALLBACK
#define DEVICE_NOTIFY_CALLBACK 2
#endif
