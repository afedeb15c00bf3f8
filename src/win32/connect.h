/* SPDX-License-Identifier: MIT */
/* The way to the PnP manager, for every part of the face. */
#ifndef PNPN_WIN32_CONNECT_H
#define PNPN_WIN32_CONNECT_H

#include <pnpnotify.h>

/** pnpn_connect() to where the process's manager is; whatever says that there is none is -ENOTCONN. */
int pnpn_win32_connect(struct pnpn_connection **ret_connection);

#endif
