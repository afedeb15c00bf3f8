/* SPDX-License-Identifier: MIT */
/* What there is to say of an event, by key: the keys of --json, of --format and, as PNPNOTIFY_KEY, of --exec. */
#ifndef PNPN_TOOL_EVENT_VALUE_H
#define PNPN_TOOL_EVENT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pnpnotify.h>

/** Room for the longest value that is made of an event's parts: its data in hexadecimal. */
#define PNPN_EVENT_VALUE_BYTES (2 * 65535 + 1)

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

/** Says of an event what there is to say; as long as the event. */
void pnpn_event_line_read(struct pnpn_event_line *line, const struct pnpn_event *event);

/** Whether it only says that nothing was heard for a while: the manager is gone, or back. */
bool pnpn_event_line_is_gap(const struct pnpn_event_line *line);

/** The key of that number, or NULL past the end. */
const char *pnpn_event_value_key(size_t number);

/** Whether it is a number, and no text. */
bool pnpn_event_value_is_number(size_t number);

/** Its value, maybe in the buffer; NULL if this event has none. */
const char *pnpn_event_value_get(const struct pnpn_event_line *line, size_t number,
				 char buffer[PNPN_EVENT_VALUE_BYTES]);

/** The event's or the class's name, as data/ has it; NULL for one that it does not have. */
const char *pnpn_event_line_name(const struct pnpn_event_line *line);

#endif
