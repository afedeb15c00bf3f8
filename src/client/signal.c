/* SPDX-License-Identifier: MIT */
/* The manager's signals to registrants. */
#include <errno.h>
#include <string.h>

#include "client/attachment.h"
#include "client/bus.h"
#include "client/connection.h"
#include "client/registration.h"
#include "client/removal.h"
#include "client/stream.h"
#include "core/notification.h"
#include "core/port.h"

/* The longest name of a port or a volume, and its zero. */
#define ASSIGNED_UNITS 8

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

/* --- what a lasting connection knows to be there ----------------------------------------------------- */

static struct pnpn_event *find_known(struct pnpn_registration *registration,
				     enum pnpn_event_kind kind, const char *name)
{
	pnpn_list_for_each_safe (link, after, &registration->known) {
		struct pnpn_event *event = pnpn_list_entry(link, struct pnpn_event, link);
		const char *own =
			kind == PNPN_EVENT_INTERFACE_REMOVED ? event->interface : event->device;
		if (event->kind == kind && strcmp(own, name) == 0)
			return event;
	}
	return NULL;
}

/* What a port or a volume is called is the text of its coming and going (U16). */
static int interface_event_new(struct pnpn_event **ret_event, enum pnpn_event_kind kind,
			       const char *instance_id, const char *interface,
			       const struct pnpn_guid *class, const char *assigned)
{
	uint16_t text[ASSIGNED_UNITS] = {0};
	size_t units = strlen(assigned);
	bool has_text = *assigned && units < ASSIGNED_UNITS;

	for (size_t i = 0; has_text && i < units; i++)
		text[i] = (unsigned char)assigned[i];
	int r = pnpn_event_new(ret_event, kind, instance_id, interface, text,
			       has_text ? 2 * (units + 1) : 0);
	if (r < 0)
		return r;
	memcpy((*ret_event)->record.guid, class, sizeof(*class));
	(*ret_event)->record.name_offset = has_text ? 0 : PNPN_NAME_OFFSET_NONE;
	return 0;
}

/* Remembers what is to be told when the manager goes. It is forgotten once that was told for another reason. */
static int know(struct pnpn_registration *registration, enum pnpn_event_kind kind,
		const char *instance_id, const char *interface, const struct pnpn_guid *class,
		const char *assigned, const struct place *place)
{
	struct pnpn_event *event = find_known(registration, kind, interface ?: instance_id);

	if (!registration->connection->session.lasting)
		return 0;
	if (event) {
		event->device_number = place->device;
		return 0;
	}
	int r = class ? interface_event_new(&event, kind, instance_id, interface, class, assigned)
		      : pnpn_event_new(&event, kind, instance_id, NULL, NULL, 0);
	if (r < 0)
		return r;
	event->registration = registration;
	event->text = registration->connection->text;
	event->device_number = place->device;
	pnpn_list_append(&registration->known, &event->link);
	return 0;
}

static void forget(struct pnpn_registration *registration, enum pnpn_event_kind kind,
		   const char *name)
{
	pnpn_event_free(find_known(registration, kind, name));
}

/* Whether it is to be told that something is there: of what was there before only where that was asked for. */
static bool wants_arrival(const struct pnpn_registration *registration)
{
	return registration->returned || registration->flags & PNPN_REGISTER_EXISTING;
}

/* --- the signals ---------------------------------------------------------------------------------- */

/* A device with a ring has a number. */
static int get_ring_stream(struct pnpn_registration *registration, uint64_t device,
			   const char *instance_id, struct pnpn_stream **ret_stream)
{
	return device ? pnpn_stream_get(registration->connection, device, instance_id, ret_stream)
		      : -EBADMSG;
}

/*
 * No descriptors or no memory are left, or its owner has spoilt the ring. Who asks for this device alone is
 * answered so; the others lose it, and are told (R15).
 */
static int handle_unfollowed(struct pnpn_registration *registration, struct pnpn_stream *stream,
			     int error)
{
	struct place place = {.device = stream->device};
	struct pnpn_event *event;

	if (registration->of_device && !registration->returned) {
		registration->error = error;
		pnpn_stream_mark_ready(stream);
		return 0;
	}
	int r = tell_new(registration, PNPN_EVENT_LOST, stream->instance_id, &place, &event);
	if (r >= 0)
		event->lost = 1;
	return r;
}

/* Whether this tells of what was there when it was brought back to a manager. */
static bool is_restored(const struct pnpn_registration *registration)
{
	return registration->slot;
}

/* A manager that was restarted has new rings: nothing in them was reported while it was not there. */
static bool is_followed_from_start(const struct pnpn_attachment *attachment)
{
	return is_restored(attachment->registration) && attachment->connection->session.restarted &&
	       !attachment->of_kernel;
}

