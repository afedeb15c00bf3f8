/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tool/event-line.h"
#include "tool/json.h"
#include "tool/terminal.h"

/* So many bytes of data are shown to people; programs get all. */
#define SHOWN_BYTES 32

/* The longest key, and then some. */
#define KEY_BYTES 32

static void print_hex(const unsigned char *data, size_t size, size_t most)
{
	for (size_t i = 0; i < size && i < most; i++)
		printf("%02x", data[i]);
	if (size > most)
		printf("... (%zu bytes)", size);
}

/* Somebody else's text: what could move the cursor or end the line is shown as a dot. */
static void print_text(const char *text)
{
	for (; *text; text++)
		putchar(iscntrl((unsigned char)*text) ? '.' : *text);
}

/* --- times ---------------------------------------------------------------------------------------- */

bool pnpn_time_form_find(const char *name, enum pnpn_time_form *ret_form)
{
	static const char *const names[] = {
		[PNPN_TIME_CLOCK] = "clock", [PNPN_TIME_ISO] = "iso",
		[PNPN_TIME_UTC] = "utc",     [PNPN_TIME_MONOTONIC] = "monotonic",
		[PNPN_TIME_DELTA] = "delta",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*ret_form = (enum pnpn_time_form)i;
		return true;
	}
	return false;
}

static void print_seconds(const char *sign, uint64_t ns)
{
	printf("%s%" PRIu64 ".%06" PRIu64, sign, ns / 1000000000, ns % 1000000000 / 1000);
}

/* The clock may have been set back. */
static void print_delta(struct pnpn_event_lines *lines, uint64_t ns)
{
	print_seconds("+", lines->last_ns && ns > lines->last_ns ? ns - lines->last_ns : 0);
	lines->last_ns = ns;
}

static uint64_t now_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* By how long ago it is, as long as nobody set the clock since. */
static void print_monotonic(uint64_t ns)
{
	uint64_t real = now_of(CLOCK_REALTIME), now = now_of(CLOCK_MONOTONIC);
	uint64_t ago = real > ns ? real - ns : 0;

	print_seconds("", now > ago ? now - ago : 0);
}

static void print_date(enum pnpn_time_form form, uint64_t ns)
{
	time_t seconds = (time_t)(ns / 1000000000);
	char text[32], zone[16] = "Z";
	bool dated = form != PNPN_TIME_CLOCK;
	struct tm time;

	if (form == PNPN_TIME_UTC)
		gmtime_r(&seconds, &time);
	else
		localtime_r(&seconds, &time);
	strftime(text, sizeof(text), dated ? "%Y-%m-%dT%H:%M:%S" : "%H:%M:%S", &time);
	if (form == PNPN_TIME_ISO)
		strftime(zone, sizeof(zone), "%z", &time);
	printf("%s.%06" PRIu64 "%s", text, ns % 1000000000 / 1000, dated ? zone : "");
}

static void print_time(struct pnpn_event_lines *lines, uint64_t ns)
{
	if (lines->time == PNPN_TIME_DELTA)
		print_delta(lines, ns);
	else if (lines->time == PNPN_TIME_MONOTONIC)
		print_monotonic(ns);
	else
		print_date(lines->time, ns);
}

/* --- a format of the user's ----------------------------------------------------------------------- */

/* The key in braces, and where the format goes on; false without a closing brace. */
static bool read_key(const char *format, char ret_key[KEY_BYTES], const char **ret_rest)
{
	size_t length = strcspn(format + 1, "}");

	snprintf(ret_key, KEY_BYTES, "%.*s", (int)length, format + 1);
	if (!format[1 + length])
		return false;
	*ret_rest = format + length + 2;
	return true;
}

/* Its number; -1 for {time}, -2 for none. */
static int find_key(const char *key)
{
	if (strcmp(key, "time") == 0)
		return -1;
	for (size_t i = 0; pnpn_event_value_key(i); i++)
		if (strcmp(pnpn_event_value_key(i), key) == 0)
			return (int)i;
	return -2;
}

const char *pnpn_event_format_check(const char *format)
{
	static char key[KEY_BYTES];

	while ((format = strchr(format, '{'))) {
		if (format[1] == '{') {
			format += 2;
			continue;
		}
		if (!read_key(format, key, &format) || find_key(key) == -2)
			return key;
	}
	return NULL;
}

static void print_value(struct pnpn_event_lines *lines, const struct pnpn_event_line *line,
			const char *key)
{
	static char buffer[PNPN_EVENT_VALUE_BYTES];
	int number = find_key(key);

	if (number < 0) {
		print_time(lines, line->time);
		return;
	}
	const char *value = pnpn_event_value_get(line, (size_t)number, buffer);
	print_text(value ? value : "");
}

