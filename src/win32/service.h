/* SPDX-License-Identifier: MIT */
/* Services: StartServiceCtrlDispatcher and what a service says of itself. */
#ifndef PNPN_WIN32_SERVICE_H
#define PNPN_WIN32_SERVICE_H

#include <windows.h>
#include <winsvc.h>

/**
 * pnpn_service_window() - where events for a service go: a window of the dispatcher's thread, whose procedure calls the
 * service's HandlerEx (U9). NULL if that is no service that registered one. Any thread.
 */
HWND pnpn_service_window(SERVICE_STATUS_HANDLE handle);

#endif
