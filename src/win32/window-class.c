/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <windows.h>

#include "wincommon/utf.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/queue.h"
#include "win32/window-class.h"

#define FIRST_ATOM 0xc000
#define EXTRA_MAX  4096

static struct pnpn_list classes = {&classes, &classes};

struct pnpn_window_class *pnpn_window_class_find(const char *name, ATOM atom)
{
	pnpn_list_for_each_safe (link, after, &classes) {
		struct pnpn_window_class *window_class =
			pnpn_list_entry(link, struct pnpn_window_class, link);
		if (name ? strcasecmp(window_class->name, name) == 0 : window_class->atom == atom)
			return window_class;
	}
	return NULL;
}

static ATOM add(struct pnpn_window_class *fresh)
{
	static ATOM last = FIRST_ATOM;

	pthread_mutex_lock(&pnpn_gui_lock);
	bool exists = pnpn_window_class_find(fresh->name, 0);
	if (!exists) {
		fresh->atom = ++last;
		pnpn_list_append(&classes, &fresh->link);
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (!exists)
		return fresh->atom;
	free(fresh->name);
	free(fresh);
	return (ATOM)pnpn_fail(ERROR_CLASS_ALREADY_EXISTS);
}

/* name: UTF-8, taken over; NULL: there was no memory for it. */
static ATOM register_class(WNDPROC procedure, int extra_bytes, char *name, bool unicode)
{
	struct pnpn_window_class *fresh = calloc(1, sizeof(*fresh));

	if (!fresh || !name || !*name || !procedure || extra_bytes < 0 || extra_bytes > EXTRA_MAX) {
		bool has_memory = fresh && name;
		free(name);
		free(fresh);
		return (ATOM)pnpn_fail(has_memory ? ERROR_INVALID_PARAMETER
						  : ERROR_NOT_ENOUGH_MEMORY);
	}
	fresh->name = name;
	fresh->procedure = procedure;
	fresh->extra_bytes = extra_bytes;
	fresh->unicode = unicode;
	return add(fresh);
}

PNPN_EXPORT ATOM WINAPI RegisterClassA(const WNDCLASSA *window_class)
{
	if (!window_class || !window_class->lpszClassName)
		return (ATOM)pnpn_fail(ERROR_INVALID_PARAMETER);
	return register_class(window_class->lpfnWndProc, window_class->cbWndExtra,
			      strdup(window_class->lpszClassName), false);
}

PNPN_EXPORT ATOM WINAPI RegisterClassW(const WNDCLASSW *window_class)
{
	if (!window_class || !window_class->lpszClassName)
		return (ATOM)pnpn_fail(ERROR_INVALID_PARAMETER);
	return register_class(window_class->lpfnWndProc, window_class->cbWndExtra,
			      pnpn_utf_narrow(window_class->lpszClassName), true);
}

PNPN_EXPORT ATOM WINAPI RegisterClassExA(const WNDCLASSEXA *window_class)
{
	if (!window_class || window_class->cbSize != sizeof(*window_class) ||
	    !window_class->lpszClassName)
		return (ATOM)pnpn_fail(ERROR_INVALID_PARAMETER);
	return register_class(window_class->lpfnWndProc, window_class->cbWndExtra,
			      strdup(window_class->lpszClassName), false);
}

PNPN_EXPORT ATOM WINAPI RegisterClassExW(const WNDCLASSEXW *window_class)
{
	if (!window_class || window_class->cbSize != sizeof(*window_class) ||
	    !window_class->lpszClassName)
		return (ATOM)pnpn_fail(ERROR_INVALID_PARAMETER);
	return register_class(window_class->lpfnWndProc, window_class->cbWndExtra,
			      pnpn_utf_narrow(window_class->lpszClassName), true);
}

PNPN_EXPORT BOOL WINAPI UnregisterClassA(LPCSTR name, HINSTANCE instance)
{
	if (!name)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	pthread_mutex_lock(&pnpn_gui_lock);
	bool is_atom = (uintptr_t)name < 0x10000;
	struct pnpn_window_class *window_class = pnpn_window_class_find(is_atom ? NULL : name,
									(ATOM)(uintptr_t)name);
	bool in_use = window_class && window_class->n_windows;
	if (window_class && !in_use)
		pnpn_list_remove(&window_class->link);
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (!window_class || in_use)
		return pnpn_fail(in_use ? ERROR_CLASS_HAS_WINDOWS : ERROR_CLASS_DOES_NOT_EXIST);
	free(window_class->name);
	free(window_class);
	return TRUE;
}

PNPN_EXPORT BOOL WINAPI UnregisterClassW(LPCWSTR name, HINSTANCE instance)
{
	if ((uintptr_t)name < 0x10000)
		return UnregisterClassA((LPCSTR)(uintptr_t)name, instance);
	char *narrow = pnpn_utf_narrow(name);
	if (!narrow)
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	BOOL done = UnregisterClassA(narrow, instance);
	free(narrow);
	return done;
}
