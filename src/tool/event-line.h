/* SPDX-License-Identifier: MIT */
/* An event as a line for people, or as a JSON object for programs. */
#ifndef PNPN_TOOL_EVENT_LINE_H
#define PNPN_TOOL_EVENT_LINE_H

#include <stdbool.h>
#include <stdint.h>
#include <pnpnotify.h>

/** How people are shown when an event was reported. */
enum pnpn_time_form {
	PNPN_TIME_CLOCK, /* 14:05:09.123456, here */
	PNPN_TIME_ISO, /* with date and zone, here */
	PNPN_TIME_UTC, /* with date, in UTC */
	PNPN_TIME_DELTA, /* seconds since the line before */
};

/** How lines look. Begins as all zero. */
struct pnpn_event_lines {
	bool json;
	enum pnpn_time_form time;
	uint64_t last_ns; /* of the line before */
};

/** Finds a form by its name: clock, iso, utc, delta. Returns whether there is one. */
bool pnpn_time_form_find(const char *name, enum pnpn_time_form *ret_form);

/** What a line says, wherever it comes from. */
struct pnpn_event_line {
	const char *host; /* NULL: this one */
	enum pnpn_event_kind kind;
	const char *device;
	const char *interface; /* NULL without */
	const struct pnpn_guid *guid;
	uint64_t sequence;
	uint64_t time;
	uint64_t lost;
	const void *data;
	size_t size;
	int32_t name_offset;
	const char *text; /* NULL without */
};

/** Prints it to stdout, with the end of the line. */
void pnpn_event_line_show(struct pnpn_event_lines *lines, const struct pnpn_event_line *line);

/** Prints an event so. */
void pnpn_event_line_print(struct pnpn_event_lines *lines, const struct pnpn_event *event);

#endif