static int attach(struct pnpn_registration *registration, struct pnpn_stream *stream,
		  const struct pnpn_attachment_fds *fds, struct pnpn_attachment **ret_attachment)
{
	struct pnpn_attachment *attachment;
	int r = pnpn_attachment_new(&attachment, registration->connection, stream->instance_id,
				    fds);

	if (r < 0)
		return r;
	attachment->registration = registration;
	attachment->userdata = registration->userdata;
	attachment->events = registration->events;
	attachment->n_events = registration->n_events;
	attachment->kernel_mode = registration->flags & PNPN_REGISTER_KERNEL_MODE;
	pnpn_list_append(&registration->attachments, &attachment->link);
	pnpn_stream_add(stream, attachment);
	*ret_attachment = attachment;
	return 0;
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
		r = get_ring_stream(registration, device, instance_id, &stream);
	if (r < 0)
		return r;
	struct pnpn_attachment *attachment;
	r = attach(registration, stream, &fds, &attachment);
	if (r < 0)
		return handle_unfollowed(registration, stream, r);
	if (from_start || is_followed_from_start(attachment))
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
	pnpn_stream_mark_ready(stream);
	registration->over = registration->of_device && removed && !registration->waits;
	if (removed)
		r = tell_new(registration, PNPN_EVENT_DEVICE_REMOVED, instance_id, &place,
			     &removal);
	if (r < 0)
		return r;
	forget(registration, PNPN_EVENT_DEVICE_REMOVED, instance_id);
	if (!attachment)
		return 0;
	attachment->detached = true;
	pnpn_attachment_end(attachment, place.position);
	attachment->removal = removal;
	if (removal)
		removal->lost = attachment->lost_at_end;
	return 0;
}

/* The manager had no descriptors for it, or this user may have no more. */
static int handle_missed(struct pnpn_registration *registration, sd_bus_message *message)
{
	uint64_t device;
	const char *instance_id;
	struct pnpn_stream *stream;
	int r = sd_bus_message_read(message, "ts", &device, &instance_id);

	if (r >= 0)
		r = get_ring_stream(registration, device, instance_id, &stream);
	return r < 0 ? r : handle_unfollowed(registration, stream, -EDQUOT);
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
	if (pnpn_report_check(&guid, size, name_offset) < 0)
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
	const char *instance_id, *name, *class_text, *assigned;
	int enabled;
	struct pnpn_guid interface_class;
	int r = sd_bus_message_read(message, "ttsssbs", &place.device, &place.position,
				    &instance_id, &name, &class_text, &enabled, &assigned);

	if (r >= 0)
		r = pnpn_guid_from_string(class_text, &interface_class);
	if (r < 0)
		return r;
	/* Before whatever is in its ring. */
	if (is_restored(registration))
		place.position = 0;
	if (enabled)
		r = know(registration, PNPN_EVENT_INTERFACE_REMOVED, instance_id, name,
			 &interface_class, assigned, &place);
	if (r < 0 || (enabled && !wants_arrival(registration)))
		return r;
	struct pnpn_event *event;
	r = interface_event_new(
		&event, enabled ? PNPN_EVENT_INTERFACE_ARRIVED : PNPN_EVENT_INTERFACE_REMOVED,
		instance_id, name, &interface_class, assigned);
	if (r < 0)
		return r;
	r = tell(registration, event, &place);
	if (r >= 0 && !enabled)
		forget(registration, PNPN_EVENT_INTERFACE_REMOVED, name);
	return r;
}

/* Who asked for everything is told of each; who asked for one, when it is back, or who waits, each time. */
static bool is_device_told(const struct pnpn_registration *registration)
{
	return (registration->of_devices &&
		!(registration->flags & PNPN_REGISTER_INTERFACES_ONLY)) ||
	       (registration->of_device && registration->again);
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
	if (is_restored(registration))
		place.position = 0;
	if (arrived)
		r = know(registration, PNPN_EVENT_DEVICE_REMOVED, instance_id, NULL, NULL, NULL,
			 &place);
	if (r >= 0 && is_device_told(registration) && (!arrived || wants_arrival(registration)))
		r = tell_new(registration,
			     arrived ? PNPN_EVENT_DEVICE_ARRIVED : PNPN_EVENT_DEVICE_REMOVED,
			     instance_id, &place, &event);
	if (r >= 0 && !arrived)
		forget(registration, PNPN_EVENT_DEVICE_REMOVED, instance_id);
	return r;
}

static int handle_removal(struct pnpn_registration *registration, sd_bus_message *message)
{
	struct place place;
	struct pnpn_event *event;
	int r = pnpn_removal_read(message, &place.device, &place.position, &event);

	if (r < 0 || !event)
		return r;
	event->connection = registration->connection;
	return tell(registration, event, &place);
}

static const struct {
	const char *member;
	int (*handle)(struct pnpn_registration *registration, sd_bus_message *message);
} signal_handlers[] = {
	{"Attached", handle_attached},
	{"Detached", handle_detached},
	{"Missed", handle_missed},
	{"Event", handle_event},
	{"InterfaceChanged", handle_interface_changed},
	{"DeviceChanged", handle_device_changed},
	{"Removal", handle_removal},
};

int pnpn_registration_handle_signal(struct pnpn_connection *connection, sd_bus_message *message)
{
	for (size_t i = 0; i < sizeof(signal_handlers) / sizeof(signal_handlers[0]); i++) {
		if (!sd_bus_message_is_signal(message, PNPN_BUS_INTERFACE,
					      signal_handlers[i].member))
			continue;
		uint32_t number;
		int r = sd_bus_message_read(message, "u", &number);
		if (r < 0)
			return r;
		if (!number)
			return pnpn_removal_handle_owner(connection, message);
		struct pnpn_registration *registration = pnpn_registration_find(connection, number);
		/* Sent before the manager heard that it ended. */
		if (!registration)
			return 0;
		return signal_handlers[i].handle(registration, message);
	}
	return 0;
}
