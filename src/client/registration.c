/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/attachment.h"
#include "client/connection.h"
#include "client/export.h"
#include "client/registration.h"
#include "client/stream.h"
#include "core/name.h"

#define DEVICE_FLAGS (PNPN_REGISTER_HISTORY | PNPN_REGISTER_KERNEL_MODE)
#define CLASS_FLAGS  (DEVICE_FLAGS | PNPN_REGISTER_INTERFACES_ONLY | PNPN_REGISTER_EXISTING)

struct pnpn_registration *pnpn_registration_find(struct pnpn_connection *connection,
						 uint32_t number)
{
	pnpn_list_for_each_safe (link, after, &connection->registrations) {
		struct pnpn_registration *registration =
			pnpn_list_entry(link, struct pnpn_registration, link);
		if (registration->number == number)
			return registration;
	}
	return NULL;
}

struct pnpn_registration *pnpn_registration_free(struct pnpn_registration *registration)
{
	if (!registration)
		return NULL;
	pnpn_streams_forget(registration->connection, registration);
	pnpn_list_remove(&registration->link);
	free(registration);
	return NULL;
}

/* --- registering --------------------------------------------------------------------------------- */

static struct pnpn_registration *registration_new(struct pnpn_connection *connection,
						  unsigned int flags, void *userdata)
{
	struct pnpn_registration *registration = calloc(1, sizeof(*registration));

	if (!registration)
		return NULL;
	registration->connection = connection;
	registration->flags = flags;
	registration->userdata = userdata;
	registration->number = ++connection->last_registration;
	pnpn_list_init(&registration->attachments);
	pnpn_list_append(&connection->registrations, &registration->link);
	return registration;
}

/*
 * What was attached during the call begins where the rings stand now, not where they stood when the
 * manager answered: a registrant gets exactly what is accepted after the call returned (R12).
 */
static void begin(struct pnpn_registration *registration)
{
	registration->returned = true;
	pnpn_list_for_each_safe (link, after, &registration->attachments) {
		struct pnpn_attachment *attachment = pnpn_list_entry(link, struct pnpn_attachment,
								     link);
		if (registration->flags & PNPN_REGISTER_HISTORY)
			pnpn_ring_reader_seek_oldest(&attachment->reader);
		else
			pnpn_ring_reader_seek_head(&attachment->reader);
		if (!pnpn_attachment_settle(attachment))
			pnpn_stream_mark_ready(attachment->stream);
	}
	if (!pnpn_list_is_empty(&registration->connection->ready))
		pnpn_connection_set_pending(registration->connection);
}

static int registration_make(struct pnpn_connection *connection, const char *scope,
			     const char *what, unsigned int flags, void *userdata,
			     struct pnpn_registration **ret_registration)
{
	struct pnpn_registration *registration = registration_new(connection, flags, userdata);

	if (!registration)
		return -ENOMEM;
	int r = pnpn_connection_call(connection, NULL, "Register", "ussu", registration->number,
				     scope, what, flags);
	if (r < 0) {
		/* Also where the manager agreed but a ring could not be mapped here. */
		pnpn_unregister(registration);
		return r;
	}
	begin(registration);
	if (ret_registration)
		*ret_registration = registration;
	return 0;
}

PNPN_EXPORT int pnpn_register_device(struct pnpn_connection *connection, const char *device,
				     unsigned int flags, void *userdata,
				     struct pnpn_registration **ret_registration)
{
	if (!device || flags & ~(unsigned int)DEVICE_FLAGS)
		return -EINVAL;
	return registration_make(connection, "device", device, flags, userdata, ret_registration);
}

PNPN_EXPORT int pnpn_register_class(struct pnpn_connection *connection,
				    const struct pnpn_guid *interface_class, unsigned int flags,
				    void *userdata, struct pnpn_registration **ret_registration)
{
	if (!interface_class || flags & ~(unsigned int)CLASS_FLAGS)
		return -EINVAL;

	char text[PNPN_GUID_STRING];

	pnpn_guid_to_string(interface_class, text);
	return registration_make(connection, "class", text, flags, userdata, ret_registration);
}

