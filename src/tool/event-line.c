/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
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

static void print_time(uint64_t ns)
{
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm local;
	char text[32];

	localtime_r(&seconds, &local);
	strftime(text, sizeof(text), "%H:%M:%S", &local);
	printf("%s.%06" PRIu64, text, ns % 1000000000 / 1000);
}

static void print_human(const struct pnpn_event *event)
{
	char guid[PNPN_GUID_STRING];
	const char *name = name_of(event), *text = pnpn_event_get_text(event);
	size_t size;
	const unsigned char *data = pnpn_event_get_data(event, &size);

	if (pnpn_event_get_lost(event))
		printf("%" PRIu64 " events of %s were lost here\n", pnpn_event_get_lost(event),
		       pnpn_event_get_device(event));
	print_time(pnpn_event_get_time(event));
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
	if (pnpn_event_get_kind(event) != PNPN_EVENT_DEVICE_REMOVED)
		pnpn_json_add_string(&json, "guid", guid);
	pnpn_json_add_string(&json, "name", name_of(event));
	pnpn_json_add_string(&json, "interface", pnpn_event_get_interface(event));
	if (pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM)
		add_custom(&json, event);
	pnpn_json_end(&json, '}');
	putchar('\n');
}

void pnpn_event_line_print(const struct pnpn_event *event, bool json)
{
	if (json)
		print_json(event);
	else
		print_human(event);
}
