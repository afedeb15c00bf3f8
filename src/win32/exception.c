/* SPDX-License-Identifier: MIT */
/* Exceptions and debuggers. There is no structured handling: what is raised ends the process. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include "win32/export.h"

PNPN_EXPORT void WINAPI RaiseException(DWORD code, DWORD flags, DWORD count,
				       const ULONG_PTR *arguments)
{
	fprintf(stderr, "exception 0x%08x: there is nobody to handle it, the process ends\n", code);
	abort();
}

/* Kept for the next caller, and never called: what would call it are Linux's signals, and those end the process. */
PNPN_EXPORT LPTOP_LEVEL_EXCEPTION_FILTER WINAPI
SetUnhandledExceptionFilter(LPTOP_LEVEL_EXCEPTION_FILTER filter)
{
	static LPTOP_LEVEL_EXCEPTION_FILTER kept;

	return __atomic_exchange_n(&kept, filter, __ATOMIC_ACQ_REL);
}

static UINT error_mode;

PNPN_EXPORT UINT WINAPI SetErrorMode(UINT mode)
{
	return __atomic_exchange_n(&error_mode, mode, __ATOMIC_ACQ_REL);
}

PNPN_EXPORT UINT WINAPI GetErrorMode(void)
{
	return __atomic_load_n(&error_mode, __ATOMIC_ACQUIRE);
}

PNPN_EXPORT WINBOOL WINAPI IsDebuggerPresent(void)
{
	char line[256];
	int tracer = 0;
	FILE *status = fopen("/proc/self/status", "re");

	while (status && fgets(line, sizeof(line), status))
		if (strncmp(line, "TracerPid:", 10) == 0)
			tracer = atoi(line + 10);
	if (status)
		fclose(status);
	return tracer != 0;
}

PNPN_EXPORT void WINAPI DebugBreak(void)
{
	raise(SIGTRAP);
}
