/* SPDX-License-Identifier: MIT */
/* Windows' times: 100 nanoseconds since 1601, and calendars. */
#include <time.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/file-time.h"
#include "win32/last-error.h"

#define TICKS_PER_SECOND 10000000
#define SECONDS_BEFORE	 11644473600 /* 1970, since 1601 */

static LONGLONG ticks_of(const FILETIME *time)
{
	return (LONGLONG)((ULONGLONG)time->dwHighDateTime << 32 | time->dwLowDateTime);
}

static FILETIME time_of_ticks(LONGLONG ticks)
{
	return (FILETIME){.dwLowDateTime = (DWORD)ticks,
			  .dwHighDateTime = (DWORD)((ULONGLONG)ticks >> 32)};
}

FILETIME pnpn_file_time(struct timespec time)
{
	return time_of_ticks((time.tv_sec + SECONDS_BEFORE) * TICKS_PER_SECOND +
			     time.tv_nsec / (1000000000 / TICKS_PER_SECOND));
}

struct timespec pnpn_file_time_to_linux(const FILETIME *time)
{
	LONGLONG ticks = ticks_of(time);

	return (struct timespec){.tv_sec = ticks / TICKS_PER_SECOND - SECONDS_BEFORE,
				 .tv_nsec = ticks % TICKS_PER_SECOND *
					    (1000000000 / TICKS_PER_SECOND)};
}

static SYSTEMTIME calendar(const struct tm *tm, long nanoseconds)
{
	return (SYSTEMTIME){.wYear = (WORD)(tm->tm_year + 1900),
			    .wMonth = (WORD)(tm->tm_mon + 1),
			    .wDayOfWeek = (WORD)tm->tm_wday,
			    .wDay = (WORD)tm->tm_mday,
			    .wHour = (WORD)tm->tm_hour,
			    .wMinute = (WORD)tm->tm_min,
			    .wSecond = (WORD)tm->tm_sec,
			    .wMilliseconds = (WORD)(nanoseconds / 1000000)};
}

/* --- now ------------------------------------------------------------------------------------------ */

static struct timespec now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return time;
}

PNPN_EXPORT void WINAPI GetSystemTimeAsFileTime(LPFILETIME time)
{
	*time = pnpn_file_time(now());
}

PNPN_EXPORT void WINAPI GetSystemTimePreciseAsFileTime(LPFILETIME time)
{
	*time = pnpn_file_time(now());
}

PNPN_EXPORT void WINAPI GetSystemTime(LPSYSTEMTIME time)
{
	struct timespec linux_time = now();
	struct tm tm;

	*time = calendar(gmtime_r(&linux_time.tv_sec, &tm), linux_time.tv_nsec);
}

PNPN_EXPORT void WINAPI GetLocalTime(LPSYSTEMTIME time)
{
	struct timespec linux_time = now();
	struct tm tm;

	tzset();
	*time = calendar(localtime_r(&linux_time.tv_sec, &tm), linux_time.tv_nsec);
}

/* --- one into the other --------------------------------------------------------------------------- */

PNPN_EXPORT WINBOOL WINAPI FileTimeToSystemTime(const FILETIME *from, LPSYSTEMTIME to)
{
	struct timespec time = pnpn_file_time_to_linux(from);
	struct tm tm;

	if (ticks_of(from) < 0 || !gmtime_r(&time.tv_sec, &tm))
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	*to = calendar(&tm, time.tv_nsec);
	return TRUE;
}

/* A day that the month does not have would come out as another one. */
PNPN_EXPORT WINBOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *from, LPFILETIME to)
{
	struct tm tm = {.tm_year = from->wYear - 1900,
			.tm_mon = from->wMonth - 1,
			.tm_mday = from->wDay,
			.tm_hour = from->wHour,
			.tm_min = from->wMinute,
			.tm_sec = from->wSecond};
	struct timespec time = {.tv_sec = timegm(&tm), .tv_nsec = from->wMilliseconds * 1000000L};

	if (from->wYear < 1601 || from->wYear > 30827 || tm.tm_mon != from->wMonth - 1 ||
	    tm.tm_mday != from->wDay || from->wHour > 23 || from->wMinute > 59 ||
	    from->wSecond > 59 || from->wMilliseconds > 999)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	*to = pnpn_file_time(time);
	return TRUE;
}

/* As Windows does, with what is added now, whatever it was then. */
static BOOL shift(const FILETIME *from, int direction, FILETIME *to)
{
	struct timespec time = now();
	struct tm tm;
	LONGLONG ticks = ticks_of(from);

	tzset();
	localtime_r(&time.tv_sec, &tm);
	if (ticks < 0)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	*to = time_of_ticks(ticks + direction * tm.tm_gmtoff * TICKS_PER_SECOND);
	return TRUE;
}

PNPN_EXPORT WINBOOL WINAPI FileTimeToLocalFileTime(const FILETIME *from, LPFILETIME to)
{
	return shift(from, 1, to);
}

PNPN_EXPORT WINBOOL WINAPI LocalFileTimeToFileTime(const FILETIME *from, LPFILETIME to)
{
	return shift(from, -1, to);
}

PNPN_EXPORT LONG WINAPI CompareFileTime(const FILETIME *a, const FILETIME *b)
{
	ULONGLONG one = (ULONGLONG)ticks_of(a), other = (ULONGLONG)ticks_of(b);

	return (one > other) - (one < other);
}
