/* SPDX-License-Identifier: MIT */
/* What a Windows application includes: the part of it that notification needs. */
#ifndef PNPN_WINDOWS_H
#define PNPN_WINDOWS_H

#include <stdio.h>
#include <wchar.h>
#include <windef.h>
#include <winerror.h>
#include <winbase.h>
#include <winuser.h>

#endif
