/* SPDX-License-Identifier: MIT */
/* Pages as Linux has them. Any thread. */
#ifndef PNPN_WIN32_MEMORY_MAP_H
#define PNPN_WIN32_MEMORY_MAP_H

#include <stdbool.h>
#include <windows.h>

/** PROT_ bits of a PAGE_ constant; -1 for what is none, or has more to it (PAGE_GUARD). */
int pnpn_memory_bits(DWORD protection);

/** What VirtualQuery() says of a page that VirtualAlloc() did not give. Returns false where Linux does not say. */
bool pnpn_memory_look(const char *page, MEMORY_BASIC_INFORMATION *ret_information);

#endif
