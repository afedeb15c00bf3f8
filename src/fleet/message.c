/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <pnpnotify/uapi.h>

#include "core/notification.h"
#include "fleet/message.h"

/* What stands in a subject where there is no class. */
#define NO_CLASS "-"

/* What stands for itself in a header, beside what does everywhere: not what ends lines, spaces and the sign of escapes. */
#define IN_HEADER "\\?.#{}&:+@%,~!$'()*/;<>[]^`|\""

const char *const pnpn_fleet_header_names[PNPN_FLEET_N_HEADERS] = {
#define X(place, name) [PNPN_FLEET_##place] = name,
	PNPN_FLEET_HEADERS(X)
#undef X
};

static const char *const kinds[] = {
	[PNPN_EVENT_CUSTOM] = "event",
	[PNPN_EVENT_INTERFACE_ARRIVED] = "interface-arrived",
	[PNPN_EVENT_INTERFACE_REMOVED] = "interface-removed",
	[PNPN_EVENT_DEVICE_REMOVED] = "device-removed",
	[PNPN_EVENT_DEVICE_ARRIVED] = "device-arrived",
	[PNPN_EVENT_LOST] = "lost",
};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *pnpn_fleet_kind_name(enum pnpn_event_kind kind)
{
	return kind < N_KINDS ? kinds[kind] : NULL;
}

/* --- writing -------------------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static int put(struct pnpn_fleet_text *text,
						     enum pnpn_fleet_header header,
						     const char *format, ...)
{
	size_t left = sizeof(text->room) - text->used;
	va_list arguments;

	va_start(arguments, format);
	int length = vsnprintf(text->room + text->used, left, format, arguments);
	va_end(arguments);
	if (length < 0 || (size_t)length >= left)
		return -ENAMETOOLONG;
	text->headers[header] = text->room + text->used;
	text->used += (size_t)length + 1;
	return 0;
}

static int put_name(struct pnpn_fleet_text *text, enum pnpn_fleet_header header, const char *name)
{
	char token[3 * PNPN_NAME_BYTES];
	int r = pnpn_token_encode(name, IN_HEADER, token, sizeof(token));

	return r < 0 ? r : put(text, header, "%s", token);
}

static int put_classes(struct pnpn_fleet_text *text, const struct pnpn_fleet_message *message)
{
	char all[PNPN_FLEET_CLASSES * PNPN_GUID_STRING] = "", *end = all;

	for (size_t i = 0; i < message->n_classes; i++) {
		pnpn_guid_to_string(&message->classes[i], end);
		end += PNPN_GUID_STRING - 1;
		*end++ = i + 1 < message->n_classes ? ',' : 0;
	}
	return message->n_classes ? put(text, PNPN_FLEET_CLASSES_LIST, "%s", all) : 0;
}

static int put_numbers(struct pnpn_fleet_text *text, const struct pnpn_fleet_message *message)
{
	int r = put(text, PNPN_FLEET_SINCE, "%" PRIu64, message->since);

	if (r >= 0)
		r = put(text, PNPN_FLEET_TIME, "%" PRIu64, message->time);
	if (r >= 0 && message->lost)
		r = put(text, PNPN_FLEET_LOST, "%" PRIu64, message->lost);
	if (r < 0 || message->kind != PNPN_EVENT_CUSTOM)
		return r;
	r = put(text, PNPN_FLEET_SEQUENCE, "%" PRIu64, message->sequence);
	if (r >= 0)
		r = put(text, PNPN_FLEET_NAME_OFFSET, "%" PRId32, message->name_offset);
	return r;
}

static int put_headers(struct pnpn_fleet_text *text, const struct pnpn_fleet_message *message)
{
	char guid[PNPN_GUID_STRING];
	int r = put(text, PNPN_FLEET_KIND, "%s", kinds[message->kind]);

	if (r >= 0)
		r = put(text, PNPN_FLEET_HOST, "%s", message->host);
	if (r >= 0 && *message->boot)
		r = put_name(text, PNPN_FLEET_BOOT, message->boot);
	if (r >= 0)
		r = put_name(text, PNPN_FLEET_DEVICE, message->device);
	if (r >= 0 && *message->interface)
		r = put_name(text, PNPN_FLEET_INTERFACE, message->interface);
	if (r >= 0)
		r = put_classes(text, message);
	pnpn_guid_to_string(&message->guid, guid);
	if (r >= 0 && (message->kind == PNPN_EVENT_CUSTOM || *message->interface))
		r = put(text, PNPN_FLEET_GUID, "%s", guid);
	return r < 0 ? r : put_numbers(text, message);
}

/* What stands last in the subject: an event's GUID, else the kind. */
static void name_event(const struct pnpn_fleet_message *message, char ret_name[PNPN_GUID_STRING])
{
	if (message->kind == PNPN_EVENT_CUSTOM)
		pnpn_guid_to_string(&message->guid, ret_name);
	else
		snprintf(ret_name, PNPN_GUID_STRING, "%s", kinds[message->kind]);
}

