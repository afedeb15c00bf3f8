/* SPDX-License-Identifier: MIT */
/* The few helpers that drivers of this kind call. */
#include <linux/slab.h>

#include "windows-object.h"

KIRQL KeGetCurrentIrql(VOID)
{
	return in_task() && !irqs_disabled() && !in_atomic() ? PASSIVE_LEVEL : DISPATCH_LEVEL;
}
EXPORT_SYMBOL_GPL(KeGetCurrentIrql);

VOID RtlInitUnicodeString(PUNICODE_STRING string, PCWSTR text)
{
	size_t units = 0;

	while (text && text[units] && units < UNICODE_STRING_MAX_CHARS - 1)
		units++;
	string->Buffer = (PWCH)text;
	string->Length = units * sizeof(WCHAR);
	string->MaximumLength = text ? string->Length + sizeof(WCHAR) : 0;
}
EXPORT_SYMBOL_GPL(RtlInitUnicodeString);

VOID RtlFreeUnicodeString(PUNICODE_STRING string)
{
	kfree(string->Buffer);
	memset(string, 0, sizeof(*string));
}
EXPORT_SYMBOL_GPL(RtlFreeUnicodeString);

/* What <ntstrsafe.h> is made of: string-safe.c. */
EXPORT_SYMBOL_GPL(pnpn_string_length);
EXPORT_SYMBOL_GPL(pnpn_string_copy);
