/* SPDX-License-Identifier: MIT */
/* An event as a line for people, or as a JSON object for programs. */
#ifndef PNPN_TOOL_EVENT_LINE_H
#define PNPN_TOOL_EVENT_LINE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "tool/event-value.h"

/** How people are shown when an event was reported. */
enum pnpn_time_form {
	PNPN_TIME_CLOCK, /* 14:05:09.123456, here */
	PNPN_TIME_ISO, /* with date and zone, here */
	PNPN_TIME_UTC, /* with date, in UTC */
	PNPN_TIME_MONOTONIC, /* seconds of the clock that the kernel's log has */
	PNPN_TIME_DELTA, /* seconds since the line before */
};

/** Their names, for people. */
#define PNPN_TIME_FORMS "clock, iso, utc, monotonic or delta"

/** How lines look. Begins as all zero. */
struct pnpn_event_lines {
	bool json;
	bool colours;
	const char *format; /* as pnpn_event_format_check() likes it; NULL: a line for people */
	enum pnpn_time_form time;
	uint64_t last_ns; /* of the line before */
};

/** Finds a form by its name. Returns whether there is one. */
bool pnpn_time_form_find(const char *name, enum pnpn_time_form *ret_form);

/**
 * pnpn_event_format_check() - whether {} in a format name values
 *
 * {time} is the time as people are shown it, {{ a brace; else the keys of event-value.h. \n, \t and \\ are what they are in C.
 * Returns NULL; else the first that does not, until the next call.
 */
const char *pnpn_event_format_check(const char *format);

/** Prints it to stdout, with the end of the line. */
void pnpn_event_line_show(struct pnpn_event_lines *lines, const struct pnpn_event_line *line);

/** Writes it as a JSON object, with the end of the line. */
void pnpn_event_line_write_json(FILE *file, const struct pnpn_event_line *line);

/** Puts its values into this process's environment, as PNPNOTIFY_KEY. Returns 0; an errno. */
int pnpn_event_line_set_environment(const struct pnpn_event_line *line);

#endif
