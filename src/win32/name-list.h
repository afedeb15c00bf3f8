/* SPDX-License-Identifier: MIT */
/* Names one after the other, each with its final zero, and another one at the end: what CM_* lists are. ASCII. */
#ifndef PNPN_WIN32_NAME_LIST_H
#define PNPN_WIN32_NAME_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <windows.h>
#include <cfgmgr32.h>

struct pnpn_name_list {
	char *text; /* to be freed with free() */
	size_t bytes;
};

/** One more name; "" ends the list. Returns whether there was memory. */
bool pnpn_name_list_append(struct pnpn_name_list *list, const char *name);

/** Copies it to one of both, which have room characters. Returns CR_SUCCESS; CR_BUFFER_SMALL. */
CONFIGRET pnpn_name_list_give(const struct pnpn_name_list *list, CHAR *narrow, WCHAR *wide,
			      ULONG room);

#endif
