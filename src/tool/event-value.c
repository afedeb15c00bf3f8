/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <pnpnotify/events.h>

#include "tool/catalogue.h"
#include "tool/event-value.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

typedef const char *getter(const struct pnpn_event_line *line, char *buffer);

void pnpn_event_line_read(struct pnpn_event_line *line, const struct pnpn_event *event)
{
	*line = (struct pnpn_event_line){
		.kind = pnpn_event_get_kind(event),
		.device = pnpn_event_get_device(event),
		.interface = pnpn_event_get_interface(event),
		.guid = pnpn_event_get_guid(event),
		.sequence = pnpn_event_get_sequence(event),
		.time = pnpn_event_get_time(event),
		.lost = pnpn_event_get_lost(event),
		.name_offset = pnpn_event_get_name_offset(event),
		.text = pnpn_event_get_text(event),
	};
	line->data = pnpn_event_get_data(event, &line->size);
}

bool pnpn_event_line_is_gap(const struct pnpn_event_line *line)
{
	return line->kind == PNPN_EVENT_DISCONNECTED || line->kind == PNPN_EVENT_CONNECTED;
}

const char *pnpn_event_line_name(const struct pnpn_event_line *line)
{
	return line->kind == PNPN_EVENT_CUSTOM ? pnpn_catalogue_event_name(line->guid)
					       : pnpn_catalogue_class_name(line->guid);
}

static const char *get_host(const struct pnpn_event_line *line, char *buffer)
{
	return line->host;
}

static const char *get_kind(const struct pnpn_event_line *line, char *buffer)
{
	static const char *const kinds[] = {
		[PNPN_EVENT_CUSTOM] = "event",
		[PNPN_EVENT_INTERFACE_ARRIVED] = "interface-arrived",
		[PNPN_EVENT_INTERFACE_REMOVED] = "interface-removed",
		[PNPN_EVENT_DEVICE_REMOVED] = "device-removed",
		[PNPN_EVENT_DISCONNECTED] = "manager-gone",
		[PNPN_EVENT_DEVICE_ARRIVED] = "device-arrived",
		[PNPN_EVENT_CONNECTED] = "manager-back",
		[PNPN_EVENT_LOST] = "lost",
		[PNPN_EVENT_QUERY_REMOVE] = "query-remove",
		[PNPN_EVENT_REMOVE_CANCELLED] = "remove-cancelled",
		[PNPN_EVENT_REMOVE_PENDING] = "remove-pending",
	};
	const char *kind = (size_t)line->kind < COUNT(kinds) ? kinds[line->kind] : NULL;

	return kind ? kind : "unknown";
}

static const char *get_device(const struct pnpn_event_line *line, char *buffer)
{
	return *line->device ? line->device : NULL;
}

static const char *write_number(uint64_t number, char *buffer)
{
	snprintf(buffer, PNPN_EVENT_VALUE_BYTES, "%" PRIu64, number);
	return buffer;
}

static const char *get_time(const struct pnpn_event_line *line, char *buffer)
{
	return write_number(line->time, buffer);
}

static const char *get_lost(const struct pnpn_event_line *line, char *buffer)
{
	return write_number(line->lost, buffer);
}

static const char *get_guid(const struct pnpn_event_line *line, char *buffer)
{
	bool has_one = line->kind == PNPN_EVENT_CUSTOM ||
		       line->kind == PNPN_EVENT_INTERFACE_ARRIVED ||
		       line->kind == PNPN_EVENT_INTERFACE_REMOVED;

	if (has_one)
		pnpn_guid_to_string(line->guid, buffer);
	return has_one ? buffer : NULL;
}

static const char *get_name(const struct pnpn_event_line *line, char *buffer)
{
	return pnpn_event_line_name(line);
}

static const char *get_interface(const struct pnpn_event_line *line, char *buffer)
{
	return line->interface;
}

static const char *get_sequence(const struct pnpn_event_line *line, char *buffer)
{
	return line->kind == PNPN_EVENT_CUSTOM ? write_number(line->sequence, buffer) : NULL;
}