static void print_formatted(struct pnpn_event_lines *lines, const struct pnpn_event_line *line)
{
	const char *format = lines->format;
	char key[KEY_BYTES];

	while (*format) {
		if (format[0] == '{' && format[1] != '{') {
			(void)read_key(format, key, &format);
			print_value(lines, line, key);
		} else if (format[0] == '\\' && format[1] && strchr("nt\\", format[1])) {
			putchar(format[1] == 'n' ? '\n' : format[1] == 't' ? '\t' : '\\');
			format += 2;
		} else {
			putchar(*format);
			format += format[0] == '{' ? 2 : 1;
		}
	}
	putchar('\n');
}

/* --- a line for people ---------------------------------------------------------------------------- */

static enum pnpn_colour colour_of(enum pnpn_event_kind kind)
{
	switch (kind) {
	case PNPN_EVENT_INTERFACE_ARRIVED:
	case PNPN_EVENT_DEVICE_ARRIVED:
		return PNPN_COLOUR_CAME;
	case PNPN_EVENT_INTERFACE_REMOVED:
	case PNPN_EVENT_DEVICE_REMOVED:
		return PNPN_COLOUR_WENT;
	case PNPN_EVENT_LOST:
		return PNPN_COLOUR_LOST;
	default:
		return PNPN_COLOUR_NAME;
	}
}

static void print_what(const struct pnpn_event_line *line, const char *on, const char *off)
{
	static char buffer[PNPN_EVENT_VALUE_BYTES];
	char guid[PNPN_GUID_STRING];
	const char *name = pnpn_event_line_name(line);

	pnpn_guid_to_string(line->guid, guid);
	if (line->kind != PNPN_EVENT_CUSTOM)
		printf("%s%s%s", on, pnpn_event_value_get(line, 1, buffer), off);
	else
		printf("#%" PRIu64 " %s%s%s", line->sequence, on, name ? name : guid, off);
	if (line->interface)
		printf("  %s  %s", name ? name : guid, line->interface);
}

static void print_human(struct pnpn_event_lines *lines, const struct pnpn_event_line *line)
{
	const char *host = line->host ? line->host : "", *gap = line->host ? "  " : "";
	const char *off = pnpn_terminal_colour(lines->colours, PNPN_COLOUR_NONE);

	if (line->lost)
		printf("%s%s%s%" PRIu64 " events of %s were lost here%s\n", host, gap,
		       pnpn_terminal_colour(lines->colours, PNPN_COLOUR_LOST), line->lost,
		       line->device, off);
	printf("%s%s%s", host, gap, pnpn_terminal_colour(lines->colours, PNPN_COLOUR_DIM));
	print_time(lines, line->time);
	printf("%s  %s  ", off, line->device);
	print_what(line, pnpn_terminal_colour(lines->colours, colour_of(line->kind)), off);
	if (line->text) {
		printf("  \"");
		print_text(line->text);
		putchar('"');
	}
	if (line->size) {
		printf("  ");
		print_hex(line->data, line->size, SHOWN_BYTES);
	}
	putchar('\n');
}

/* --- for programs --------------------------------------------------------------------------------- */

void pnpn_event_line_write_json(FILE *file, const struct pnpn_event_line *line)
{
	static char buffer[PNPN_EVENT_VALUE_BYTES];
	struct pnpn_json json = {.file = file};

	pnpn_json_begin(&json, '{');
	for (size_t i = 0; pnpn_event_value_key(i); i++) {
		const char *value = pnpn_event_value_get(line, i, buffer);
		if (!value)
			continue;
		pnpn_json_key(&json, pnpn_event_value_key(i));
		if (pnpn_event_value_is_number(i))
			pnpn_json_digits(&json, value);
		else
			pnpn_json_string(&json, value);
	}
	pnpn_json_end(&json, '}');
	putc('\n', file);
}

int pnpn_event_line_set_environment(const struct pnpn_event_line *line)
{
	static char buffer[PNPN_EVENT_VALUE_BYTES];

	for (size_t i = 0; pnpn_event_value_key(i); i++) {
		char name[KEY_BYTES + 16];
		const char *value = pnpn_event_value_get(line, i, buffer);
		snprintf(name, sizeof(name), "PNPNOTIFY_%s", pnpn_event_value_key(i));
		for (char *c = name; *c; c++)
			*c = (char)toupper((unsigned char)*c);
		if ((value ? setenv(name, value, 1) : unsetenv(name)) < 0)
			return -errno;
	}
	return 0;
}

void pnpn_event_line_show(struct pnpn_event_lines *lines, const struct pnpn_event_line *line)
{
	if (lines->json)
		pnpn_event_line_write_json(stdout, line);
	else if (pnpn_event_line_is_gap(line))
		return;
	else if (lines->format)
		print_formatted(lines, line);
	else
		print_human(lines, line);
}
