/* SPDX-License-Identifier: MIT */
/* Values that a program keeps with a window, under a name or an atom; they go with it. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <windows.h>

#include "win32/atom.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/queue.h"
#include "win32/window.h"

/* Where it is in the window's list; NULL is there for what it has not. */
static struct pnpn_window_property **find(struct pnpn_window *window, const char *name)
{
	struct pnpn_window_property **link = &window->properties;

	while (*link && (pnpn_atom_is(name) ? (*link)->atom != pnpn_atom_get(name)
					    : strcasecmp((*link)->name, name) != 0))
		link = &(*link)->next;
	return link;
}

/* NULL without memory. */
static struct pnpn_window_property *make(const char *name, HANDLE value)
{
	size_t bytes = pnpn_atom_is(name) ? 1 : strlen(name) + 1;
	struct pnpn_window_property *property = calloc(1, sizeof(*property) + bytes);

	if (!property)
		return NULL;
	property->value = value;
	if (pnpn_atom_is(name))
		property->atom = pnpn_atom_get(name);
	else
		memcpy(property->name, name, bytes);
	return property;
}

/* A new one, or another value. With pnpn_gui_lock held. */
static DWORD put(struct pnpn_window *window, const char *name, HANDLE value)
{
	struct pnpn_window_property **link = find(window, name);

	if (*link) {
		(*link)->value = value;
		return 0;
	}
	*link = make(name, value);
	return *link ? 0 : ERROR_NOT_ENOUGH_MEMORY;
}

PNPN_EXPORT WINBOOL WINAPI SetPropA(HWND handle, LPCSTR name, HANDLE value)
{
	if (!name)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	pthread_mutex_lock(&pnpn_gui_lock);
	struct pnpn_window *window = pnpn_window_find(handle);
	DWORD error = window ? put(window, name, value) : ERROR_INVALID_WINDOW_HANDLE;
	pthread_mutex_unlock(&pnpn_gui_lock);
	return error ? pnpn_fail(error) : TRUE;
}

/* removes: it is the window's no more. NULL for what it has not, last error set. */
static HANDLE get(HWND handle, const char *name, bool removes)
{
	struct pnpn_window_property *property = NULL;
	HANDLE value = NULL;

	pthread_mutex_lock(&pnpn_gui_lock);
	struct pnpn_window *window = name ? pnpn_window_find(handle) : NULL;
	struct pnpn_window_property **link = window ? find(window, name) : NULL;
	if (link && *link) {
		property = *link;
		value = property->value;
		if (removes)
			*link = property->next;
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (!property)
		pnpn_fail(window ? ERROR_FILE_NOT_FOUND : ERROR_INVALID_WINDOW_HANDLE);
	if (removes)
		free(property);
	return value;
}

PNPN_EXPORT HANDLE WINAPI GetPropA(HWND handle, LPCSTR name)
{
	return get(handle, name, false);
}

PNPN_EXPORT HANDLE WINAPI RemovePropA(HWND handle, LPCSTR name)
{
	return get(handle, name, true);
}

/* The atom, or the name that was narrowed. */
static const char *narrowed(LPCWSTR name, const char *own)
{
	return own ? own : (const char *)(uintptr_t)name;
}

PNPN_EXPORT WINBOOL WINAPI SetPropW(HWND handle, LPCWSTR name, HANDLE value)
{
	char *own;

	if (!pnpn_atom_narrow(name, &own))
		return FALSE;
	BOOL done = SetPropA(handle, narrowed(name, own), value);
	free(own);
	return done;
}

static HANDLE get_wide(HWND handle, LPCWSTR name, bool removes)
{
	char *own;

	if (!pnpn_atom_narrow(name, &own))
		return NULL;
	HANDLE value = get(handle, narrowed(name, own), removes);
	free(own);
	return value;
}

PNPN_EXPORT HANDLE WINAPI GetPropW(HWND handle, LPCWSTR name)
{
	return get_wide(handle, name, false);
}

PNPN_EXPORT HANDLE WINAPI RemovePropW(HWND handle, LPCWSTR name)
{
	return get_wide(handle, name, true);
}
