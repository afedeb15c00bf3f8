/* SPDX-License-Identifier: MIT */
/* A thread's timers: WM_TIMER. */
#ifndef PNPN_WIN32_TIMER_H
#define PNPN_WIN32_TIMER_H

#include <stdbool.h>
#include <windows.h>

struct pnpn_queue;

/** Milliseconds until the next one is due; 0 if one is; INFINITE without. One that was due when the
 *  thread looked last counts if old_too. */
DWORD pnpn_timer_next(struct pnpn_queue *queue, bool old_too);

/** The calling thread looks: timers that are due are new no more. */
void pnpn_timer_look(struct pnpn_queue *queue);

/** The message of a timer that is due and of this window, or a child of it (NULL: any); it begins anew.
 *  False without. */
bool pnpn_timer_take(struct pnpn_queue *queue, HWND window, MSG *ret_message, bool remove);

/** The timers of a window that goes. */
void pnpn_timer_drop_window(struct pnpn_queue *queue, HWND window);

/** All timers of a thread that ends. */
void pnpn_timer_drop_all(struct pnpn_queue *queue);

#endif
