/* SPDX-License-Identifier: MIT */
/* Looking for windows: this process's, there are no others. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <windows.h>

#include "wincommon/utf.h"
#include "win32/atom.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/queue.h"
#include "win32/text.h"
#include "win32/window-class.h"
#include "win32/window.h"

/* --- one by one ----------------------------------------------------------------------------------- */

/* Which windows are meant. */
struct choice {
	HWND parent; /* NULL: top-level windows */
	bool all_generations; /* of the parent's */
	DWORD thread; /* 0: any */
	const char *class_name, *title; /* NULL: any */
	ATOM atom; /* 0: any */
};

/* With pnpn_gui_lock held. */
static bool is_chosen(const struct pnpn_window *window, const struct choice *choice)
{
	const struct pnpn_window_class *window_class = window->window_class;
	bool is_there = choice->all_generations
				? window->handle != choice->parent &&
					  pnpn_window_is_within(window->handle, choice->parent)
				: window->parent == choice->parent;

	return is_there && (!choice->thread || window->queue->thread == choice->thread) &&
	       (!choice->atom || window_class->atom == choice->atom) &&
	       (!choice->class_name || strcasecmp(window_class->name, choice->class_name) == 0) &&
	       (!choice->title || strcasecmp(window->text ? window->text : "", choice->title) == 0);
}

/* The first one behind another; NULL. Handles only grow, and the list is in their order. */
static HWND next_of(const struct choice *choice, HWND after)
{
	HWND found = NULL;

	pthread_mutex_lock(&pnpn_gui_lock);
	for (struct pnpn_window *window = pnpn_window_next(NULL); window && !found;
	     window = pnpn_window_next(window))
		if ((uintptr_t)window->handle > (uintptr_t)after && is_chosen(window, choice))
			found = window->handle;
	pthread_mutex_unlock(&pnpn_gui_lock);
	return found;
}

PNPN_EXPORT HWND WINAPI FindWindowExA(HWND parent, HWND after, LPCSTR class_name, LPCSTR title)
{
	const struct choice choice = {.parent = parent,
				      .class_name = pnpn_atom_get_name(class_name),
				      .atom = pnpn_atom_get(class_name),
				      .title = title};

	return next_of(&choice, after);
}

PNPN_EXPORT HWND WINAPI FindWindowExW(HWND parent, HWND after, LPCWSTR class_name, LPCWSTR title)
{
	char *narrow_class, *narrow_title = NULL;
	HWND found = NULL;

	if (!pnpn_atom_narrow(class_name, &narrow_class))
		return NULL;
	if (pnpn_utf_narrow_optional(title, &narrow_title))
		found = FindWindowExA(parent, after,
				      narrow_class ? narrow_class : (LPCSTR)(uintptr_t)class_name,
				      narrow_title);
	else
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	free(narrow_title);
	free(narrow_class);
	return found;
}

PNPN_EXPORT HWND WINAPI FindWindowA(LPCSTR class_name, LPCSTR title)
{
	return FindWindowExA(NULL, NULL, class_name, title);
}

PNPN_EXPORT HWND WINAPI FindWindowW(LPCWSTR class_name, LPCWSTR title)
{
	return FindWindowExW(NULL, NULL, class_name, title);
}

/* --- all ------------------------------------------------------------------------------------------ */

/* The function may make and destroy windows: each is looked for anew. */
static BOOL tell_all(const struct choice *choice, WNDENUMPROC function, LPARAM parameter)
{
	HWND window = NULL;

	while ((window = next_of(choice, window)))
		if (!function(window, parameter))
			return FALSE;
	return TRUE;
}

PNPN_EXPORT WINBOOL WINAPI EnumWindows(WNDENUMPROC function, LPARAM parameter)
{
	return tell_all(&(struct choice){0}, function, parameter);
}

PNPN_EXPORT WINBOOL WINAPI EnumThreadWindows(DWORD thread, WNDENUMPROC function, LPARAM parameter)
{
	return tell_all(&(struct choice){.thread = thread}, function, parameter);
}

PNPN_EXPORT WINBOOL WINAPI EnumChildWindows(HWND parent, WNDENUMPROC function, LPARAM parameter)
{
	return tell_all(&(struct choice){.parent = parent, .all_generations = parent != NULL},
			function, parameter);
}

/* --- whose ---------------------------------------------------------------------------------------- */

PNPN_EXPORT HWND WINAPI GetParent(HWND handle)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	const struct pnpn_window *window = pnpn_window_find(handle);
	HWND parent = window ? window->parent : NULL;
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (!window)
		pnpn_fail(ERROR_INVALID_WINDOW_HANDLE);
	return parent == HWND_MESSAGE ? NULL : parent;
}

PNPN_EXPORT WINBOOL WINAPI IsChild(HWND parent, HWND handle)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	bool is = parent && handle != parent && pnpn_window_is_within(handle, parent);
	pthread_mutex_unlock(&pnpn_gui_lock);
	return is;
}

/* The caller's; NULL, last error set. */
static char *class_name_of(HWND handle)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	const struct pnpn_window *window = pnpn_window_find(handle);
	char *name = window ? strdup(window->window_class->name) : NULL;
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (!name)
		pnpn_fail(window ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_WINDOW_HANDLE);
	return name;
}

static int give_class_name(HWND handle, void *to, int room, BOOL wide)
{
	char *name = class_name_of(handle);

	if (!name)
		return 0;
	int length = room > 0 ? (int)pnpn_text_give_cut(name, to, (DWORD)room, wide)
			      : (int)pnpn_fail(ERROR_INSUFFICIENT_BUFFER);
	free(name);
	return length;
}

PNPN_EXPORT int WINAPI GetClassNameA(HWND handle, LPSTR to, int room)
{
	return give_class_name(handle, to, room, FALSE);
}

PNPN_EXPORT int WINAPI GetClassNameW(HWND handle, LPWSTR to, int room)
{
	return give_class_name(handle, to, room, TRUE);
}
