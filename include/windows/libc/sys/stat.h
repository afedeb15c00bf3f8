/* SPDX-License-Identifier: MIT */
/* In front of the C library's. */
#pragma GCC system_header
#include_next <sys/stat.h>
#include <pnpn-libc.h>
