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

static const char *name_of(const struct pnpn_event *event)
{
	const struct pnpn_guid *guid = pnpn_event_get_guid(event);

	return pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM ? pnpn_catalogue_event_name(guid)
							       : pnpn_catalogue_class_name(guid);
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

static void print_human(struct pnpn_event_lines *lines, const struct pnpn_event *event)
{
	char guid[PNPN_GUID_STRING];
	const char *name = name_of(event), *text = pnpn_event_get_text(event);
	size_t size;
	const unsigned char *data = pnpn_event_get_data(event, &size);

	if (pnpn_event_get_lost(event))
		printf("%" PRIu64 " events of %s were lost here\n", pnpn_event_get_lost(event),
		       pnpn_event_get_device(event));
	print_time(lines, pnpn_event_get_time(event));
	printf("  %s  ", pnpn_event_get_device(event));
	pnpn_guid_to_string(pnpn_event_get_guid(event), guid);
	if (pnpn_event_get_kind(event) != PNPN_EVENT_CUSTOM)
		printf("%s", kinds[pnpn_event_get_kind(event)]);
	else
		printf("#%" PRIu64 " %s", pnpn_event_get_sequence(event), name ? name : guid);
	if (pnpn_event_get_interface(event))
		printf("  %s  %s", name ? name : guid, pnpn_event_get_interface(event));
	if (text) {
		printf("  ");
		print_text(text);
	}
	if (size) {
		printf("  ");
		print_hex(data, size, SHOWN_BYTES);
	}
	putchar('\n');
}

static void add_custom(struct pnpn_json *json, const struct pnpn_event *event)
{
	size_t size;
	const unsigned char *data = pnpn_event_get_data(event, &size);

	pnpn_json_add_unsigned(json, "sequence", pnpn_event_get_sequence(event));
	pnpn_json_key(json, "data");
	pnpn_json_hex(json, data, size);
	pnpn_json_key(json, "name_offset");
	pnpn_json_signed(json, pnpn_event_get_name_offset(event));
	pnpn_json_add_string(json, "text", pnpn_event_get_text(event));
}

static bool has_guid(const struct pnpn_event *event)
{
	enum pnpn_event_kind kind = pnpn_event_get_kind(event);

	return kind != PNPN_EVENT_DEVICE_REMOVED && kind < PNPN_EVENT_QUERY_REMOVE;
}

static void print_json(const struct pnpn_event *event)
{
	char guid[PNPN_GUID_STRING];
	struct pnpn_json json = {0};

	pnpn_guid_to_string(pnpn_event_get_guid(event), guid);
	pnpn_json_begin(&json, '{');
	pnpn_json_add_string(&json, "kind", kinds[pnpn_event_get_kind(event)]);
	pnpn_json_add_string(&json, "device", pnpn_event_get_device(event));
	pnpn_json_add_unsigned(&json, "time_ns", pnpn_event_get_time(event));
	pnpn_json_add_unsigned(&json, "lost", pnpn_event_get_lost(event));
	if (has_guid(event))
		pnpn_json_add_string(&json, "guid", guid);
	pnpn_json_add_string(&json, "name", name_of(event));
	pnpn_json_add_string(&json, "interface", pnpn_event_get_interface(event));
	if (pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM)
		add_custom(&json, event);
	pnpn_json_end(&json, '}');
	putchar('\n');
}

void pnpn_event_line_print(struct pnpn_event_lines *lines, const struct pnpn_event *event)
{
	if (lines->json)
		print_json(event);
	else
		print_human(lines, event);
}
