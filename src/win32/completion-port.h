/* SPDX-License-Identifier: MIT */
/* Completion ports: what is over, for whichever thread asks. */
#ifndef PNPN_WIN32_COMPLETION_PORT_H
#define PNPN_WIN32_COMPLETION_PORT_H

#include <stdbool.h>
#include <windows.h>

struct pnpn_object;

/** Something that is over. */
struct pnpn_packet_done {
	ULONG_PTR key;
	LPOVERLAPPED overlapped;
	DWORD bytes;
	DWORD error; /* 0, or as GetLastError() says it */
};

/** A port; its handle, NULL with the last error set. */
HANDLE pnpn_port_new(void);

/** Puts it into a port. Returns false without memory. */
bool pnpn_port_post(struct pnpn_object *port, const struct pnpn_packet_done *packet);

#endif
