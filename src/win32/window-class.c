/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <windows.h>

#include "wincommon/utf.h"
#include "win32/atom.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/queue.h"
#include "win32/window-class.h"

#define FIRST_ATOM 0xc000
#define EXTRA_MAX  4096

static struct pnpn_list classes = {&classes, &classes};

/* What Windows has in every process: as plain windows, for nothing is drawn. */
static struct pnpn_window_class predefined[] = {
	{.name = "Button"},    {.name = "ComboBox"},  {.name = "Edit"},	  {.name = "ListBox"},
	{.name = "MDIClient"}, {.name = "ScrollBar"}, {.name = "Static"}, {.name = "Message"},
};

static ATOM last_atom = FIRST_ATOM;

static HINSTANCE module_of(HINSTANCE instance)
{
	return instance ? instance : GetModuleHandleA(NULL);
}

/* With pnpn_gui_lock held. */
static void add_predefined(void)
{
	static bool added;

	for (size_t i = 0; !added && i < ARRAYSIZE(predefined); i++) {
		struct pnpn_window_class *window_class = &predefined[i];
		window_class->atom = ++last_atom;
		window_class->procedure = DefWindowProcW;
		window_class->unicode = window_class->is_global = true;
		window_class->info = (WNDCLASSEXW){.cbSize = sizeof(WNDCLASSEXW),
						   .style = CS_GLOBALCLASS,
						   .lpfnWndProc = DefWindowProcW};
		pnpn_list_append(&classes, &window_class->link);
	}
	added = true;
}

static bool is_called(const struct pnpn_window_class *window_class, const char *name, ATOM atom)
{
	return name ? strcasecmp(window_class->name, name) == 0 : window_class->atom == atom;
}

/* One of that module's own. With pnpn_gui_lock held. */
static struct pnpn_window_class *find_own(const char *name, ATOM atom, HINSTANCE module)
{
	add_predefined();
	pnpn_list_for_each_safe (link, after, &classes) {
		struct pnpn_window_class *window_class =
			pnpn_list_entry(link, struct pnpn_window_class, link);
		if (window_class->instance == module && is_called(window_class, name, atom))
			return window_class;
	}
	return NULL;
}

struct pnpn_window_class *pnpn_window_class_find(const char *name, ATOM atom, HINSTANCE instance)
{
	struct pnpn_window_class *own = find_own(name, atom, module_of(instance));

	if (own)
		return own;
	pnpn_list_for_each_safe (link, after, &classes) {
		struct pnpn_window_class *window_class =
			pnpn_list_entry(link, struct pnpn_window_class, link);
		if ((window_class->is_global || !name) && is_called(window_class, name, atom))
			return window_class;
	}
	return NULL;
}

