/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "core/utf.h"
#include "wdm/text.h"
#include <wdm.h>

NTSTATUS pnpn_text_to_unicode(const char *prefix, const char *text, PUNICODE_STRING ret_string)
{
	size_t before, units;

	if (pnpn_utf8_to_utf16(prefix, NULL, &before) < 0 ||
	    pnpn_utf8_to_utf16(text, NULL, &units) < 0)
		return STATUS_UNMAPPABLE_CHARACTER;
	if (before + units >= UNICODE_STRING_MAX_CHARS)
		return STATUS_BUFFER_OVERFLOW;
	PWCH buffer = ExAllocatePoolWithTag(PagedPool, (before + units + 1) * sizeof(WCHAR), 0);
	if (!buffer)
		return STATUS_INSUFFICIENT_RESOURCES;
	size_t ignored;
	pnpn_utf8_to_utf16(prefix, (uint16_t *)buffer, &ignored);
	pnpn_utf8_to_utf16(text, (uint16_t *)buffer + before, &ignored);
	buffer[before + units] = 0;
	*ret_string = (UNICODE_STRING){
		.Length = (USHORT)((before + units) * sizeof(WCHAR)),
		.MaximumLength = (USHORT)((before + units + 1) * sizeof(WCHAR)),
		.Buffer = buffer,
	};
	return STATUS_SUCCESS;
}

NTSTATUS pnpn_text_from_unicode(PCUNICODE_STRING string, char **ret_text)
{
	if (!string || !string->Buffer || string->Length % sizeof(WCHAR))
		return STATUS_OBJECT_NAME_INVALID;
	size_t units = string->Length / sizeof(WCHAR);
	for (size_t i = 0; i < units; i++)
		if (!string->Buffer[i])
			return STATUS_OBJECT_NAME_INVALID;
	char *text = malloc(PNPN_UTF8_BYTES(string->Length));
	if (!text)
		return STATUS_INSUFFICIENT_RESOURCES;
	pnpn_utf16_to_utf8(string->Buffer, string->Length, text);
	*ret_text = text;
	return STATUS_SUCCESS;
}
