/* SPDX-License-Identifier: MIT */
/* The time zone of the process, as TZ or the machine says it, in the year that it is. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/text.h"

#define DAY (24 * 60 * 60)

static struct tm local(time_t time)
{
	struct tm tm;

	localtime_r(&time, &tm);
	return tm;
}

/* The first second of the other kind after begin, where end has the other kind. */
static time_t change_between(time_t begin, time_t end)
{
	int kind = local(begin).tm_isdst;

	while (end - begin > 1) {
		time_t middle = begin + (end - begin) / 2;
		if (local(middle).tm_isdst == kind)
			begin = middle;
		else
			end = middle;
	}
	return end;
}

/* When it is, by the clock as it shows just before, and as that day of that year. */
static SYSTEMTIME date_of(time_t change)
{
	struct tm before = local(change - 1);

	before.tm_sec++;
	timegm(&before);
	return (SYSTEMTIME){.wYear = (WORD)(before.tm_year + 1900),
			    .wMonth = (WORD)(before.tm_mon + 1),
			    .wDay = (WORD)before.tm_mday,
			    .wHour = (WORD)before.tm_hour,
			    .wMinute = (WORD)before.tm_min,
			    .wSecond = (WORD)before.tm_sec};
}

/* One kind of time of the year's. */
static void note_kind(TIME_ZONE_INFORMATION *zone, const struct tm *tm)
{
	LONG bias = (LONG)(-tm->tm_gmtoff / 60);

	if (tm->tm_isdst > 0) {
		zone->DaylightBias = bias; /* the difference, once both are known */
		(void)pnpn_text_give(tm->tm_zone, zone->DaylightName, ARRAYSIZE(zone->DaylightName),
				     TRUE);
	} else {
		zone->Bias = bias;
		(void)pnpn_text_give(tm->tm_zone, zone->StandardName, ARRAYSIZE(zone->StandardName),
				     TRUE);
	}
}

static time_t first_of_january(time_t now)
{
	struct tm tm = {.tm_year = local(now).tm_year, .tm_mday = 1, .tm_isdst = -1};

	return mktime(&tm);
}

PNPN_EXPORT DWORD WINAPI GetTimeZoneInformation(LPTIME_ZONE_INFORMATION zone)
{
	tzset();

	time_t now = time(NULL), day = first_of_january(now);
	struct tm tm = local(day), present = local(now);
	int changes = 0;

	*zone = (TIME_ZONE_INFORMATION){0};
	note_kind(zone, &tm);
	for (int i = 0; i < 366; i++, day += DAY) {
		struct tm next = local(day + DAY);
		if (next.tm_isdst == tm.tm_isdst)
			continue;
		changes++;
		note_kind(zone, &next);
		*(next.tm_isdst > 0 ? &zone->DaylightDate : &zone->StandardDate) =
			date_of(change_between(day, day + DAY));
		tm = next;
	}
	if (!changes)
		return TIME_ZONE_ID_UNKNOWN;
	zone->DaylightBias -= zone->Bias;
	return present.tm_isdst > 0 ? TIME_ZONE_ID_DAYLIGHT : TIME_ZONE_ID_STANDARD;
}
