/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's, for a program of Windows' sockets: see <winsock2.h>. socklen_t is Linux's. */
#pragma GCC system_header
#include <unistd.h>
#include <winsock2.h>
#ifndef _SYS_SOCKET_H
#pragma push_macro("socklen_t")
#undef socklen_t
#define socklen_t windows_socklen_t
#include_next <ws2tcpip.h>
#pragma pop_macro("socklen_t")
#endif
