/* SPDX-License-Identifier: MIT */
/* What becomes of messages that a procedure does not handle itself. */
#include <stdbool.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/window-text.h"

static LRESULT handle_by_default(HWND handle, UINT message, WPARAM wparam, LPARAM lparam, bool wide)
{
	LRESULT result = 0;

	if (!IsWindow(handle) ||
	    pnpn_window_text_default(handle, message, wparam, lparam, wide, &result))
		return result;
	switch (message) {
	case WM_NCCREATE:
		return TRUE;
	case WM_CLOSE:
		DestroyWindow(handle);
		return 0;
	case WM_DEVICECHANGE:
		return TRUE;
	default:
		return 0;
	}
}

PNPN_EXPORT LRESULT WINAPI DefWindowProcW(HWND handle, UINT message, WPARAM wparam, LPARAM lparam)
{
	return handle_by_default(handle, message, wparam, lparam, true);
}

PNPN_EXPORT LRESULT WINAPI DefWindowProcA(HWND handle, UINT message, WPARAM wparam, LPARAM lparam)
{
	return handle_by_default(handle, message, wparam, lparam, false);
}

PNPN_EXPORT LRESULT WINAPI CallWindowProcW(WNDPROC procedure, HWND handle, UINT message,
					   WPARAM wparam, LPARAM lparam)
{
	return procedure(handle, message, wparam, lparam);
}

PNPN_EXPORT LRESULT WINAPI CallWindowProcA(WNDPROC procedure, HWND handle, UINT message,
					   WPARAM wparam, LPARAM lparam)
{
	return procedure(handle, message, wparam, lparam);
}
