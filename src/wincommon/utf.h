/* SPDX-License-Identifier: MIT */
/* Whole strings between UTF-8 and UTF-16. Any thread. */
#ifndef PNPN_WINCOMMON_UTF_H
#define PNPN_WINCOMMON_UTF_H

#include <stdbool.h>
#include <stddef.h>

/** UTF-16 as UTF-8, the caller's: free(). NULL without memory. */
char *pnpn_utf_narrow(const wchar_t *text);

/** The same of an argument that may be left out: NULL stays NULL. Returns false without memory. */
bool pnpn_utf_narrow_optional(const wchar_t *text, char **ret_narrow);

/** UTF-8 as UTF-16, the caller's: free(). What is no UTF-8 is taken byte by byte, as Latin-1. NULL
 *  without memory. */
wchar_t *pnpn_utf_widen(const char *text);

#endif
