/* SPDX-License-Identifier: MIT */
/* Text of ours, which is UTF-8, as a program wants it: in the room that it has. */
#ifndef PNPN_WIN32_TEXT_H
#define PNPN_WIN32_TEXT_H

#include <windows.h>

/**
 * pnpn_text_give() - copies text and its final zero
 * @to: room for so many characters, CHAR or WCHAR
 *
 * Returns its characters without the zero; without room those with the zero, and nothing is written. 0 without memory,
 * last error set.
 */
DWORD pnpn_text_give(const char *text, void *to, DWORD room, BOOL wide);

/** The same, and what does not fit is cut off. room is 1 or more. Returns the characters without the zero. */
DWORD pnpn_text_give_cut(const char *text, void *to, DWORD room, BOOL wide);

#endif
