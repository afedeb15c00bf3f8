/* SPDX-License-Identifier: MIT */
/* Behind <ntstrsafe.h>: room and lengths count units of 1 or 2 bytes; what is written ends with zero. */
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
