/* SPDX-License-Identifier: MIT */
/* The way to the PnP manager, for every part of the face. */
#ifndef PNPN_WIN32_CONNECT_H
#define PNPN_WIN32_CONNECT_H

#include <windows.h>
#include <cfgmgr32.h>
#include <pnpnotify.h>

/** pnpn_connect() to where the process's manager is; whatever says that there is none is -ENOTCONN. */
int pnpn_win32_connect(struct pnpn_connection **ret_connection);

/** What CM_* calls return for an errno; 0 is CR_SUCCESS. */
CONFIGRET pnpn_win32_cr(int error);

/**
 * pnpn_win32_await_manager() - until a lasting connection has found the manager, if one is there
 *
 * It looks in pauses: whoever asks meanwhile waits no longer than that, and not at all without a manager.
 * Returns 0; -ENOTCONN and what pnpn_connect() returns.
 */
int pnpn_win32_await_manager(struct pnpn_connection *connection);

#endif
