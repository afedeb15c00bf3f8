/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "win32/name-list.h"

bool pnpn_name_list_append(struct pnpn_name_list *list, const char *name)
{
	size_t more = strlen(name) + 1;
	char *grown = realloc(list->text, list->bytes + more);

	if (!grown)
		return false;
	memcpy(grown + list->bytes, name, more);
	list->text = grown;
	list->bytes += more;
	return true;
}

CONFIGRET pnpn_name_list_give(const struct pnpn_name_list *list, CHAR *narrow, WCHAR *wide,
			      ULONG room)
{
	if (room < list->bytes)
		return CR_BUFFER_SMALL;
	for (size_t i = 0; i < list->bytes; i++) {
		if (narrow)
			narrow[i] = list->text[i];
		else
			wide[i] = (unsigned char)list->text[i];
	}
	return CR_SUCCESS;
}
