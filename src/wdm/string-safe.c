/* SPDX-License-Identifier: MIT */
/* Behind <ntstrsafe.h>: room and lengths count units of 1 or 2 bytes; what is written ends with zero. */
#include <stdlib.h>
#include "core/utf.h"
#include "wdm/format.h"
#include <ntstrsafe.h>

static WCHAR unit_get(const void *text, size_t at, unsigned int unit)
{
	return unit == 1 ? ((const UCHAR *)text)[at] : ((const WCHAR *)text)[at];
}

static void unit_set(void *text, size_t at, unsigned int unit, WCHAR value)
{
	if (unit == 1)
		((UCHAR *)text)[at] = (UCHAR)value;
	else
		((WCHAR *)text)[at] = value;
}

NTSTATUS pnpn_string_length(const void *text, size_t room, unsigned int unit, size_t *ret_length)
{
	if (!text || !room || room > NTSTRSAFE_MAX_CCH)
		return STATUS_INVALID_PARAMETER;
	for (size_t i = 0; i < room; i++) {
		if (unit_get(text, i, unit))
			continue;
		if (ret_length)
			*ret_length = i;
		return STATUS_SUCCESS;
	}
	return STATUS_INVALID_PARAMETER;
}

NTSTATUS pnpn_string_copy(void *to, size_t room, const void *from, size_t limit, unsigned int unit,
			  BOOLEAN append)
{
	size_t at = 0, i = 0;

	if (!to || !from || !room || room > NTSTRSAFE_MAX_CCH)
		return STATUS_INVALID_PARAMETER;
	if (append && !NT_SUCCESS(pnpn_string_length(to, room, unit, &at)))
		return STATUS_INVALID_PARAMETER;
	for (; i < limit && unit_get(from, i, unit) && at < room - 1; i++)
		unit_set(to, at++, unit, unit_get(from, i, unit));
	unit_set(to, at, unit, 0);
	return i < limit && unit_get(from, i, unit) ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/* UTF-8 to units: as it is, or as UTF-16. */
static NTSTATUS string_store(void *to, size_t room, const char *text, unsigned int unit)
{
	size_t units;

	if (unit == 1)
		return pnpn_string_copy(to, room, text, SIZE_MAX, 1, FALSE);
	if (pnpn_utf8_to_utf16(text, NULL, &units) < 0)
		return STATUS_UNMAPPABLE_CHARACTER;
	PWSTR wide = malloc((units + 1) * sizeof(WCHAR));
	if (!wide)
		return STATUS_INSUFFICIENT_RESOURCES;
	pnpn_utf8_to_utf16(text, (uint16_t *)wide, &units);
	wide[units] = 0;
	NTSTATUS status = pnpn_string_copy(to, room, wide, SIZE_MAX, 2, FALSE);
	free(wide);
	return status;
}

static char *string_format_narrow(const void *format, unsigned int unit)
{
	size_t units = 0;

	if (unit == 1)
		return strdup(format);
	while (((const WCHAR *)format)[units])
		units++;
	char *narrow = malloc(units * 3 + 1);
	if (narrow)
		pnpn_utf16_to_utf8(format, units * sizeof(WCHAR), narrow);
	return narrow;
}

NTSTATUS pnpn_string_format(void *to, size_t room, unsigned int unit, const void *format,
			    va_list arguments)
{
	if (!to || !format || !room || room > NTSTRSAFE_MAX_CCH)
		return STATUS_INVALID_PARAMETER;
	char *narrow = string_format_narrow(format, unit);
	char *text = narrow ? pnpn_format(narrow, unit == 2, arguments) : NULL;
	NTSTATUS status = text ? string_store(to, room, text, unit) : STATUS_INSUFFICIENT_RESOURCES;
	free(narrow);
	free(text);
	return status;
}
