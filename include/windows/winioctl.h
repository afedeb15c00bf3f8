/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's, which defines its GUIDs each time that it is read behind <initguid.h>. */
#pragma GCC system_header
#ifndef PNPN_WINIOCTL_DEFINED
#ifdef INITGUID
#define PNPN_WINIOCTL_DEFINED
#endif
#include_next <winioctl.h>
#endif
