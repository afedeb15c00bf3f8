/* SPDX-License-Identifier: MIT */
/* Hooks: functions that a program has called before its own threads' messages are handled. */
#ifndef PNPN_WIN32_HOOK_H
#define PNPN_WIN32_HOOK_H

#include <stdbool.h>
#include <windows.h>

/** A message that was retrieved, which they may change; removed: from the queue. */
void pnpn_hooks_retrieved(MSG *message, bool removed);

/** A message that was sent to a window, before its procedure; other: by another thread. */
void pnpn_hooks_sent(HWND window, UINT message, WPARAM wparam, LPARAM lparam, bool other);

#endif
