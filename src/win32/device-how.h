/* SPDX-License-Identifier: MIT */
/* How something is opened, as CreateFile() says it. */
#ifndef PNPN_WIN32_DEVICE_HOW_H
#define PNPN_WIN32_DEVICE_HOW_H

#include <stdbool.h>
#include <windows.h>

struct pnpn_device_how {
	DWORD access, share, disposition;
	DWORD flags; /* FILE_FLAG_ and FILE_ATTRIBUTE_ */
	bool overlapped;
};

#endif
