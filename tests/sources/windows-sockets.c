/* SPDX-License-Identifier: MIT */
/* U18: a program of Windows' sockets alone compiles, and fails when it is linked, by name. */
/* sources: lacks:winsock_getaddrinfo lacks:WSAStartup */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <iphlpapi.h>
#include <windows.h>

int main(void)
{
	WSADATA data;
	struct addrinfo *found = NULL;

	return WSAStartup(MAKEWORD(2, 2), &data) || getaddrinfo("localhost", "80", NULL, &found);
}