int pnpn_fleet_message_encode(const struct pnpn_fleet_message *message,
			      struct pnpn_fleet_text *ret_text)
{
	char device[3 * PNPN_INSTANCE_ID_BYTES], class[PNPN_GUID_STRING] = NO_CLASS;
	char event[PNPN_GUID_STRING];

	if (!pnpn_fleet_kind_name(message->kind) || !pnpn_host_is_valid(message->host) ||
	    message->n_classes > PNPN_FLEET_CLASSES)
		return -EINVAL;
	int r = pnpn_token_encode(message->device, "", device, sizeof(device));
	if (r < 0)
		return r;
	if (message->n_classes)
		pnpn_guid_to_string(&message->classes[0], class);
	name_event(message, event);
	memset(ret_text->headers, 0, sizeof(ret_text->headers));
	ret_text->used = 0;
	snprintf(ret_text->subject, sizeof(ret_text->subject), PNPN_FLEET_PREFIX "%s.%s.%s.%s",
		 message->host, class, device, event);
	/* The time keeps the ids of the next device of this name apart, and nobody can guess another's (F6). */
	snprintf(ret_text->id, sizeof(ret_text->id), "%s/%s/%s/%" PRIu64 "/%" PRIu64 "%s%s",
		 message->host, message->boot, device, message->sequence, message->time,
		 message->sequence ? "" : "/", message->sequence ? "" : event);
	return put_headers(ret_text, message);
}

/* --- reading -------------------------------------------------------------------------------------- */

/* Digits and nothing else; without the header it is zero. */
static int read_number(const char *text, uint64_t *ret_number)
{
	uint64_t number = 0;

	for (const char *digit = text ? text : ""; *digit; digit++) {
		if (*digit < '0' || *digit > '9' || __builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*digit - '0'), &number))
			return -EBADMSG;
	}
	*ret_number = number;
	return text && !*text ? -EBADMSG : 0;
}

static int read_name(const char *text, char *ret_name, size_t size)
{
	*ret_name = 0;
	if (!text)
		return 0;
	return pnpn_token_decode(text, strlen(text), ret_name, size) < 0 ? -EBADMSG : 0;
}

/* GUIDs as we write them: there is one text of each. */
static int read_guid(const char *text, size_t length, struct pnpn_guid *ret_guid)
{
	char copy[PNPN_GUID_STRING], again[PNPN_GUID_STRING];

	if (length != PNPN_GUID_STRING - 1)
		return -EBADMSG;
	memcpy(copy, text, length);
	copy[length] = 0;
	if (pnpn_guid_from_string(copy, ret_guid) < 0)
		return -EBADMSG;
	pnpn_guid_to_string(ret_guid, again);
	return strcmp(copy, again) == 0 ? 0 : -EBADMSG;
}

static int read_classes(const char *text, struct pnpn_fleet_message *message)
{
	message->n_classes = 0;
	while (text && *text) {
		size_t length = strcspn(text, ",");
		if (message->n_classes == PNPN_FLEET_CLASSES ||
		    read_guid(text, length, &message->classes[message->n_classes++]) < 0)
			return -EBADMSG;
		text += length + (text[length] == ',');
	}
	return 0;
}