PNPN_EXPORT int pnpn_register_all(struct pnpn_connection *connection, unsigned int flags,
				  void *userdata, struct pnpn_registration **ret_registration)
{
	if (flags & ~(unsigned int)(CLASS_FLAGS | PNPN_REGISTER_DEVICES_ONLY))
		return -EINVAL;
	return registration_make(connection, "all", "", flags, userdata, ret_registration);
}

PNPN_EXPORT struct pnpn_registration *pnpn_unregister(struct pnpn_registration *registration)
{
	if (!registration)
		return NULL;
	/* Gone on this side whatever the manager says: nothing of it is handed out any more. */
	struct pnpn_connection *connection = registration->connection;
	uint32_t number = registration->number;
	pnpn_registration_free(registration);
	(void)pnpn_connection_call(connection, NULL, "Unregister", "u", number);
	return NULL;
}

/* --- the manager's signals ------------------------------------------------------------------------ */

static struct pnpn_attachment *find_attachment(struct pnpn_registration *registration,
					       const struct pnpn_stream *stream)
{
	pnpn_list_for_each_safe (link, after, &registration->attachments) {
		struct pnpn_attachment *attachment = pnpn_list_entry(link, struct pnpn_attachment,
								     link);
		if (attachment->stream == stream && !attachment->detached)
			return attachment;
	}
	return NULL;
}

/* Where a signal says that it belongs. */
struct place {
	uint64_t device;
	uint64_t position;
};

/* Takes the event over. */
static int tell(struct pnpn_registration *registration, struct pnpn_event *event,
		const struct place *place)
{
	struct pnpn_stream *stream;
	int r = pnpn_stream_get(registration->connection, place->device, event->device, &stream);

	if (r < 0) {
		pnpn_event_free(event);
		return r;
	}
	event->registration = registration;
	event->userdata = registration->userdata;
	event->text = registration->connection->text;
	event->position = place->position;
	if (!event->record.time)
		event->record.time = pnpn_port_now();
	pnpn_stream_tell(stream, event);
	return 0;
}

static int tell_new(struct pnpn_registration *registration, enum pnpn_event_kind kind,
		    const char *instance_id, const struct place *place,
		    struct pnpn_event **ret_event)
{
	struct pnpn_event *event;
	int r = pnpn_event_new(&event, kind, instance_id, NULL, NULL, 0);

	if (r >= 0)
		r = tell(registration, event, place);
	if (r >= 0)
		*ret_event = event;
	return r;
}

static int handle_attached(struct pnpn_registration *registration, sd_bus_message *message)
{
	uint64_t device;
	const char *instance_id;
	int from_start;
	struct pnpn_attachment_fds fds;
	struct pnpn_stream *stream;
	int r = sd_bus_message_read(message, "tsbhhhh", &device, &instance_id, &from_start,
				    &fds.ring, &fds.wake, &fds.kick, &fds.page);

	if (r >= 0)
		r = pnpn_stream_get(registration->connection, device, instance_id, &stream);
	if (r < 0)
		return r;
	struct pnpn_attachment *attachment;
	r = pnpn_attachment_new(&attachment, stream, registration, &fds);
	if (r < 0)
		return r;
	if (from_start)
		pnpn_ring_reader_seek_start(&attachment->reader);
	else if (registration->returned)
		pnpn_ring_reader_seek(&attachment->reader, attachment->page->position);
	if (registration->returned)
		pnpn_stream_mark_ready(stream);
	return 0;
}

static int handle_detached(struct pnpn_registration *registration, sd_bus_message *message)
{
	struct place place;
	const char *instance_id;
	int removed;
	struct pnpn_stream *stream;
	int r = sd_bus_message_read(message, "ttsb", &place.device, &place.position, &instance_id,
				    &removed);

	if (r >= 0)
		r = pnpn_stream_get(registration->connection, place.device, instance_id, &stream);
	if (r < 0)
		return r;
	struct pnpn_attachment *attachment = find_attachment(registration, stream);
	struct pnpn_event *removal = NULL;
	if (removed)
		r = tell_new(registration, PNPN_EVENT_DEVICE_REMOVED, instance_id, &place,
			     &removal);
	if (r < 0 || !attachment)
		return r;
	attachment->detached = true;
	attachment->end = place.position;
	attachment->removal = removal;
	if (removal)
		removal->lost = attachment->lost_at_end;
	pnpn_stream_mark_ready(stream);
	return 0;
}

