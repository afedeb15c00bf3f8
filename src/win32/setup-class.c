/* SPDX-License-Identifier: MIT */
/* Setup classes by name and GUID. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <setupapi.h>

#include "core/setup-class.h"
#include "wincommon/utf.h"
#include "win32/export.h"
#include "win32/last-error.h"

static const struct pnpn_setup_class *find(const GUID *guid)
{
	struct pnpn_guid class;

	if (!guid) {
		pnpn_fail(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	memcpy(&class, guid, sizeof(class));
	const struct pnpn_setup_class *found = pnpn_setup_class_of(&class);
	if (!found)
		pnpn_fail(ERROR_INVALID_CLASS);
	return found;
}

/* Both are ASCII: a character is a character. */
static BOOL give(const char *text, CHAR *narrow, WCHAR *wide, DWORD size, DWORD *ret_required)
{
	DWORD length = (DWORD)strlen(text) + 1;

	if (ret_required)
		*ret_required = length;
	if ((!narrow && !wide) || size < length)
		return pnpn_fail(ERROR_INSUFFICIENT_BUFFER);
	for (DWORD i = 0; i < length; i++) {
		if (narrow)
			narrow[i] = text[i];
		else
			wide[i] = (unsigned char)text[i];
	}
	SetLastError(NO_ERROR);
	return TRUE;
}

PNPN_EXPORT BOOL WINAPI SetupDiGetClassDescriptionA(const GUID *guid, PSTR buffer, DWORD size,
						    PDWORD ret_required)
{
	const struct pnpn_setup_class *class = find(guid);

	return class ? give(class->description, buffer, NULL, size, ret_required) : FALSE;
}

PNPN_EXPORT BOOL WINAPI SetupDiGetClassDescriptionW(const GUID *guid, PWSTR buffer, DWORD size,
						    PDWORD ret_required)
{
	const struct pnpn_setup_class *class = find(guid);

	return class ? give(class->description, NULL, buffer, size, ret_required) : FALSE;
}

PNPN_EXPORT BOOL WINAPI SetupDiClassNameFromGuidA(const GUID *guid, PSTR buffer, DWORD size,
						  PDWORD ret_required)
{
	const struct pnpn_setup_class *class = find(guid);

	return class ? give(class->name, buffer, NULL, size, ret_required) : FALSE;
}

PNPN_EXPORT BOOL WINAPI SetupDiClassNameFromGuidW(const GUID *guid, PWSTR buffer, DWORD size,
						  PDWORD ret_required)
{
	const struct pnpn_setup_class *class = find(guid);

	return class ? give(class->name, NULL, buffer, size, ret_required) : FALSE;
}

/* None of that name is no error: there are 0 of them. */
static BOOL guids_from_name(const char *name, GUID *buffer, DWORD size, DWORD *ret_required)
{
	const struct pnpn_setup_class *class = name ? pnpn_setup_class_named(name) : NULL;

	if (!name || !ret_required || (!buffer && size))
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	*ret_required = class != NULL;
	if (class && !size)
		return pnpn_fail(ERROR_INSUFFICIENT_BUFFER);
	if (class)
		memcpy(buffer, &class->guid, sizeof(*buffer));
	return TRUE;
}

PNPN_EXPORT BOOL WINAPI SetupDiClassGuidsFromNameA(PCSTR name, LPGUID buffer, DWORD size,
						   PDWORD ret_required)
{
	return guids_from_name(name, buffer, size, ret_required);
}

PNPN_EXPORT BOOL WINAPI SetupDiClassGuidsFromNameW(PCWSTR name, LPGUID buffer, DWORD size,
						   PDWORD ret_required)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(name, &narrow))
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	BOOL done = guids_from_name(narrow, buffer, size, ret_required);

	free(narrow);
	return done;
}
