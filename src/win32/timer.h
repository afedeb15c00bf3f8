/* SPDX-License-Identifier: MIT */
/* A thread's timers: WM_TIMER. */
#ifndef PNPN_WIN32_TIMER_H
#define PNPN_WIN32_TIMER_H

#include <stdbool.h>
#include <windows.h>

struct pnpn_queue;

/** Milliseconds until the next one is due; 0 if one is; INFINITE without. With or without
 *  pnpn_gui_lock: timers are the thread's own. */
DWORD pnpn_timer_next(struct pnpn_queue *queue);

/** The message of a timer that is due and passes the filter; it begins anew. FALSE without. */
bool pnpn_timer_take(struct pnpn_queue *queue, HWND window, MSG *ret_message, bool remove);

/** The timers of a window that goes. */
void pnpn_timer_drop_window(struct pnpn_queue *queue, HWND window);

/** All timers of a thread that ends. */
void pnpn_timer_drop_all(struct pnpn_queue *queue);

#endif
