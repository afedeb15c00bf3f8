/* SPDX-License-Identifier: MIT */
/*
 * What <winsock.h> and <winsock2.h> declare under names that Linux's C library has, too, is not that: a
 * program that calls it does not link, by the name that it has here.
 */
#ifndef PNPN_WINSOCK_NAMES_H
#define PNPN_WINSOCK_NAMES_H

#pragma redefine_extname accept winsock_accept
#pragma redefine_extname bind winsock_bind
#pragma redefine_extname connect winsock_connect
#pragma redefine_extname getpeername winsock_getpeername
#pragma redefine_extname getsockname winsock_getsockname
#pragma redefine_extname getsockopt winsock_getsockopt
#pragma redefine_extname listen winsock_listen
#pragma redefine_extname recv winsock_recv
#pragma redefine_extname recvfrom winsock_recvfrom
#pragma redefine_extname send winsock_send
#pragma redefine_extname sendto winsock_sendto
#pragma redefine_extname setsockopt winsock_setsockopt
#pragma redefine_extname shutdown winsock_shutdown
#pragma redefine_extname socket winsock_socket
#pragma redefine_extname freeaddrinfo winsock_freeaddrinfo
#pragma redefine_extname getaddrinfo winsock_getaddrinfo
#pragma redefine_extname getnameinfo winsock_getnameinfo
#pragma redefine_extname gethostbyaddr winsock_gethostbyaddr
#pragma redefine_extname gethostbyname winsock_gethostbyname
#pragma redefine_extname getprotobyname winsock_getprotobyname
#pragma redefine_extname getprotobynumber winsock_getprotobynumber
#pragma redefine_extname getservbyname winsock_getservbyname
#pragma redefine_extname getservbyport winsock_getservbyport
#pragma redefine_extname inet_ntop winsock_inet_ntop
#pragma redefine_extname inet_pton winsock_inet_pton

#endif
