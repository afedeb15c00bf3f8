/* SPDX-License-Identifier: MIT */
/* Counted strings. What is longer than 65,534 bytes is cut where Windows cuts it. */
#include <ntddk.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <pnpnotify.h>
#include "core/utf.h"
#include "wdm/irql.h"
#include "wdm/text.h"
#include <wdm.h>

static size_t wide_length(PCWSTR text)
{
	size_t length = 0;

	while (length < UNICODE_STRING_MAX_CHARS - 1 && text[length])
		length++;
	return length;
}

SIZE_T RtlCompareMemory(const VOID *a, const VOID *b, SIZE_T length)
{
	const UCHAR *x = a, *y = b;
	SIZE_T same = 0;

	while (same < length && x[same] == y[same])
		same++;
	return same;
}

void RtlInitUnicodeString(PUNICODE_STRING to, PCWSTR from)
{
	USHORT bytes = from ? (USHORT)(wide_length(from) * sizeof(WCHAR)) : 0;

	*to = (UNICODE_STRING){bytes, from ? (USHORT)(bytes + sizeof(WCHAR)) : 0, (PWCH)from};
}

void RtlInitAnsiString(PANSI_STRING to, PCSTR from)
{
	size_t bytes = from ? strnlen(from, MAXUSHORT - 1) : 0;

	*to = (STRING){(USHORT)bytes, from ? (USHORT)(bytes + 1) : 0, (PCHAR)from};
}

void RtlCopyUnicodeString(PUNICODE_STRING to, PCUNICODE_STRING from)
{
	if (!from) {
		to->Length = 0;
		return;
	}
	to->Length = from->Length < to->MaximumLength ? from->Length : to->MaximumLength;
	memmove(to->Buffer, from->Buffer, to->Length);
	if (to->MaximumLength - to->Length >= (int)sizeof(WCHAR))
		to->Buffer[to->Length / sizeof(WCHAR)] = 0;
}

WCHAR RtlUpcaseUnicodeChar(WCHAR c)
{
	if (c == 0xff)
		return 0x178;
	if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7))
		return c - 0x20;
	return c;
}

WCHAR RtlDowncaseUnicodeChar(WCHAR c)
{
	if (c == 0x178)
		return 0xff;
	if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7))
		return c + 0x20;
	return c;
}

LONG RtlCompareUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN fold)
{
	size_t n = a->Length / sizeof(WCHAR), m = b->Length / sizeof(WCHAR);

	for (size_t i = 0; i < n && i < m; i++) {
		WCHAR x = fold ? RtlUpcaseUnicodeChar(a->Buffer[i]) : a->Buffer[i];
		WCHAR y = fold ? RtlUpcaseUnicodeChar(b->Buffer[i]) : b->Buffer[i];
		if (x != y)
			return (LONG)x - (LONG)y;
	}
	return (LONG)n - (LONG)m;
}

BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN fold)
{
	return a->Length == b->Length && RtlCompareUnicodeString(a, b, fold) == 0;
}

BOOLEAN RtlPrefixUnicodeString(PCUNICODE_STRING prefix, PCUNICODE_STRING string, BOOLEAN fold)
{
	UNICODE_STRING start = *string;

	if (prefix->Length > string->Length)
		return FALSE;
	start.Length = prefix->Length;
	return RtlEqualUnicodeString(prefix, &start, fold);
}

NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING to, PCUNICODE_STRING from)
{
	if (from->Length > to->MaximumLength - to->Length)
		return STATUS_BUFFER_TOO_SMALL;
	if (!from->Length)
		return STATUS_SUCCESS;
	memmove((PUCHAR)to->Buffer + to->Length, from->Buffer, from->Length);
	to->Length = (USHORT)(to->Length + from->Length);
	if (to->MaximumLength - to->Length >= (int)sizeof(WCHAR))
		to->Buffer[to->Length / sizeof(WCHAR)] = 0;
	return STATUS_SUCCESS;
}

NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING to, PCWSTR from)
{
	UNICODE_STRING string;

	RtlInitUnicodeString(&string, from);
	return RtlAppendUnicodeStringToString(to, &string);
}

void RtlFreeUnicodeString(PUNICODE_STRING string)
{
	if (string->Buffer)
		ExFreePool(string->Buffer);
	*string = (UNICODE_STRING){0};
}

void RtlFreeAnsiString(PANSI_STRING string)
{
	if (string->Buffer)
		ExFreePool(string->Buffer);
	*string = (STRING){0};
}

NTSTATUS RtlAnsiStringToUnicodeString(PUNICODE_STRING to, PCANSI_STRING from, BOOLEAN allocate)
{
	(void)pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__);
	UNICODE_STRING wide;
	char *text = strndup(from->Buffer ?: "", from->Length);

	if (!text)
		return STATUS_INSUFFICIENT_RESOURCES;
	NTSTATUS status = pnpn_text_to_unicode("", text, &wide);
	free(text);
	if (!NT_SUCCESS(status))
		return status;
	if (allocate) {
		*to = wide;
		return STATUS_SUCCESS;
	}
	if (wide.Length <= to->MaximumLength)
		RtlCopyUnicodeString(to, &wide);
	else
		status = STATUS_BUFFER_OVERFLOW;
	RtlFreeUnicodeString(&wide);
	return status;
}

