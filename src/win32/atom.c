/* SPDX-License-Identifier: MIT */
#include "wincommon/utf.h"
#include "win32/atom.h"
#include "win32/last-error.h"

bool pnpn_atom_narrow(const wchar_t *atom_or_name, char **ret_name)
{
	char *name = pnpn_atom_is(atom_or_name) ? NULL : pnpn_utf_narrow(atom_or_name);

	if (!name && !pnpn_atom_is(atom_or_name))
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	*ret_name = name;
	return true;
}
