/* SPDX-License-Identifier: MIT */
/* Threads as objects. */
#ifndef PNPN_WIN32_THREAD_H
#define PNPN_WIN32_THREAD_H

#include <windows.h>

/** A handle of the calling thread, whoever made that. NULL, last error set. */
HANDLE pnpn_thread_open(void);

#endif