static const char *get_data(const struct pnpn_event_line *line, char *buffer)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *data = line->data;
	size_t size = 2 * line->size < PNPN_EVENT_VALUE_BYTES ? line->size : 0;

	if (line->kind != PNPN_EVENT_CUSTOM)
		return NULL;
	for (size_t i = 0; i < size; i++) {
		buffer[2 * i] = digits[data[i] >> 4];
		buffer[2 * i + 1] = digits[data[i] & 15];
	}
	buffer[2 * size] = 0;
	return buffer;
}

static const char *get_name_offset(const struct pnpn_event_line *line, char *buffer)
{
	if (line->kind != PNPN_EVENT_CUSTOM)
		return NULL;
	snprintf(buffer, PNPN_EVENT_VALUE_BYTES, "%" PRId32, line->name_offset);
	return buffer;
}

static const char *get_text(const struct pnpn_event_line *line, char *buffer)
{
	return line->text;
}

/* --- what the data of Linux's own events is ------------------------------------------------------- */

static bool is_event(const struct pnpn_event_line *line, const struct pnpn_guid *guid, size_t size)
{
	return line->kind == PNPN_EVENT_CUSTOM && line->size >= size &&
	       memcmp(line->guid, guid, sizeof(*guid)) == 0;
}

static bool read_size(const struct pnpn_event_line *line, struct pnpn_size_change *ret_change)
{
	if (!is_event(line, &PNPN_VOLUME_CHANGE_SIZE, sizeof(*ret_change)))
		return false;
	memcpy(ret_change, line->data, sizeof(*ret_change));
	return true;
}

static const char *get_size_before(const struct pnpn_event_line *line, char *buffer)
{
	struct pnpn_size_change change;

	return read_size(line, &change) ? write_number(change.before, buffer) : NULL;
}

static const char *get_size_after(const struct pnpn_event_line *line, char *buffer)
{
	struct pnpn_size_change change;

	return read_size(line, &change) ? write_number(change.after, buffer) : NULL;
}

static bool read_link(const struct pnpn_event_line *line, struct pnpn_link_change *ret_change)
{
	if (!is_event(line, &PNPN_LINK_UP, sizeof(*ret_change)) &&
	    !is_event(line, &PNPN_LINK_DOWN, sizeof(*ret_change)))
		return false;
	memcpy(ret_change, line->data, sizeof(*ret_change));
	return true;
}

static const char *get_link_index(const struct pnpn_event_line *line, char *buffer)
{
	struct pnpn_link_change change;

	return read_link(line, &change) ? write_number(change.index, buffer) : NULL;
}

static const char *get_link_flags(const struct pnpn_event_line *line, char *buffer)
{
	struct pnpn_link_change change;

	return read_link(line, &change) ? write_number(change.flags, buffer) : NULL;
}

/* In the order in which --json gives them. Times and sizes are text: JavaScript's numbers can't hold them. */
static const struct {
	const char *key;
	bool is_number;
	getter *get;
} values[] = {
	{"host", false, get_host},
	{"kind", false, get_kind},
	{"device", false, get_device},
	{"time_ns", false, get_time},
	{"lost", true, get_lost},
	{"guid", false, get_guid},
	{"name", false, get_name},
	{"interface", false, get_interface},
	{"sequence", true, get_sequence},
	{"data", false, get_data},
	{"name_offset", true, get_name_offset},
	{"text", false, get_text},
	{"size_before", false, get_size_before},
	{"size_after", false, get_size_after},
	{"link_index", true, get_link_index},
	{"link_flags", true, get_link_flags},
};

const char *pnpn_event_value_key(size_t number)
{
	return number < COUNT(values) ? values[number].key : NULL;
}

bool pnpn_event_value_is_number(size_t number)
{
	return values[number].is_number;
}

const char *pnpn_event_value_get(const struct pnpn_event_line *line, size_t number,
				 char buffer[PNPN_EVENT_VALUE_BYTES])
{
	return values[number].get(line, buffer);
}
