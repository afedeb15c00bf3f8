/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include "wincommon/utf.h"
#include "wincommon/wcs.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/queue.h"
#include "win32/text.h"
#include "win32/window-text.h"
#include "win32/window.h"

/* The caller's; NULL, last error set. */
static char *text_of(HWND handle)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	const struct pnpn_window *window = pnpn_window_find(handle);
	char *text = window ? strdup(window->text ? window->text : "") : NULL;
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (!text)
		pnpn_fail(window ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_WINDOW_HANDLE);
	return text;
}

static int give(HWND handle, void *to, int room, BOOL wide)
{
	char *text = text_of(handle);
	int length = text && room > 0 ? (int)pnpn_text_give_cut(text, to, (DWORD)room, wide) : 0;

	free(text);
	return length;
}

/* Of its characters, as they are given. */
static int length_of(HWND handle, BOOL wide)
{
	char *text = text_of(handle);
	int length = text ? (int)pnpn_text_give(text, NULL, 0, wide) - 1 : 0;

	free(text);
	return length;
}

static LRESULT set(HWND handle, const void *text, bool wide)
{
	char *copy = !text ? NULL : wide ? pnpn_utf_narrow(text) : strdup(text);

	if (text && !copy)
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	pthread_mutex_lock(&pnpn_gui_lock);
	struct pnpn_window *window = pnpn_window_find(handle);
	char *before = copy;
	if (window) {
		before = window->text;
		window->text = copy;
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	free(before);
	return window ? TRUE : pnpn_fail(ERROR_INVALID_WINDOW_HANDLE);
}

bool pnpn_window_text_default(HWND handle, UINT message, WPARAM wparam, LPARAM lparam, bool wide,
			      LRESULT *ret_result)
{
	switch (message) {
	case WM_SETTEXT:
		*ret_result = set(handle, (const void *)lparam, wide);
		return true;
	case WM_GETTEXT:
		*ret_result = give(handle, (void *)lparam, (int)wparam, wide);
		return true;
	case WM_GETTEXTLENGTH:
		*ret_result = length_of(handle, wide);
		return true;
	default:
		return false;
	}
}

/* --- as programs ask ------------------------------------------------------------------------------ */

PNPN_EXPORT int WINAPI GetWindowTextA(HWND handle, LPSTR to, int room)
{
	return give(handle, to, room, FALSE);
}

PNPN_EXPORT int WINAPI GetWindowTextW(HWND handle, LPWSTR to, int room)
{
	return give(handle, to, room, TRUE);
}

PNPN_EXPORT int WINAPI GetWindowTextLengthA(HWND handle)
{
	return length_of(handle, FALSE);
}

PNPN_EXPORT int WINAPI GetWindowTextLengthW(HWND handle)
{
	return length_of(handle, TRUE);
}

/* The window's procedure is told in the window's own kind of text. */
static BOOL tell(HWND handle, const void *text, const void *other)
{
	return text && SendMessageW(handle, WM_SETTEXT, 0, (LPARAM)(other ? other : text)) != FALSE;
}

PNPN_EXPORT WINBOOL WINAPI SetWindowTextA(HWND handle, LPCSTR text)
{
	WCHAR *wide = text && IsWindowUnicode(handle) ? pnpn_utf_widen(text) : NULL;
	BOOL done = tell(handle, text ? text : "", wide);

	free(wide);
	return done;
}

PNPN_EXPORT WINBOOL WINAPI SetWindowTextW(HWND handle, LPCWSTR text)
{
	char *narrow = text && !IsWindowUnicode(handle) ? pnpn_utf_narrow(text) : NULL;
	BOOL done = tell(handle, text ? text : L"", narrow);

	free(narrow);
	return done;
}
