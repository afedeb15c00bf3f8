/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include "wincommon/utf.h"
#include "win32/atom.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/notification.h"
#include "win32/queue.h"
#include "win32/timer.h"
#include "win32/window-class.h"
#include "win32/window-life.h"
#include "win32/window.h"

/* --- making --------------------------------------------------------------------------------------- */

/* name: UTF-8, or NULL and an atom. text: UTF-8, taken over. */
static HWND make(const char *name, ATOM atom, char *text, const CREATESTRUCTW *create)
{
	HWND parent = create->hwndParent;
	struct pnpn_queue *queue = pnpn_queue_get();
	HWND handle = NULL;

	if (!queue) {
		free(text);
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	pthread_mutex_lock(&pnpn_gui_lock);
	struct pnpn_window_class *window_class = pnpn_window_class_find(name, atom,
									create->hInstance);
	bool parent_is_sound = !parent || parent == HWND_MESSAGE || pnpn_window_find(parent);
	struct pnpn_window *window = window_class && parent_is_sound
					     ? pnpn_window_new(window_class, queue)
					     : NULL;
	if (window) {
		window->parent = parent;
		window->instance = create->hInstance;
		window->style = create->style;
		window->ex_style = (LONG_PTR)create->dwExStyle;
		window->id = (LONG_PTR)create->hMenu;
		window->text = text;
		handle = window->handle;
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (!window)
		free(text);
	if (!window_class)
		pnpn_fail(ERROR_CANNOT_FIND_WND_CLASS);
	else if (!handle)
		pnpn_fail(parent_is_sound ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_WINDOW_HANDLE);
	return handle;
}

/* Out of the list first: whoever registers for it from now on finds no window. */
static void forget(HWND handle)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	struct pnpn_window *window = pnpn_window_find(handle);
	if (window) {
		pnpn_list_remove(&window->link);
		window->window_class->n_windows--;
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	pnpn_notification_drop_window(handle);
	if (!window)
		return;
	if (!window->parent && !pnpn_window_has_top_level(window->queue))
		pnpn_notification_watch_devices(window->queue, false);
	pnpn_window_free(window);
}

/* The procedure may refuse: WM_NCCREATE by FALSE, WM_CREATE by -1. */
static HWND announce(HWND handle, HWND parent, const void *create)
{
	if (!parent)
		pnpn_notification_watch_devices(pnpn_queue_get(), true);
	if (pnpn_window_call(handle, WM_NCCREATE, 0, (LPARAM)create) &&
	    pnpn_window_call(handle, WM_CREATE, 0, (LPARAM)create) != -1)
		return handle;
	forget(handle);
	return NULL;
}

PNPN_EXPORT HWND WINAPI CreateWindowExW(DWORD ex_style, LPCWSTR class_name, LPCWSTR name,
					DWORD style, int x, int y, int width, int height,
					HWND parent, HMENU menu, HINSTANCE instance,
					LPVOID parameter)
{
	CREATESTRUCTW create = {parameter, instance, menu,	  parent, height,     width,
				y,	   x,	     (LONG)style, name,	  class_name, ex_style};
	char *narrow, *text;
	if (!pnpn_atom_narrow(class_name, &narrow))
		return NULL;
	if (!pnpn_utf_narrow_optional(name, &text)) {
		free(narrow);
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	HWND handle = make(narrow, pnpn_atom_get(class_name), text, &create);
	free(narrow);
	return handle ? announce(handle, parent, &create) : NULL;
}

PNPN_EXPORT HWND WINAPI CreateWindowExA(DWORD ex_style, LPCSTR class_name, LPCSTR name, DWORD style,
					int x, int y, int width, int height, HWND parent,
					HMENU menu, HINSTANCE instance, LPVOID parameter)
{
	/* But for the texts both are one. */
	CREATESTRUCTW wide = {parameter, instance, menu,	parent, height, width,
			      y,	 x,	   (LONG)style, NULL,	NULL,	ex_style};
	CREATESTRUCTA create = {parameter, instance, menu,	  parent, height,     width,
				y,	   x,	     (LONG)style, name,	  class_name, ex_style};
	char *text = name ? strdup(name) : NULL;
	if (name && !text) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	HWND handle = make(pnpn_atom_get_name(class_name), pnpn_atom_get(class_name), text, &wide);

	return handle ? announce(handle, parent, &create) : NULL;
}

/* --- ending --------------------------------------------------------------------------------------- */

PNPN_EXPORT BOOL WINAPI DestroyWindow(HWND handle)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	struct pnpn_window *window = pnpn_window_find(handle);
	struct pnpn_queue *queue = window ? window->queue : NULL;
	bool mine = window && queue->thread == GetCurrentThreadId();
	bool under_way = mine && window->destroying;
	/* No notification after this point, but what is registered stays valid while the window says
	 * goodbye: WM_DESTROY is where programs unregister (U10, U11). */
	if (mine)
		window->destroying = true;
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (!mine)
		return pnpn_fail(window ? ERROR_ACCESS_DENIED : ERROR_INVALID_WINDOW_HANDLE);
	if (under_way)
		return TRUE;
	pnpn_window_call(handle, WM_DESTROY, 0, 0);
	HWND child;
	while ((child = pnpn_window_child_of(handle, queue)))
		(void)DestroyWindow(child);
	pnpn_window_call(handle, WM_NCDESTROY, 0, 0);
	pnpn_timer_drop_window(queue, handle);
	forget(handle);
	return TRUE;
}

void pnpn_window_drop_all(struct pnpn_queue *queue)
{
	HWND handle;

	while ((handle = pnpn_window_of(queue)))
		forget(handle);
}
