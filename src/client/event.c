/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/event.h"
#include "client/export.h"
#include "core/port.h"
#include "core/utf.h"

int pnpn_event_new(struct pnpn_event **ret_event, enum pnpn_event_kind kind, const char *device,
		   const char *interface, const void *data, size_t data_size)
{
	struct pnpn_event *event = calloc(1, sizeof(*event));

	if (!event)
		return -ENOMEM;
	pnpn_list_init(&event->link);
	event->kind = kind;
	event->record.name_offset = PNPN_NO_TEXT;
	event->own_device = strdup(device);
	event->own_interface = interface ? strdup(interface) : NULL;
	event->own_data = malloc(data_size + 1);
	if (!event->own_device || !event->own_data || (interface && !event->own_interface)) {
		pnpn_event_free(event);
		return -ENOMEM;
	}
	if (data_size)
		memcpy(event->own_data, data, data_size);
	event->device = event->own_device;
	event->interface = event->own_interface;
	event->data = event->own_data;
	event->record.data_size = (uint32_t)data_size;
	*ret_event = event;
	return 0;
}

PNPN_EXPORT struct pnpn_event *pnpn_event_free(struct pnpn_event *event)
{
	if (!event)
		return NULL;
	pnpn_list_remove(&event->link);
	free(event->own_device);
	free(event->own_interface);
	free(event->own_data);
	free(event->own_text);
	free(event);
	return NULL;
}

static bool has_text(const struct pnpn_event *event)
{
	return event->record.name_offset >= 0 &&
	       (uint32_t)event->record.name_offset < event->record.data_size;
}

static void write_text(const struct pnpn_event *event, char *text)
{
	uint32_t offset = (uint32_t)event->record.name_offset;

	pnpn_utf16_to_utf8((const char *)event->data + offset, event->record.data_size - offset,
			   text);
}

/* Of several threads each may ask for its text: it is written now. */
static int copy_text(struct pnpn_event *copy)
{
	if (!has_text(copy))
		return 0;
	copy->own_text = malloc(PNPN_UTF8_BYTES(copy->record.data_size));
	if (!copy->own_text)
		return -ENOMEM;
	write_text(copy, copy->own_text);
	return 0;
}

PNPN_EXPORT int pnpn_event_copy(const struct pnpn_event *event, struct pnpn_event **ret_copy)
{
	struct pnpn_event *copy;
	int r = pnpn_event_new(&copy, event->kind, event->device, event->interface, event->data,
			       event->record.data_size);

	if (r < 0)
		return r;
	copy->record = event->record;
	copy->registration = event->registration;
	copy->userdata = event->userdata;
	copy->monotonic_time = pnpn_event_get_monotonic_time(event);
	copy->lost = event->lost;
	copy->query = event->query;
	r = copy_text(copy);
	if (r < 0)
		pnpn_event_free(copy);
	else
		*ret_copy = copy;
	return r;
}

PNPN_EXPORT enum pnpn_event_kind pnpn_event_get_kind(const struct pnpn_event *event)
{
	return event->kind;
}

PNPN_EXPORT struct pnpn_registration *pnpn_event_get_registration(const struct pnpn_event *event)
{
	return event->registration;
}

PNPN_EXPORT void *pnpn_event_get_userdata(const struct pnpn_event *event)
{
	return event->userdata;
}

PNPN_EXPORT const char *pnpn_event_get_device(const struct pnpn_event *event)
{
	return event->device;
}

PNPN_EXPORT const char *pnpn_event_get_interface(const struct pnpn_event *event)
{
	return event->interface;
}

PNPN_EXPORT const struct pnpn_guid *pnpn_event_get_guid(const struct pnpn_event *event)
{
	return (const struct pnpn_guid *)(const void *)event->record.guid;
}

PNPN_EXPORT uint64_t pnpn_event_get_sequence(const struct pnpn_event *event)
{
	return event->record.sequence;
}

PNPN_EXPORT uint64_t pnpn_event_get_time(const struct pnpn_event *event)
{
	return event->record.time;
}

/* A report reads one clock: a second would be a good part of what it costs (R13). */
PNPN_EXPORT uint64_t pnpn_event_get_monotonic_time(const struct pnpn_event *event)
{
	struct timespec clock;

	if (event->monotonic_time)
		return event->monotonic_time;
	/* In this order: what comes between makes the event younger, and none is told before it happened. */
	uint64_t real = pnpn_port_now();
	clock_gettime(CLOCK_MONOTONIC, &clock);
	uint64_t now = (uint64_t)clock.tv_sec * 1000000000u + (uint64_t)clock.tv_nsec;
	uint64_t age = real > event->record.time ? real - event->record.time : 0;
	return now > age ? now - age : 0;
}

PNPN_EXPORT uint64_t pnpn_event_get_lost(const struct pnpn_event *event)
{
	return event->lost;
}

PNPN_EXPORT void *pnpn_event_get_data(const struct pnpn_event *event, size_t *ret_size)
{
	if (ret_size)
		*ret_size = event->record.data_size;
	return event->data;
}

PNPN_EXPORT int32_t pnpn_event_get_name_offset(const struct pnpn_event *event)
{
	return event->record.name_offset;
}

PNPN_EXPORT const char *pnpn_event_get_text(const struct pnpn_event *event)
{
	if (event->own_text)
		return event->own_text;
	if (!has_text(event))
		return NULL;
	write_text(event, event->text);
	return event->text;
}
