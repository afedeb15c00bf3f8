/* SPDX-License-Identifier: MIT */
#ifndef PNPN_WINNT_H
#define PNPN_WINNT_H

#include <windef.h>

#define GENERIC_READ	      0x80000000u
#define GENERIC_WRITE	      0x40000000u
#define FILE_SHARE_READ	      0x00000001
#define FILE_SHARE_WRITE      0x00000002
#define FILE_SHARE_DELETE     0x00000004
#define FILE_ATTRIBUTE_NORMAL 0x00000080

#endif
