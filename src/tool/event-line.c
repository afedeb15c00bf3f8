/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tool/catalogue.h"
#include "tool/event-line.h"
#include "tool/json.h"

/* So many bytes of data are shown to people; programs get all. */
#define SHOWN_BYTES 32

static const char *const kinds[] = {
	[PNPN_EVENT_CUSTOM] = "event",
	[PNPN_EVENT_INTERFACE_ARRIVED] = "interface-arrived",
	[PNPN_EVENT_INTERFACE_REMOVED] = "interface-removed",
	[PNPN_EVENT_DEVICE_REMOVED] = "device-removed",
	[PNPN_EVENT_DEVICE_ARRIVED] = "device-arrived",
	[PNPN_EVENT_LOST] = "lost",
	[PNPN_EVENT_QUERY_REMOVE] = "query-remove",
	[PNPN_EVENT_REMOVE_CANCELLED] = "remove-cancelled",
	[PNPN_EVENT_REMOVE_PENDING] = "remove-pending",
};

static const char *name_of(const struct pnpn_event_line *line)
{
	return line->kind == PNPN_EVENT_CUSTOM ? pnpn_catalogue_event_name(line->guid)
					       : pnpn_catalogue_class_name(line->guid);
}

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
	putchar('"');
	for (; *text; text++)
		putchar(iscntrl((unsigned char)*text) ? '.' : *text);
	putchar('"');
}

bool pnpn_time_form_find(const char *name, enum pnpn_time_form *ret_form)
{
	static const char *const names[] = {
		[PNPN_TIME_CLOCK] = "clock",
		[PNPN_TIME_ISO] = "iso",
		[PNPN_TIME_UTC] = "utc",
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

/* The clock may have been set back. */
static void print_delta(struct pnpn_event_lines *lines, uint64_t ns)
{
	uint64_t since = lines->last_ns && ns > lines->last_ns ? ns - lines->last_ns : 0;

	printf("+%" PRIu64 ".%06" PRIu64, since / 1000000000, since % 1000000000 / 1000);
	lines->last_ns = ns;
}

static void print_time(struct pnpn_event_lines *lines, uint64_t ns)
{
	time_t seconds = (time_t)(ns / 1000000000);
	char text[32], zone[16] = "Z";
	bool dated = lines->time != PNPN_TIME_CLOCK;
	struct tm time;

	if (lines->time == PNPN_TIME_DELTA) {
		print_delta(lines, ns);
		return;
	}
	if (lines->time == PNPN_TIME_UTC)
		gmtime_r(&seconds, &time);
	else
		localtime_r(&seconds, &time);
	strftime(text, sizeof(text), dated ? "%Y-%m-%dT%H:%M:%S" : "%H:%M:%S", &time);
	if (lines->time == PNPN_TIME_ISO)
		strftime(zone, sizeof(zone), "%z", &time);
	printf("%s.%06" PRIu64 "%s", text, ns % 1000000000 / 1000, dated ? zone : "");
}

static void print_what(const struct pnpn_event_line *line)
{
	char guid[PNPN_GUID_STRING];
	const char *name = name_of(line);

	pnpn_guid_to_string(line->guid, guid);
	if (line->kind != PNPN_EVENT_CUSTOM)
		printf("%s", kinds[line->kind]);
	else
		printf("#%" PRIu64 " %s", line->sequence, name ? name : guid);
	if (line->interface)
		printf("  %s  %s", name ? name : guid, line->interface);
}

static void print_human(struct pnpn_event_lines *lines, const struct pnpn_event_line *line)
{
	const char *host = line->host ? line->host : "", *gap = line->host ? "  " : "";

	if (line->lost)
		printf("%s%s%" PRIu64 " events of %s were lost here\n", host, gap, line->lost,
		       line->device);
	printf("%s%s", host, gap);
	print_time(lines, line->time);
	printf("  %s  ", line->device);
	print_what(line);
	if (line->text) {
		printf("  ");
		print_text(line->text);
	}
	if (line->size) {
		printf("  ");
		print_hex(line->data, line->size, SHOWN_BYTES);
	}
	putchar('\n');
}

static void add_custom(struct pnpn_json *json, const struct pnpn_event_line *line)
{
	pnpn_json_add_unsigned(json, "sequence", line->sequence);
	pnpn_json_key(json, "data");
	pnpn_json_hex(json, line->data, line->size);
	pnpn_json_key(json, "name_offset");
	pnpn_json_signed(json, line->name_offset);
	pnpn_json_add_string(json, "text", line->text);
}

static bool has_guid(enum pnpn_event_kind kind)
{
	return kind != PNPN_EVENT_DEVICE_REMOVED && kind < PNPN_EVENT_QUERY_REMOVE;
}

static void print_json(const struct pnpn_event_line *line)
{
	char guid[PNPN_GUID_STRING];
	struct pnpn_json json = {0};

	pnpn_guid_to_string(line->guid, guid);
	pnpn_json_begin(&json, '{');
	pnpn_json_add_string(&json, "host", line->host);
	pnpn_json_add_string(&json, "kind", kinds[line->kind]);
	pnpn_json_add_string(&json, "device", line->device);
	pnpn_json_add_unsigned(&json, "time_ns", line->time);
	pnpn_json_add_unsigned(&json, "lost", line->lost);
	if (has_guid(line->kind))
		pnpn_json_add_string(&json, "guid", guid);
	pnpn_json_add_string(&json, "name", name_of(line));
	pnpn_json_add_string(&json, "interface", line->interface);
	if (line->kind == PNPN_EVENT_CUSTOM)
		add_custom(&json, line);
	pnpn_json_end(&json, '}');
	putchar('\n');
}

void pnpn_event_line_show(struct pnpn_event_lines *lines, const struct pnpn_event_line *line)
{
	if (lines->json)
		print_json(line);
	else
		print_human(lines, line);
}

void pnpn_event_line_print(struct pnpn_event_lines *lines, const struct pnpn_event *event)
{
	struct pnpn_event_line line = {
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

	line.data = pnpn_event_get_data(event, &line.size);
	pnpn_event_line_show(lines, &line);
}
