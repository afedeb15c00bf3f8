/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/hook.h"
#include "win32/last-error.h"
#include "win32/queue.h"
#include "win32/window-class.h"
#include "win32/window.h"

static struct pnpn_list windows = {&windows, &windows};

struct pnpn_window *pnpn_window_find(HWND handle)
{
	pnpn_list_for_each_safe (link, after, &windows) {
		struct pnpn_window *window = pnpn_list_entry(link, struct pnpn_window, link);
		if (window->handle == handle)
			return window;
	}
	return NULL;
}

struct pnpn_window *pnpn_window_next(const struct pnpn_window *window)
{
	struct pnpn_list *next = window ? window->link.next : windows.next;

	return next == &windows ? NULL : pnpn_list_entry(next, struct pnpn_window, link);
}

bool pnpn_window_is_within(HWND handle, HWND ancestor)
{
	while (handle && handle != ancestor) {
		const struct pnpn_window *window = pnpn_window_find(handle);
		handle = window ? window->parent : NULL;
	}
	return handle != NULL;
}

/* How the message came whose procedure runs on this thread, as ISMEX_ bits. */
static _Thread_local DWORD origin;

LRESULT pnpn_window_call_sent(DWORD how, HWND handle, UINT message, WPARAM wparam, LPARAM lparam)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	const struct pnpn_window *window = pnpn_window_find(handle);
	WNDPROC procedure = window ? window->procedure : NULL;
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (!procedure)
		return pnpn_fail(ERROR_INVALID_WINDOW_HANDLE);
	if (how != ISMEX_NOSEND)
		pnpn_hooks_sent(handle, message, wparam, lparam, true);
	DWORD before = origin;
	origin = how;
	LRESULT result = procedure(handle, message, wparam, lparam);
	origin = before;
	return result;
}

LRESULT pnpn_window_call(HWND handle, UINT message, WPARAM wparam, LPARAM lparam)
{
	return pnpn_window_call_sent(ISMEX_NOSEND, handle, message, wparam, lparam);
}

PNPN_EXPORT DWORD WINAPI InSendMessageEx(LPVOID reserved)
{
	return origin;
}

PNPN_EXPORT BOOL WINAPI InSendMessage(void)
{
	return origin != ISMEX_NOSEND;
}

/* The procedures may make and destroy windows: each is looked for anew. */
void pnpn_window_call_top_level(struct pnpn_queue *queue, DWORD how, UINT message, WPARAM wparam,
				LPARAM lparam, LPARAM ansi)
{
	HWND last = NULL;

	for (;;) {
		HWND handle = NULL;
		bool unicode = false;
		pthread_mutex_lock(&pnpn_gui_lock);
		pnpn_list_for_each_safe (link, after, &windows) {
			const struct pnpn_window *window = pnpn_list_entry(link, struct pnpn_window,
									   link);
			/* Handles only grow, and the list is in their order. */
			if (!handle && window->queue == queue && !window->parent &&
			    !window->destroying && (uintptr_t)window->handle > (uintptr_t)last) {
				handle = window->handle;
				unicode = window->unicode;
			}
		}
		pthread_mutex_unlock(&pnpn_gui_lock);
		if (!handle)
			return;
		pnpn_window_call_sent(how, handle, message, wparam, unicode ? lparam : ansi);
		last = handle;
	}
}

void pnpn_window_free(struct pnpn_window *window)
{
	pnpn_queue_unref(window->queue);
	while (window->properties) {
		struct pnpn_window_property *property = window->properties;
		window->properties = property->next;
		free(property);
	}
	free(window->text);
	free(window->extra);
	free(window);
}

struct pnpn_window *pnpn_window_new(struct pnpn_window_class *window_class,
				    struct pnpn_queue *queue)
{
	static uintptr_t last = 0x10000;
	struct pnpn_window *window = calloc(1, sizeof(*window));

	if (!window)
		return NULL;
	window->extra_bytes = (size_t)window_class->extra_bytes;
	window->extra = calloc(1, window->extra_bytes + 1);
	if (!window->extra) {
		free(window);
		return NULL;
	}
	window->window_class = window_class;
	window_class->n_windows++;
	window->procedure = window_class->procedure;
	window->unicode = window_class->unicode;
	window->queue = pnpn_queue_ref(queue);
	/* Never given twice, so a late user of a handle finds nothing. */
	last += 2;
	window->handle = (HWND)last;
	pnpn_list_append(&windows, &window->link);
	return window;
}

