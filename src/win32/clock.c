/* SPDX-License-Identifier: MIT */
/* Time since the machine was started, with the time that it slept, as on Windows. */
#include <time.h>

#include <windows.h>

#include "win32/export.h"

/* What Windows has as well: programs multiply counts, and would overflow with nanoseconds. */
#define TICKS_PER_SECOND 10000000

static LONGLONG ticks(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (LONGLONG)now.tv_sec * TICKS_PER_SECOND +
	       now.tv_nsec / (1000000000 / TICKS_PER_SECOND);
}

PNPN_EXPORT ULONGLONG WINAPI GetTickCount64(void)
{
	return (ULONGLONG)ticks() / (TICKS_PER_SECOND / 1000);
}

PNPN_EXPORT DWORD WINAPI GetTickCount(void)
{
	return (DWORD)GetTickCount64();
}

PNPN_EXPORT BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *count)
{
	count->QuadPart = ticks();
	return TRUE;
}

PNPN_EXPORT BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *frequency)
{
	frequency->QuadPart = TICKS_PER_SECOND;
	return TRUE;
}