static ATOM add(struct pnpn_window_class *fresh)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	bool exists = find_own(fresh->name, 0, fresh->instance);
	if (!exists) {
		fresh->atom = ++last_atom;
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
static ATOM register_class(const WNDCLASSEXW *info, char *name, bool unicode)
{
	struct pnpn_window_class *fresh = calloc(1, sizeof(*fresh));

	if (!fresh || !name || !*name || !info->lpfnWndProc || info->cbWndExtra < 0 ||
	    info->cbWndExtra > EXTRA_MAX) {
		bool has_memory = fresh && name;
		free(name);
		free(fresh);
		return (ATOM)pnpn_fail(has_memory ? ERROR_INVALID_PARAMETER
						  : ERROR_NOT_ENOUGH_MEMORY);
	}
	fresh->name = name;
	fresh->procedure = info->lpfnWndProc;
	fresh->extra_bytes = info->cbWndExtra;
	fresh->unicode = unicode;
	fresh->instance = module_of(info->hInstance);
	fresh->is_global = info->style & CS_GLOBALCLASS;
	fresh->info = *info;
	fresh->info.lpszMenuName = fresh->info.lpszClassName = NULL;
	return add(fresh);
}

/* A structure of the other kinds as the one; its texts are told apart by who knows them. */
#define INFO(from)                           \
	{.cbSize = sizeof(WNDCLASSEXW),      \
	 .style = (from)->style,             \
	 .lpfnWndProc = (from)->lpfnWndProc, \
	 .cbClsExtra = (from)->cbClsExtra,   \
	 .cbWndExtra = (from)->cbWndExtra,   \
	 .hInstance = (from)->hInstance,     \
	 .hIcon = (from)->hIcon,             \
	 .hCursor = (from)->hCursor,         \
	 .hbrBackground = (from)->hbrBackground}

PNPN_EXPORT ATOM WINAPI RegisterClassA(const WNDCLASSA *window_class)
{
	if (!window_class || !window_class->lpszClassName)
		return (ATOM)pnpn_fail(ERROR_INVALID_PARAMETER);
	const WNDCLASSEXW info = INFO(window_class);
	return register_class(&info, strdup(window_class->lpszClassName), false);
}

PNPN_EXPORT ATOM WINAPI RegisterClassW(const WNDCLASSW *window_class)
{
	if (!window_class || !window_class->lpszClassName)
		return (ATOM)pnpn_fail(ERROR_INVALID_PARAMETER);
	const WNDCLASSEXW info = INFO(window_class);
	return register_class(&info, pnpn_utf_narrow(window_class->lpszClassName), true);
}

PNPN_EXPORT ATOM WINAPI RegisterClassExA(const WNDCLASSEXA *window_class)
{
	if (!window_class || window_class->cbSize != sizeof(*window_class) ||
	    !window_class->lpszClassName)
		return (ATOM)pnpn_fail(ERROR_INVALID_PARAMETER);
	const WNDCLASSEXW info = INFO(window_class);
	return register_class(&info, strdup(window_class->lpszClassName), false);
}

PNPN_EXPORT ATOM WINAPI RegisterClassExW(const WNDCLASSEXW *window_class)
{
	if (!window_class || window_class->cbSize != sizeof(*window_class) ||
	    !window_class->lpszClassName)
		return (ATOM)pnpn_fail(ERROR_INVALID_PARAMETER);
	return register_class(window_class, pnpn_utf_narrow(window_class->lpszClassName), true);
}

PNPN_EXPORT BOOL WINAPI UnregisterClassA(LPCSTR name, HINSTANCE instance)
{
	if (!name)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	pthread_mutex_lock(&pnpn_gui_lock);
	struct pnpn_window_class *window_class = find_own(pnpn_atom_get_name(name),
							  pnpn_atom_get(name), module_of(instance));
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
	if (pnpn_atom_is(name))
		return UnregisterClassA((LPCSTR)(uintptr_t)name, instance);
	char *narrow = pnpn_utf_narrow(name);
	if (!narrow)
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	BOOL done = UnregisterClassA(narrow, instance);
	free(narrow);
	return done;
}

/* --- asking --------------------------------------------------------------------------------------- */

/* Returns the class's atom; 0, last error set. */
static ATOM look(HINSTANCE instance, const char *name, ATOM atom, WNDCLASSEXW *ret_info)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	const struct pnpn_window_class *window_class = pnpn_window_class_find(name, atom, instance);
	ATOM found = window_class ? window_class->atom : 0;
	if (window_class)
		*ret_info = window_class->info;
	pthread_mutex_unlock(&pnpn_gui_lock);
	return found ? found : (ATOM)pnpn_fail(ERROR_CLASS_DOES_NOT_EXIST);
}

PNPN_EXPORT WINBOOL WINAPI GetClassInfoExA(HINSTANCE instance, LPCSTR name, LPWNDCLASSEXA ret_class)
{
	WNDCLASSEXW info;
	ATOM atom = look(instance, pnpn_atom_get_name(name), pnpn_atom_get(name), &info);

	if (!atom)
		return FALSE;
	*ret_class = (WNDCLASSEXA)INFO(&info);
	ret_class->lpszClassName = name;
	return atom;
}

PNPN_EXPORT WINBOOL WINAPI GetClassInfoExW(HINSTANCE instance, LPCWSTR name,
					   LPWNDCLASSEXW ret_class)
{
	WNDCLASSEXW info;
	char *narrow;

	if (!pnpn_atom_narrow(name, &narrow))
		return FALSE;
	ATOM atom = look(instance, narrow, pnpn_atom_get(name), &info);
	free(narrow);
	if (!atom)
		return FALSE;
	*ret_class = info;
	ret_class->lpszClassName = name;
	return atom;
}

PNPN_EXPORT WINBOOL WINAPI GetClassInfoA(HINSTANCE instance, LPCSTR name, LPWNDCLASSA ret_class)
{
	WNDCLASSEXA info;
	BOOL found = GetClassInfoExA(instance, name, &info);

	if (found)
		*ret_class = (WNDCLASSA){info.style,
					 info.lpfnWndProc,
					 info.cbClsExtra,
					 info.cbWndExtra,
					 info.hInstance,
					 info.hIcon,
					 info.hCursor,
					 info.hbrBackground,
					 NULL,
					 name};
	return found;
}

PNPN_EXPORT WINBOOL WINAPI GetClassInfoW(HINSTANCE instance, LPCWSTR name, LPWNDCLASSW ret_class)
{
	WNDCLASSEXW info;
	BOOL found = GetClassInfoExW(instance, name, &info);

	if (found)
		*ret_class = (WNDCLASSW){info.style,
					 info.lpfnWndProc,
					 info.cbClsExtra,
					 info.cbWndExtra,
					 info.hInstance,
					 info.hIcon,
					 info.hCursor,
					 info.hbrBackground,
					 NULL,
					 name};
	return found;
}
