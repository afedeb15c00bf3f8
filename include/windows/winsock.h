/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's, which <windows.h> reads too: see <winsock2.h>. */
#pragma GCC system_header
#include <_mingw.h>
#if !defined(_SYS_SOCKET_H) && !defined(PNPN_WINSOCK_H)
#define PNPN_WINSOCK_H
#include <pnpn-winsock.h>
#pragma push_macro("select")
#pragma push_macro("gethostname")
#pragma push_macro("fd_set")
#undef select
#define select winsock_select
#undef gethostname
#define gethostname winsock_gethostname
#undef fd_set
#define fd_set winsock_fd_set
#include_next <winsock.h>
#pragma pop_macro("select")
#pragma pop_macro("gethostname")
#pragma pop_macro("fd_set")
#endif