static int read_kind(const char *text, enum pnpn_event_kind *ret_kind)
{
	for (size_t i = 0; text && i < N_KINDS; i++) {
		if (!kinds[i] || strcmp(kinds[i], text) != 0)
			continue;
		*ret_kind = (enum pnpn_event_kind)i;
		return 0;
	}
	return -EBADMSG;
}

static int read_name_offset(const char *text, struct pnpn_fleet_message *message)
{
	uint64_t offset;

	message->name_offset = PNPN_NAME_OFFSET_NONE;
	if (!text || strcmp(text, "-1") == 0)
		return 0;
	if (read_number(text, &offset) < 0 || offset >= message->size)
		return -EBADMSG;
	message->name_offset = (int32_t)offset;
	return 0;
}

static int read_numbers(const char *const *headers, struct pnpn_fleet_message *message)
{
	if (read_number(headers[PNPN_FLEET_SINCE], &message->since) < 0 ||
	    read_number(headers[PNPN_FLEET_TIME], &message->time) < 0 ||
	    read_number(headers[PNPN_FLEET_LOST], &message->lost) < 0 ||
	    read_number(headers[PNPN_FLEET_SEQUENCE], &message->sequence) < 0)
		return -EBADMSG;
	return read_name_offset(headers[PNPN_FLEET_NAME_OFFSET], message);
}

static int read_names(const char *const *headers, struct pnpn_fleet_message *message)
{
	const char *guid = headers[PNPN_FLEET_GUID];

	memset(&message->guid, 0, sizeof(message->guid));
	if (guid && read_guid(guid, strlen(guid), &message->guid) < 0)
		return -EBADMSG;
	if (!headers[PNPN_FLEET_HOST] || !pnpn_host_is_valid(headers[PNPN_FLEET_HOST]))
		return -EBADMSG;
	strcpy(message->host, headers[PNPN_FLEET_HOST]);
	if (read_name(headers[PNPN_FLEET_BOOT], message->boot, sizeof(message->boot)) < 0 ||
	    read_name(headers[PNPN_FLEET_DEVICE], message->device, sizeof(message->device)) < 0 ||
	    read_name(headers[PNPN_FLEET_INTERFACE], message->interface,
		      sizeof(message->interface)) < 0)
		return -EBADMSG;
	return read_classes(headers[PNPN_FLEET_CLASSES_LIST], message);
}

/* An id that is one, written as managers write them. */
static int check_device(const char *device)
{
	char id[PNPN_INSTANCE_ID_BYTES];

	return pnpn_instance_id_normalize(device, id) < 0 || strcmp(id, device) != 0 ? -EBADMSG : 0;
}

static int check_kind(const struct pnpn_fleet_message *message)
{
	bool of_interface = message->kind == PNPN_EVENT_INTERFACE_ARRIVED ||
			    message->kind == PNPN_EVENT_INTERFACE_REMOVED;

	if (message->size > PNPN_DATA_MAX || of_interface != (*message->interface != 0))
		return -EBADMSG;
	if (message->kind != PNPN_EVENT_CUSTOM)
		return message->sequence ? -EBADMSG : 0;
	return !message->sequence || pnpn_report_check(&message->guid, message->size,
						       message->name_offset) < 0
		       ? -EBADMSG
		       : 0;
}

int pnpn_fleet_message_decode(const char *subject, const char *const headers[PNPN_FLEET_N_HEADERS],
			      const void *data, size_t size, struct pnpn_fleet_message *ret_message)
{
	struct pnpn_fleet_message message = {.data = data, .size = size};
	struct pnpn_fleet_text text;

	if (read_kind(headers[PNPN_FLEET_KIND], &message.kind) < 0 ||
	    read_names(headers, &message) < 0 || read_numbers(headers, &message) < 0 ||
	    check_device(message.device) < 0 || check_kind(&message) < 0)
		return -EBADMSG;
	/* What the server let pass is the subject: all that it says has to be what the headers say. */
	if (pnpn_fleet_message_encode(&message, &text) < 0 || strcmp(text.subject, subject) != 0)
		return -EBADMSG;
	*ret_message = message;
	return 0;
}
