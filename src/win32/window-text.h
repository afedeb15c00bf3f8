/* SPDX-License-Identifier: MIT */
/* What windows are called: UTF-8 inside. */
#ifndef PNPN_WIN32_WINDOW_TEXT_H
#define PNPN_WIN32_WINDOW_TEXT_H

#include <stdbool.h>
#include <windows.h>

/**
 * pnpn_window_text_default() - what DefWindowProc() does with a message about it
 * @wide: how the message's text is
 *
 * Returns whether it was one, and its result.
 */
bool pnpn_window_text_default(HWND handle, UINT message, WPARAM wparam, LPARAM lparam, bool wide,
			      LRESULT *ret_result);

#endif
