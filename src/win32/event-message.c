/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <dbt.h>
#include <initguid.h>
#include <pnpn-events.h>

#include "core/utf.h"
#include "wincommon/utf.h"
#include "wincommon/wcs.h"
#include "win32/event-message.h"

/* Behind the data there are 4 zero bytes (U4). */
#define TAIL_BYTES 4

static const GUID null_guid;

static DEV_BROADCAST_HANDLE *make(const struct pnpn_event_target *target, const void *guid,
				  LONG name_offset, const void *data, size_t size)
{
	size_t bytes = offsetof(DEV_BROADCAST_HANDLE, dbch_data) + size + TAIL_BYTES;
	size_t room = bytes < sizeof(DEV_BROADCAST_HANDLE) ? sizeof(DEV_BROADCAST_HANDLE) : bytes;
	DEV_BROADCAST_HANDLE *message = malloc(room);

	if (!message)
		return NULL;
	*message = (DEV_BROADCAST_HANDLE){0};
	message->dbch_size = (DWORD)bytes;
	message->dbch_devicetype = DBT_DEVTYP_HANDLE;
	message->dbch_handle = target->handle;
	message->dbch_hdevnotify = target->notification;
	memcpy(&message->dbch_eventguid, guid, sizeof(message->dbch_eventguid));
	message->dbch_nameoffset = name_offset;
	memset(message->dbch_data + size, 0, TAIL_BYTES);
	if (size)
		memcpy(message->dbch_data, data, size);
	return message;
}

/* All strings that stand there, each with its zero; the last gets one if it has none. */
static size_t convert(const unsigned char *from, size_t from_bytes, char *to)
{
	size_t length = 0;

	do {
		size_t units = 0;
		while (2 * units + 1 < from_bytes && (from[2 * units] || from[2 * units + 1]))
			units++;
		length += pnpn_utf16_to_utf8(from, 2 * units, to + length) + 1;
		size_t used = 2 * (units + 1);
		from_bytes = used < from_bytes ? from_bytes - used : 0;
		from += used;
	} while (from_bytes > 1);
	return length;
}

/* For an ANSI window the text becomes UTF-8; what stands before it stays (U6). */
static void *make_ansi(const struct pnpn_event_target *target, const struct pnpn_event *event,
		       const unsigned char *data, size_t size)
{
	size_t offset = (size_t)pnpn_event_get_name_offset(event);
	/* Three bytes a unit, and a zero where there is no unit for it. */
	unsigned char *converted = malloc(offset + 3 * (size - offset) + 1);

	if (!converted)
		return NULL;
	memcpy(converted, data, offset);
	size_t length = convert(data + offset, size - offset, (char *)converted + offset);
	void *message = make(target, pnpn_event_get_guid(event), (LONG)offset, converted,
			     offset + length);
	free(converted);
	return message;
}

void *pnpn_event_message_custom(const struct pnpn_event_target *target,
				const struct pnpn_event *event)
{
	size_t size;
	const unsigned char *data = pnpn_event_get_data(event, &size);
	int32_t offset = pnpn_event_get_name_offset(event);

	if (!target->unicode && offset >= 0 && (size_t)offset < size)
		return make_ansi(target, event, data, size);
	return make(target, pnpn_event_get_guid(event), offset, data, size);
}

void *pnpn_event_message_lost(const struct pnpn_event_target *target, uint64_t count)
{
	return make(target, &GUID_PNPNOTIFY_EVENTS_LOST, -1, &count, sizeof(count));
}

void *pnpn_event_message_removed(const struct pnpn_event_target *target)
{
	return make(target, &null_guid, -1, NULL, 0);
}

/* name_bytes: with the final zero. */
static void *make_interface(const struct pnpn_event *event, size_t name_at, const void *name,
			    size_t name_bytes)
{
	size_t bytes = name_at + name_bytes;
	DEV_BROADCAST_DEVICEINTERFACE_W *message =
		calloc(1, bytes < sizeof(*message) ? sizeof(*message) : bytes);

	if (!message)
		return NULL;
	message->dbcc_size = (DWORD)bytes;
	message->dbcc_devicetype = DBT_DEVTYP_DEVICEINTERFACE;
	memcpy(&message->dbcc_classguid, pnpn_event_get_guid(event),
	       sizeof(message->dbcc_classguid));
	memcpy((char *)message + name_at, name, name_bytes);
	return message;
}

void *pnpn_event_message_interface(bool unicode, const struct pnpn_event *event)
{
	const char *name = pnpn_event_get_interface(event);

	if (!unicode)
		return make_interface(event, offsetof(DEV_BROADCAST_DEVICEINTERFACE_A, dbcc_name),
				      name, strlen(name) + 1);
	WCHAR *wide = pnpn_utf_widen(name);
	if (!wide)
		return NULL;
	void *message = make_interface(event, offsetof(DEV_BROADCAST_DEVICEINTERFACE_W, dbcc_name),
				       wide, (pnpn_wcslen(wide) + 1) * sizeof(*wide));
	free(wide);
	return message;
}

static void *make_volume(char letter)
{
	DEV_BROADCAST_VOLUME *message = calloc(1, sizeof(*message));

	if (!message)
		return NULL;
	message->dbcv_size = sizeof(*message);
	message->dbcv_devicetype = DBT_DEVTYP_VOLUME;
	message->dbcv_unitmask = 1u << (letter - 'A');
	return message;
}

/* name_bytes: with the final zero. */
static void *make_port(const void *name, size_t name_bytes)
{
	size_t bytes = offsetof(DEV_BROADCAST_PORT_W, dbcp_name) + name_bytes;
	DEV_BROADCAST_PORT_W *message = calloc(1,
					       bytes < sizeof(*message) ? sizeof(*message) : bytes);

	if (!message)
		return NULL;
	message->dbcp_size = (DWORD)bytes;
	message->dbcp_devicetype = DBT_DEVTYP_PORT;
	memcpy(message->dbcp_name, name, name_bytes);
	return message;
}

bool pnpn_event_message_named(const char *name, void **ret_message, void **ret_ansi)
{
	*ret_ansi = NULL;
	if (name[0] >= 'A' && name[0] <= 'Z' && strcmp(name + 1, ":") == 0) {
		*ret_message = make_volume(name[0]);
		return *ret_message;
	}
	WCHAR *wide = pnpn_utf_widen(name);
	*ret_message = wide ? make_port(wide, (pnpn_wcslen(wide) + 1) * sizeof(*wide)) : NULL;
	*ret_ansi = make_port(name, strlen(name) + 1);
	free(wide);
	return *ret_message && *ret_ansi;
}