static int handle_event(struct pnpn_registration *registration, sd_bus_message *message)
{
	const char *instance_id, *guid_text;
	uint64_t sequence, time, lost;
	int32_t name_offset;
	const void *data;
	size_t size;
	struct pnpn_guid guid;
	int r = sd_bus_message_read(message, "ssttti", &instance_id, &guid_text, &sequence, &time,
				    &lost, &name_offset);

	if (r >= 0)
		r = sd_bus_message_read_array(message, 'y', &data, &size);
	if (r >= 0)
		r = pnpn_guid_from_string(guid_text, &guid);
	if (r < 0)
		return r;
	if (size > PNPN_DATA_MAX)
		return -EBADMSG;
	struct pnpn_event *event;
	r = pnpn_event_new(&event, PNPN_EVENT_CUSTOM, instance_id, NULL, data, size);
	if (r < 0)
		return r;
	memcpy(event->record.guid, &guid, sizeof(guid));
	event->record.sequence = sequence;
	event->record.time = time;
	event->lost = lost;
	event->record.name_offset = name_offset;
	return tell(registration, event, &(struct place){0});
}

static int handle_interface_changed(struct pnpn_registration *registration, sd_bus_message *message)
{
	struct place place;
	const char *instance_id, *name, *class_text;
	int enabled;
	struct pnpn_guid interface_class;
	int r = sd_bus_message_read(message, "ttsssb", &place.device, &place.position, &instance_id,
				    &name, &class_text, &enabled);

	if (r >= 0)
		r = pnpn_guid_from_string(class_text, &interface_class);
	if (r < 0)
		return r;
	struct pnpn_event *event;
	r = pnpn_event_new(&event,
			   enabled ? PNPN_EVENT_INTERFACE_ARRIVED : PNPN_EVENT_INTERFACE_REMOVED,
			   instance_id, name, NULL, 0);
	if (r < 0)
		return r;
	memcpy(event->record.guid, &interface_class, sizeof(interface_class));
	return tell(registration, event, &place);
}

static int handle_device_changed(struct pnpn_registration *registration, sd_bus_message *message)
{
	struct place place;
	const char *instance_id;
	struct pnpn_event *event;
	int arrived;
	int r = sd_bus_message_read(message, "ttsb", &place.device, &place.position, &instance_id,
				    &arrived);

	if (r < 0)
		return r;
	return tell_new(registration,
			arrived ? PNPN_EVENT_DEVICE_ARRIVED : PNPN_EVENT_DEVICE_REMOVED,
			instance_id, &place, &event);
}

static const struct {
	const char *member;
	int (*handle)(struct pnpn_registration *registration, sd_bus_message *message);
} signal_handlers[] = {
	{"Attached", handle_attached},
	{"Detached", handle_detached},
	{"Event", handle_event},
	{"InterfaceChanged", handle_interface_changed},
	{"DeviceChanged", handle_device_changed},
};

int pnpn_registration_handle_signal(struct pnpn_connection *connection, sd_bus_message *message)
{
	for (size_t i = 0; i < sizeof(signal_handlers) / sizeof(signal_handlers[0]); i++) {
		if (!sd_bus_message_is_signal(message, PNPN_MANAGER_INTERFACE,
					      signal_handlers[i].member))
			continue;
		uint32_t number;
		int r = sd_bus_message_read(message, "u", &number);
		if (r < 0)
			return r;
		struct pnpn_registration *registration = pnpn_registration_find(connection, number);
		/* Sent before the manager heard that it ended. */
		if (!registration)
			return 0;
		return signal_handlers[i].handle(registration, message);
	}
	return 0;
}
