/* SPDX-License-Identifier: MIT */
/* Windows: a procedure, a thread, a few numbers. */
#ifndef PNPN_WIN32_WINDOW_H
#define PNPN_WIN32_WINDOW_H

#include <stdbool.h>
#include <windows.h>
#include "core/list.h"

struct pnpn_queue;
struct pnpn_window_class;

struct pnpn_window {
	struct pnpn_list link;
	HWND handle;
	WNDPROC procedure;
	bool unicode;
	HWND parent; /* NULL, HWND_MESSAGE or a window */
	struct pnpn_window_class *window_class; /* counts it */
	bool destroying; /* it says goodbye: nothing is delivered to it any more (U11) */
	HINSTANCE instance;
	LONG_PTR userdata;
	struct pnpn_queue *queue; /* of the thread that made it; a reference */
	size_t extra_bytes;
	unsigned char *extra; /* cbWndExtra */
};

/** The window, or NULL. With pnpn_gui_lock held. */
struct pnpn_window *pnpn_window_find(HWND handle);

/** Whether a window is that one or a child of it, of whatever generation. With pnpn_gui_lock held. */
bool pnpn_window_is_within(HWND handle, HWND ancestor);

/** Calls the procedures of all top-level windows of the calling thread's queue. */
void pnpn_window_call_top_level(struct pnpn_queue *queue, UINT message, WPARAM wparam,
				LPARAM lparam);

/** Calls its procedure on this thread; 0, last error set, if there is no such window. */
LRESULT pnpn_window_call(HWND handle, UINT message, WPARAM wparam, LPARAM lparam);

/** The ending thread's windows go, without a message. */
void pnpn_window_drop_all(struct pnpn_queue *queue);

#endif
