/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/guid.h"
#include "tool/argument.h"

int pnpn_command_usage(const char *command, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "pnpnotify %s: ", command);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "; see pnpnotify %s --help\n", command);
	return PNPN_EXIT_USAGE;
}

int pnpn_command_add_guid(const char *command, struct pnpn_guids *guids,
			  int (*find)(const char *text, struct pnpn_guid *ret_guid),
			  const char *what, const char *text)
{
	if (guids->n == PNPN_GUIDS_MAX)
		return pnpn_command_usage(command, "--%s can be given %d times at most", what,
					  PNPN_GUIDS_MAX);
	if (find(text, &guids->guids[guids->n]) < 0)
		return pnpn_command_usage(command, "\"%s\" is no GUID and no %s's name", text,
					  what);
	guids->n++;
	return -1;
}

bool pnpn_command_has_guid(const struct pnpn_guids *guids, const struct pnpn_guid *guid)
{
	return pnpn_guid_is_among(guids->guids, (size_t)guids->n, guid);
}

bool pnpn_command_read_time(const char *text, uint64_t *ret_seconds)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	uint64_t now = (uint64_t)time(NULL);
	struct tm moment = {0};
	char *end;

	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &moment);
	if (rest && (!*rest || strcmp(rest, "Z") == 0 || strcmp(rest, "+00:00") == 0)) {
		time_t seconds = timegm(&moment);
		*ret_seconds = (uint64_t)seconds;
		return seconds >= 0;
	}
	unsigned long long number = strtoull(text, &end, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!isdigit((unsigned char)*text) || *end != units[i].unit || end[1] ||
		    number > now / units[i].seconds)
			continue;
		*ret_seconds = now - number * units[i].seconds;
		return true;
	}
	return false;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int pnpn_command_take_timeout(const char *command, const char *text, int64_t *ret_deadline)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds >= 0 && seconds <= 1e9))
		return pnpn_command_usage(command,
					  "--timeout wants seconds, such as 0.5, not \"%s\"", text);
	*ret_deadline = now_ms() + (int64_t)(seconds * 1000);
	return -1;
}

int pnpn_command_time_left(int64_t deadline)
{
	if (deadline == PNPN_NEVER)
		return -1;
	int64_t left = deadline - now_ms();
	return left < 0 ? 0 : left < INT_MAX ? (int)left : INT_MAX;
}