NTSTATUS RtlUnicodeStringToAnsiString(PANSI_STRING to, PCUNICODE_STRING from, BOOLEAN allocate)
{
	(void)pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__);
	PCHAR text = ExAllocatePoolWithTag(PagedPool, PNPN_UTF8_BYTES(from->Length), 0);

	if (!text)
		return STATUS_INSUFFICIENT_RESOURCES;
	size_t bytes = pnpn_utf16_to_utf8(from->Buffer, from->Length, text);
	if (bytes >= MAXUSHORT || (!allocate && bytes >= to->MaximumLength)) {
		ExFreePool(text);
		return STATUS_BUFFER_OVERFLOW;
	}
	if (allocate) {
		*to = (STRING){(USHORT)bytes, (USHORT)(bytes + 1), text};
		return STATUS_SUCCESS;
	}
	memcpy(to->Buffer, text, bytes + 1);
	to->Length = (USHORT)bytes;
	ExFreePool(text);
	return STATUS_SUCCESS;
}

NTSTATUS RtlIntegerToUnicodeString(ULONG value, ULONG base, PUNICODE_STRING to)
{
	(void)pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__);
	WCHAR digits[33];
	size_t at = RTL_NUMBER_OF(digits) - 1;

	if (!base)
		base = 10;
	if (base != 2 && base != 8 && base != 10 && base != 16)
		return STATUS_INVALID_PARAMETER;
	digits[at] = 0;
	do {
		digits[--at] = (WCHAR) "0123456789ABCDEF"[value % base];
		value /= base;
	} while (value);
	UNICODE_STRING text;
	RtlInitUnicodeString(&text, digits + at);
	if (text.Length > to->MaximumLength)
		return STATUS_BUFFER_OVERFLOW;
	RtlCopyUnicodeString(to, &text);
	return STATUS_SUCCESS;
}

static ULONG digit_value(WCHAR c)
{
	if (c >= '0' && c <= '9')
		return (ULONG)(c - '0');
	c = RtlUpcaseUnicodeChar(c);
	return c >= 'A' && c <= 'Z' ? (ULONG)(c - 'A') + 10 : MAXULONG;
}

/* Reads the prefix 0x, 0o or 0b at *at. */
static ULONG number_base(PCUNICODE_STRING string, size_t *at)
{
	size_t units = string->Length / sizeof(WCHAR);

	if (*at + 1 >= units || string->Buffer[*at] != '0')
		return 10;
	ULONG base = string->Buffer[*at + 1] == 'x'   ? 16
		     : string->Buffer[*at + 1] == 'o' ? 8
		     : string->Buffer[*at + 1] == 'b' ? 2
						      : 10;
	if (base != 10)
		*at += 2;
	return base;
}

NTSTATUS RtlUnicodeStringToInteger(PCUNICODE_STRING string, ULONG base, PULONG ret_value)
{
	(void)pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__);
	size_t units = string->Length / sizeof(WCHAR), at = 0;
	bool minus = false;
	ULONG value = 0;

	if (base && base != 2 && base != 8 && base != 10 && base != 16)
		return STATUS_INVALID_PARAMETER;
	while (at < units && string->Buffer[at] <= ' ')
		at++;
	if (at < units && (string->Buffer[at] == '-' || string->Buffer[at] == '+'))
		minus = string->Buffer[at++] == '-';
	if (!base)
		base = number_base(string, &at);
	for (; at < units && digit_value(string->Buffer[at]) < base; at++)
		value = value * base + digit_value(string->Buffer[at]);
	*ret_value = minus ? -value : value;
	return STATUS_SUCCESS;
}

NTSTATUS RtlStringFromGUID(REFGUID guid, PUNICODE_STRING to)
{
	(void)pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__);
	char text[39];

	snprintf(text, sizeof(text), "{%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X}",
		 guid->Data1, guid->Data2, guid->Data3, guid->Data4[0], guid->Data4[1],
		 guid->Data4[2], guid->Data4[3], guid->Data4[4], guid->Data4[5], guid->Data4[6],
		 guid->Data4[7]);
	return pnpn_text_to_unicode("", text, to);
}

NTSTATUS RtlGUIDFromString(PUNICODE_STRING string, GUID *ret_guid)
{
	(void)pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__);
	struct pnpn_guid guid;
	char text[40];

	if (string->Length != 38 * sizeof(WCHAR) || string->Buffer[0] != '{')
		return STATUS_INVALID_PARAMETER;
	for (int i = 0; i < 38; i++)
		text[i] = string->Buffer[i] < 128 ? (char)string->Buffer[i] : '?';
	text[38] = 0;
	if (pnpn_guid_from_string(text, &guid) < 0)
		return STATUS_INVALID_PARAMETER;
	memcpy(ret_guid, &guid, sizeof(*ret_guid));
	return STATUS_SUCCESS;
}
