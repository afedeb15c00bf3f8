/* SPDX-License-Identifier: MIT */
/* What Linux asks of a service with signals, as Windows' service manager asks with controls. */
#ifndef PNPN_WIN32_SERVICE_SIGNALS_H
#define PNPN_WIN32_SERVICE_SIGNALS_H

#include <windows.h>

/**
 * pnpn_service_signals_start() - begins to turn signals into controls
 * @tell: hands a control (SERVICE_CONTROL_…) to each service that accepts it; returns how many did. Any thread
 *
 * SIGTERM and SIGINT stop, or shut down, every service that accepts it; SIGHUP tells of changed parameters. A signal that
 * no service accepts, and a second SIGTERM or SIGINT, does what it does to any process. Signals that the program
 * handles or ignores itself stay the program's; console control handlers get theirs again when it is over. Returns a
 * negative errno.
 */
int pnpn_service_signals_start(int (*tell)(DWORD control, DWORD accepted));

/** Signals do again what they did before. */
void pnpn_service_signals_stop(void);

#endif