bool pnpn_window_has_top_level(const struct pnpn_queue *queue)
{
	bool has = false;

	pthread_mutex_lock(&pnpn_gui_lock);
	pnpn_list_for_each_safe (link, after, &windows) {
		const struct pnpn_window *window = pnpn_list_entry(link, struct pnpn_window, link);
		has = has || (window->queue == queue && !window->parent);
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	return has;
}

HWND pnpn_window_child_of(HWND parent, const struct pnpn_queue *queue)
{
	HWND found = NULL;

	pthread_mutex_lock(&pnpn_gui_lock);
	pnpn_list_for_each_safe (link, after, &windows) {
		const struct pnpn_window *window = pnpn_list_entry(link, struct pnpn_window, link);
		if (window->parent == parent && window->queue == queue && !window->destroying)
			found = window->handle;
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	return found;
}

HWND pnpn_window_of(const struct pnpn_queue *queue)
{
	HWND found = NULL;

	pthread_mutex_lock(&pnpn_gui_lock);
	pnpn_list_for_each_safe (link, after, &windows) {
		const struct pnpn_window *window = pnpn_list_entry(link, struct pnpn_window, link);
		if (window->queue == queue)
			found = window->handle;
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	return found;
}

/* --- asking --------------------------------------------------------------------------------------- */

PNPN_EXPORT BOOL WINAPI IsWindow(HWND handle)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	BOOL is = pnpn_window_find(handle) != NULL;
	pthread_mutex_unlock(&pnpn_gui_lock);
	return is || pnpn_fail(ERROR_INVALID_WINDOW_HANDLE);
}

PNPN_EXPORT BOOL WINAPI IsWindowUnicode(HWND handle)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	const struct pnpn_window *window = pnpn_window_find(handle);
	bool is = window, unicode = window && window->unicode;
	pthread_mutex_unlock(&pnpn_gui_lock);
	return is ? unicode : pnpn_fail(ERROR_INVALID_WINDOW_HANDLE);
}

PNPN_EXPORT DWORD WINAPI GetWindowThreadProcessId(HWND handle, LPDWORD process_id)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	const struct pnpn_window *window = pnpn_window_find(handle);
	DWORD thread = window ? window->queue->thread : 0;
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (!thread)
		return (DWORD)pnpn_fail(ERROR_INVALID_WINDOW_HANDLE);
	if (process_id)
		*process_id = GetCurrentProcessId();
	return thread;
}

/* What an index stands for; NULL for one that is none. */
static void *long_at(struct pnpn_window *window, int index, size_t size)
{
	switch (index) {
	case GWLP_USERDATA:
		return &window->userdata;
	case GWLP_WNDPROC:
		return &window->procedure;
	case GWLP_HINSTANCE:
		return &window->instance;
	case GWLP_HWNDPARENT:
		return &window->parent;
	case GWLP_ID:
		return &window->id;
	case GWL_STYLE:
		return &window->style;
	case GWL_EXSTYLE:
		return &window->ex_style;
	default:
		return index >= 0 && (size_t)index + size <= window->extra_bytes
			       ? window->extra + index
			       : NULL;
	}
}

/* Writes if value is not NULL; gives the old value either way. */
static LONG_PTR exchange(HWND handle, int index, size_t size, const LONG_PTR *value)
{
	LONG_PTR old = 0;

	pthread_mutex_lock(&pnpn_gui_lock);
	struct pnpn_window *window = pnpn_window_find(handle);
	void *at = window ? long_at(window, index, size) : NULL;
	if (at) {
		memcpy(&old, at, size);
		if (value)
			memcpy(at, value, size);
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (!at)
		pnpn_fail(window ? ERROR_INVALID_INDEX : ERROR_INVALID_WINDOW_HANDLE);
	return old;
}

PNPN_EXPORT LONG_PTR WINAPI GetWindowLongPtrW(HWND handle, int index)
{
	return exchange(handle, index, sizeof(LONG_PTR), NULL);
}

PNPN_EXPORT LONG_PTR WINAPI GetWindowLongPtrA(HWND handle, int index)
{
	return exchange(handle, index, sizeof(LONG_PTR), NULL);
}

PNPN_EXPORT LONG_PTR WINAPI SetWindowLongPtrW(HWND handle, int index, LONG_PTR value)
{
	return exchange(handle, index, sizeof(LONG_PTR), &value);
}

PNPN_EXPORT LONG_PTR WINAPI SetWindowLongPtrA(HWND handle, int index, LONG_PTR value)
{
	return exchange(handle, index, sizeof(LONG_PTR), &value);
}

/* What is larger than 32 bits is cut off, as documented. */
PNPN_EXPORT LONG WINAPI GetWindowLongW(HWND handle, int index)
{
	return (LONG)exchange(handle, index, sizeof(LONG), NULL);
}

PNPN_EXPORT LONG WINAPI GetWindowLongA(HWND handle, int index)
{
	return GetWindowLongW(handle, index);
}

PNPN_EXPORT LONG WINAPI SetWindowLongW(HWND handle, int index, LONG value)
{
	const LONG_PTR wide = value;

	return (LONG)exchange(handle, index, index < 0 ? sizeof(LONG_PTR) : sizeof(LONG), &wide);
}

PNPN_EXPORT LONG WINAPI SetWindowLongA(HWND handle, int index, LONG value)
{
	return SetWindowLongW(handle, index, value);
}

/* --- what there is no screen for ------------------------------------------------------------------ */

PNPN_EXPORT BOOL WINAPI ShowWindow(HWND window, int show)
{
	(void)IsWindow(window); /* says so if there is none */
	return FALSE; /* it was not visible before */
}

PNPN_EXPORT BOOL WINAPI UpdateWindow(HWND window)
{
	return IsWindow(window);
}

PNPN_EXPORT HCURSOR WINAPI LoadCursorA(HINSTANCE instance, LPCSTR name)
{
	return NULL;
}

PNPN_EXPORT HCURSOR WINAPI LoadCursorW(HINSTANCE instance, LPCWSTR name)
{
	return NULL;
}

PNPN_EXPORT HICON WINAPI LoadIconA(HINSTANCE instance, LPCSTR name)
{
	return NULL;
}

PNPN_EXPORT HICON WINAPI LoadIconW(HINSTANCE instance, LPCWSTR name)
{
	return NULL;
}
