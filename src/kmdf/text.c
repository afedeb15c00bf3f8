/* SPDX-License-Identifier: MIT */
/* WDFSTRING. */
#include <stdlib.h>
#include <string.h>
#include "kmdf/driver.h"
#include "kmdf/text.h"

struct text {
	struct pnpn_wdf_object object;
	UNICODE_STRING text; /* ends with a zero */
};

static void text_free(struct pnpn_wdf_object *object)
{
	free(((struct text *)object)->text.Buffer);
}

NTSTATUS pnpn_wdf_string_set(WDFSTRING handle, PCUNICODE_STRING text)
{
	struct text *string = PNPN_WDF_CAST(text, handle, PNPN_WDF_STRING);
	PWCHAR buffer = calloc(1, text->Length + sizeof(WCHAR));

	if (!buffer)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (text->Length)
		memcpy(buffer, text->Buffer, text->Length);
	free(string->text.Buffer);
	string->text = (UNICODE_STRING){.Length = text->Length,
					.MaximumLength = (USHORT)(text->Length + sizeof(WCHAR)),
					.Buffer = buffer};
	return STATUS_SUCCESS;
}

NTSTATUS WdfStringCreate(PCUNICODE_STRING text, PWDF_OBJECT_ATTRIBUTES attributes, WDFSTRING *ret)
{
	static const UNICODE_STRING none;
	struct text *string;
	NTSTATUS status = pnpn_wdf_object_new(sizeof(*string), PNPN_WDF_STRING, attributes,
					      PNPN_WDF_CALLER(), &string);

	if (!NT_SUCCESS(status))
		return status;
	string->object.on_free = text_free;
	status = pnpn_wdf_string_set((WDFSTRING)string, text ? text : &none);
	if (NT_SUCCESS(status))
		*ret = (WDFSTRING)string;
	else
		WdfObjectDelete(string);
	return status;
}

VOID WdfStringGetUnicodeString(WDFSTRING handle, PUNICODE_STRING text)
{
	*text = PNPN_WDF_CAST(text, handle, PNPN_WDF_STRING)->text;
}
