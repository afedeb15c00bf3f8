/* SPDX-License-Identifier: MIT */
/* What drivers say, and how they stop everything. */
#include <stdio.h>
#include <stdlib.h>
#include <wdm.h>
#include "wincommon/format.h"

#define LINE_BYTES 512

static void debug_print(PCSTR format, va_list arguments)
{
	char line[LINE_BYTES], *text = line;
	va_list again;

	va_copy(again, arguments);
	int length = pnpn_format_a(line, sizeof(line), format, arguments);
	if (length >= (int)sizeof(line)) {
		text = malloc((size_t)length + 1);
		if (text)
			pnpn_format_a(text, (size_t)length + 1, format, again);
	}
	va_end(again);
	/* In one write, so that lines of several threads don't mix. */
	if (length >= 0)
		fputs(text ?: line, stderr);
	if (text != line)
		free(text);
}

ULONG DbgPrint(PCSTR format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	debug_print(format, arguments);
	va_end(arguments);
	return (ULONG)STATUS_SUCCESS;
}

ULONG DbgPrintEx(ULONG component, ULONG level, PCSTR format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	debug_print(format, arguments);
	va_end(arguments);
	return (ULONG)STATUS_SUCCESS;
}

void KeBugCheckEx(ULONG code, ULONG_PTR parameter1, ULONG_PTR parameter2, ULONG_PTR parameter3,
		  ULONG_PTR parameter4)
{
	fprintf(stderr, "pnpnotify host: bug check 0x%08x (0x%llx, 0x%llx, 0x%llx, 0x%llx)\n", code,
		(unsigned long long)parameter1, (unsigned long long)parameter2,
		(unsigned long long)parameter3, (unsigned long long)parameter4);
	abort();
}

void RtlAssert(PVOID expression, PVOID file, ULONG line, PCHAR message)
{
	fprintf(stderr, "pnpnotify host: assertion failed: %s%s%s (%s:%u)\n", (char *)expression,
		message ? ": " : "", message ?: "", (char *)file, line);
	abort();
}
