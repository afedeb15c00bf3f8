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

/** Prints an event to stdout, with the end of the line. */
void pnpn_event_line_print(struct pnpn_event_lines *lines, const struct pnpn_event *event);

#endif
