/* SPDX-License-Identifier: MIT */
/* What is called by an atom or by a name, as Windows tells them apart: windows' classes and properties. Any thread. */
#ifndef PNPN_WIN32_ATOM_H
#define PNPN_WIN32_ATOM_H

#include <stdbool.h>
#include <stdint.h>

#include <windows.h>

/** Whether it is an atom, as MAKEINTATOM() makes them, and no name. NULL is atom 0, which nothing has. */
static inline bool pnpn_atom_is(const void *atom_or_name)
{
	return (uintptr_t)atom_or_name < 0x10000;
}

/** The atom; 0 for a name. */
static inline ATOM pnpn_atom_get(const void *atom_or_name)
{
	return pnpn_atom_is(atom_or_name) ? (ATOM)(uintptr_t)atom_or_name : 0;
}

/** The name; NULL for an atom. */
static inline const char *pnpn_atom_get_name(const char *atom_or_name)
{
	return pnpn_atom_is(atom_or_name) ? NULL : atom_or_name;
}

/** The name in UTF-8, the caller's; NULL for an atom. Returns false without memory, last error set. */
bool pnpn_atom_narrow(const wchar_t *atom_or_name, char **ret_name);

#endif
