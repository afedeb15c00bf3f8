/* SPDX-License-Identifier: MIT */
/* Windows' times and calendars (U18). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <windows.h>
#include <cmocka.h>

static ULONGLONG ticks_of(const FILETIME *time)
{
	return (ULONGLONG)time->dwHighDateTime << 32 | time->dwLowDateTime;
}

static FILETIME time_of(ULONGLONG ticks)
{
	return (FILETIME){.dwLowDateTime = (DWORD)ticks, .dwHighDateTime = (DWORD)(ticks >> 32)};
}

static void test_u18_time_and_calendar(void **state)
{
	/* A Tuesday. */
	const SYSTEMTIME leap = {.wYear = 2000,
				 .wMonth = 2,
				 .wDay = 29,
				 .wHour = 23,
				 .wMinute = 59,
				 .wSecond = 58,
				 .wMilliseconds = 987};
	SYSTEMTIME back;
	FILETIME time;

	(void)state;
	assert_true(SystemTimeToFileTime(&leap, &time));
	assert_true(ticks_of(&time) == (951868798 + 11644473600) * 10000000ULL + 9870000);
	assert_true(FileTimeToSystemTime(&time, &back));
	assert_int_equal(back.wYear, 2000);
	assert_int_equal(back.wMonth, 2);
	assert_int_equal(back.wDay, 29);
	assert_int_equal(back.wDayOfWeek, 2);
	assert_int_equal(back.wHour, 23);
	assert_int_equal(back.wSecond, 58);
	assert_int_equal(back.wMilliseconds, 987);
	time = time_of(0);
	assert_true(FileTimeToSystemTime(&time, &back));
	assert_int_equal(back.wYear, 1601);
	assert_int_equal(back.wDayOfWeek, 1);
	assert_true(SystemTimeToFileTime(&back, &time));
	assert_true(ticks_of(&time) == 0);
	time = time_of(1ULL << 63);
	assert_false(FileTimeToSystemTime(&time, &back));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

static void test_u18_no_such_day(void **state)
{
	SYSTEMTIME day = {.wYear = 2001, .wMonth = 2, .wDay = 29};
	FILETIME time;

	(void)state;
	assert_false(SystemTimeToFileTime(&day, &time));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	day.wDay = 28;
	assert_true(SystemTimeToFileTime(&day, &time));
	day.wHour = 24;
	assert_false(SystemTimeToFileTime(&day, &time));
	day.wHour = 0;
	day.wMonth = 13;
	assert_false(SystemTimeToFileTime(&day, &time));
	day.wMonth = 1;
	day.wYear = 1600;
	assert_false(SystemTimeToFileTime(&day, &time));
}

static void test_u18_now(void **state)
{
	FILETIME before, system, local, after;
	SYSTEMTIME calendar;

	(void)state;
	setenv("TZ", "UTC-2", 1);
	GetSystemTimeAsFileTime(&before);
	GetSystemTime(&calendar);
	assert_true(SystemTimeToFileTime(&calendar, &system));
	GetLocalTime(&calendar);
	assert_true(SystemTimeToFileTime(&calendar, &local));
	GetSystemTimePreciseAsFileTime(&after);
	/* Calendars have milliseconds. */
	assert_true(ticks_of(&system) >= ticks_of(&before) / 10000 * 10000);
	assert_true(CompareFileTime(&system, &after) <= 0);
	FILETIME shifted;
	assert_true(FileTimeToLocalFileTime(&before, &shifted));
	assert_true(ticks_of(&shifted) == ticks_of(&before) + 2 * 36000000000ULL);
	assert_true(ticks_of(&local) >= ticks_of(&shifted) / 10000 * 10000);
	assert_true(LocalFileTimeToFileTime(&shifted, &system));
	assert_int_equal(CompareFileTime(&system, &before), 0);
}

static void test_u18_time_zone(void **state)
{
	TIME_ZONE_INFORMATION zone;

	(void)state;
	setenv("TZ", "IST-5:30", 1);
	assert_int_equal(GetTimeZoneInformation(&zone), TIME_ZONE_ID_UNKNOWN);
	assert_int_equal(zone.Bias, -330);
	assert_int_equal(zone.StandardDate.wMonth, 0);
	assert_int_equal(zone.StandardName[0], 'I');
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	DWORD kind = GetTimeZoneInformation(&zone);
	assert_true(kind == TIME_ZONE_ID_STANDARD || kind == TIME_ZONE_ID_DAYLIGHT);
	assert_int_equal(zone.Bias, -60);
	assert_int_equal(zone.DaylightBias, -60);
	assert_int_equal(zone.StandardBias, 0);
	assert_int_equal(zone.DaylightDate.wMonth, 3);
	assert_int_equal(zone.DaylightDate.wHour, 2);
	assert_int_equal(zone.StandardDate.wMonth, 10);
	assert_int_equal(zone.StandardDate.wHour, 3);
	assert_true(zone.DaylightDate.wDay > 24);
	setenv("TZ", "NZST-12NZDT,M9.5.0,M4.1.0/3", 1); /* the year begins in summer */
	assert_int_not_equal(GetTimeZoneInformation(&zone), TIME_ZONE_ID_UNKNOWN);
	assert_int_equal(zone.Bias, -720);
	assert_int_equal(zone.DaylightBias, -60);
	assert_int_equal(zone.StandardDate.wMonth, 4);
	assert_int_equal(zone.DaylightDate.wMonth, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u18_time_and_calendar),
		cmocka_unit_test(test_u18_no_such_day),
		cmocka_unit_test(test_u18_now),
		cmocka_unit_test(test_u18_time_zone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
