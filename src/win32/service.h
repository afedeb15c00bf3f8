/* SPDX-License-Identifier: MIT */
/* Services: StartServiceCtrlDispatcher and what a service says of itself. */
#ifndef PNPN_WIN32_SERVICE_H
#define PNPN_WIN32_SERVICE_H

#include <stdbool.h>
#include <windows.h>
#include <winsvc.h>

/**
 * pnpn_service_window() - where events for a service go: a window of the dispatcher's thread, whose procedure calls the
 * service's HandlerEx (U9). NULL if that is no service that registered one. Any thread.
 */
HWND pnpn_service_window(SERVICE_STATUS_HANDLE handle);

/** The name of the service whose events go to that window. False, and nothing written, if it is no service's, or that
 *  has no room. Any thread. */
bool pnpn_service_copy_name(HWND window, char *ret_name, size_t size);

#endif
