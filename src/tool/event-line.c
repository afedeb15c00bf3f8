/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tool/catalogue.h"
#include "tool/event-line.h"

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

static void add_string(json_object *object, const char *key, const char *value)
{
	if (value)
		json_object_object_add(object, key, json_object_new_string(value));
}

static void add_data(json_object *object, const unsigned char *data, size_t size)
{
	char *hex = malloc(2 * size + 1);

	if (!hex)
		return;
	hex[0] = 0;
	for (size_t i = 0; i < size; i++)
		sprintf(hex + 2 * i, "%02x", data[i]);
	add_string(object, "data", hex);
	free(hex);
}

static void print_json(const struct pnpn_event *event)
{
	char guid[PNPN_GUID_STRING];
	size_t size;
	const unsigned char *data = pnpn_event_get_data(event, &size);
	json_object *object = json_object_new_object();

	pnpn_guid_to_string(pnpn_event_get_guid(event), guid);
	add_string(object, "kind", kinds[pnpn_event_get_kind(event)]);
	add_string(object, "device", pnpn_event_get_device(event));
	json_object_object_add(object, "time_ns",
			       json_object_new_uint64(pnpn_event_get_time(event)));
	json_object_object_add(object, "lost", json_object_new_uint64(pnpn_event_get_lost(event)));
	if (pnpn_event_get_kind(event) != PNPN_EVENT_DEVICE_REMOVED)
		add_string(object, "guid", guid);
	add_string(object, "name", name_of(event));
	add_string(object, "interface", pnpn_event_get_interface(event));
	if (pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM) {
		json_object_object_add(object, "sequence",
				       json_object_new_uint64(pnpn_event_get_sequence(event)));
		add_data(object, data, size);
		json_object_object_add(object, "name_offset",
				       json_object_new_int(pnpn_event_get_name_offset(event)));
		add_string(object, "text", pnpn_event_get_text(event));
	}
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}

void pnpn_event_line_print(const struct pnpn_event *event, bool json)
{
	if (json)
		print_json(event);
	else
		print_human(event);
}
