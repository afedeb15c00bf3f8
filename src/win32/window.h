/* SPDX-License-Identifier: MIT */
/* Windows: a procedure, a thread, a few numbers. */
#ifndef PNPN_WIN32_WINDOW_H
#define PNPN_WIN32_WINDOW_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>
#include "core/list.h"

struct pnpn_queue;
struct pnpn_window_class;

/** A value that a program keeps with a window: under a name, or an atom. */
struct pnpn_window_property {
	struct pnpn_window_property *next;
	HANDLE value;
	uintptr_t atom; /* 0: it has a name */
	char name[];
};

struct pnpn_window {
	struct pnpn_list link;
	HWND handle;
	WNDPROC procedure;
	bool unicode;
	HWND parent; /* NULL, HWND_MESSAGE or a window */
	struct pnpn_window_class *window_class; /* counts it */
	bool destroying; /* it says goodbye: nothing is delivered to it any more (U11) */
	HINSTANCE instance;
	LONG_PTR userdata, style, ex_style, id;
	char *text; /* UTF-8; NULL for none */
	struct pnpn_window_property *properties;
	struct pnpn_queue *queue; /* of the thread that made it; a reference */
	size_t extra_bytes;
	unsigned char *extra; /* cbWndExtra */
};

/** The window, or NULL. With pnpn_gui_lock held. */
struct pnpn_window *pnpn_window_find(HWND handle);

/** The one that was made after another, or the first of all; NULL. With pnpn_gui_lock held. */
struct pnpn_window *pnpn_window_next(const struct pnpn_window *window);

/** Whether a window is that one or a child of it, of whatever generation. With pnpn_gui_lock held. */
bool pnpn_window_is_within(HWND handle, HWND ancestor);

/** Calls the procedures of all top-level windows of the calling thread's queue; those of ANSI windows with a parameter
 *  of their own. */
void pnpn_window_call_top_level(struct pnpn_queue *queue, DWORD how, UINT message, WPARAM wparam,
				LPARAM lparam, LPARAM ansi);

/** Calls its procedure on this thread; 0, last error set, if there is no such window. */
LRESULT pnpn_window_call(HWND handle, UINT message, WPARAM wparam, LPARAM lparam);

/** The same for what another thread, or the PnP manager, sent: how, as InSendMessageEx() says it. */
LRESULT pnpn_window_call_sent(DWORD how, HWND handle, UINT message, WPARAM wparam, LPARAM lparam);

/** One of a class and a thread, in the list of all. NULL without memory. With pnpn_gui_lock held. */
struct pnpn_window *pnpn_window_new(struct pnpn_window_class *window_class,
				    struct pnpn_queue *queue);

/** Frees one that is out of the list. */
void pnpn_window_free(struct pnpn_window *window);

/** Whether a thread has top-level windows. */
bool pnpn_window_has_top_level(const struct pnpn_queue *queue);

/** A window of this thread that is a child of the other; NULL. */
HWND pnpn_window_child_of(HWND parent, const struct pnpn_queue *queue);

/** A window of this thread; NULL. */
HWND pnpn_window_of(const struct pnpn_queue *queue);

#endif
