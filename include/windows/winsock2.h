/* SPDX-License-Identifier: MIT */
/*
 * In front of mingw-w64's: a program that uses Windows' sockets compiles, and fails when it is linked, by
 * name. Else Linux's functions of the same names would be called with Windows' numbers. timeval and
 * fd_set are Linux's. A program of both worlds includes <sys/socket.h> first, and gets Linux's alone.
 */
#pragma GCC system_header
#include <_mingw.h>
#if !defined(_SYS_SOCKET_H) && !defined(PNPN_WINSOCK2_H)
#define PNPN_WINSOCK2_H
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
#include_next <winsock2.h>
#pragma pop_macro("select")
#pragma pop_macro("gethostname")
#pragma pop_macro("fd_set")
#endif
