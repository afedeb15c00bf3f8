/* SPDX-License-Identifier: MIT */
/* The printf functions of <ntstrsafe.h>. */
#include <ntstrsafe.h>
#include "wincommon/format.h"

NTSTATUS pnpn_string_format(void *to, size_t room, unsigned int unit, const void *format,
			    va_list arguments)
{
	if (!to || !format || !room || room > NTSTRSAFE_MAX_CCH)
		return STATUS_INVALID_PARAMETER;
	int length = unit == 1 ? pnpn_format_a(to, room, format, arguments)
			       : pnpn_format_w(to, room, format, arguments);
	if (length < 0)
		return STATUS_INSUFFICIENT_RESOURCES;
	return (size_t)length >= room ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}
