/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/attachment.h"
#include "client/bus.h"
#include "client/connection.h"
#include "client/export.h"
#include "client/filter.h"
#include "client/registration.h"
#include "client/stream.h"
#include "core/port.h"
#include "core/name.h"

#define OPENED_FLAGS \
	(PNPN_REGISTER_HISTORY | PNPN_REGISTER_KERNEL_MODE | PNPN_REGISTER_QUERY_REMOVE)
#define DEVICE_FLAGS (OPENED_FLAGS | PNPN_REGISTER_WAIT | PNPN_REGISTER_EXISTING)
#define CLASS_FLAGS  (OPENED_FLAGS | PNPN_REGISTER_INTERFACES_ONLY | PNPN_REGISTER_EXISTING)

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
	if (registration->connection->held &&
	    registration->connection->held->registration == registration)
		registration->connection->held = NULL;
	pnpn_streams_forget(registration->connection, registration);
	pnpn_list_for_each_safe (link, after, &registration->known)
		pnpn_event_free(pnpn_list_entry(link, struct pnpn_event, link));
	pnpn_list_remove(&registration->link);
	sd_bus_slot_unref(registration->slot);
	free(registration->what);
	free(registration->events);
	free(registration);
	return NULL;
}

/* --- registering --------------------------------------------------------------------------------- */

static struct pnpn_registration *registration_new(struct pnpn_connection *connection,
						  const char *scope, const char *what,
						  unsigned int flags, void *userdata)
{
	struct pnpn_registration *registration = calloc(1, sizeof(*registration));
	char *copy = strdup(what);

	if (!registration || !copy) {
		free(registration);
		free(copy);
		return NULL;
	}
	registration->connection = connection;
	registration->scope = scope;
	registration->what = copy;
	registration->of_device = strcmp(scope, "device") == 0;
	registration->of_devices = strcmp(scope, "all") == 0;
	registration->waits = registration->again = flags & PNPN_REGISTER_WAIT;
	registration->flags = flags;
	registration->userdata = userdata;
	registration->number = ++connection->last_registration;
	pnpn_list_init(&registration->attachments);
	pnpn_list_init(&registration->known);
	pnpn_list_append(&connection->registrations, &registration->link);
	return registration;
}

/* What the manager is asked: a connection that is to last must know what it would lose. */
static uint32_t flags_asked(const struct pnpn_registration *registration)
{
	uint32_t flags = registration->flags;

	if (registration->waits)
		flags |= PNPN_REGISTER_TRACK;
	if (!registration->connection->session.lasting)
		return flags;
	if (!registration->of_device)
		flags |= PNPN_REGISTER_EXISTING;
	return flags | PNPN_REGISTER_TRACK;
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

/* Sent, and not waited for: the manager may be the reason why. */
static void unregister(struct pnpn_registration *registration)
{
	if (!registration->absent || registration->slot)
		(void)pnpn_bus_call_async(registration->connection, NULL, NULL, NULL, "Unregister",
					  "u", registration->number);
	pnpn_registration_free(registration);
}

/* What comes with the manager is told as it comes; one device is asked for by who knows that it is there. */
static bool may_wait(const struct pnpn_registration *registration)
{
	return registration->connection->error && registration->connection->session.lasting &&
	       (!registration->of_device || registration->waits);
}

/* One of a device that went comes back with the device, and one that waits for it begins without. */
static const char *scope_asked(const struct pnpn_registration *registration)
{
	return registration->of_device && registration->again ? "coming" : registration->scope;
}

static int ask_for(struct pnpn_registration *registration, const char *scope, const char *what)
{
	return pnpn_bus_call(registration->connection, NULL, "Register", "ussu",
			     registration->number, scope, what, flags_asked(registration));
}

static int ask_for_opened(struct pnpn_registration *registration)
{
	char *what;

	if (asprintf(&what, "%" PRIu64 " %s", registration->handle, registration->what) < 0)
		return -ENOMEM;
	int r = ask_for(registration, "handle", what);
	free(what);
	return r;
}

static int ask(struct pnpn_registration *registration)
{
	int r = -ENOTCONN;

	if (registration->handle)
		r = ask_for_opened(registration);
	else if (!may_wait(registration))
		r = ask_for(registration, scope_asked(registration), registration->what);
	/* The manager may have gone before we asked, and the asking have shown it. */
	registration->absent = r == -ENOTCONN && may_wait(registration);
	if (registration->absent)
		r = 0;
	/* The manager agreed, but the device's ring can't be mapped here. */
	if (r >= 0)
		r = registration->error;
	if (r >= 0)
		begin(registration);
	return r;
}

/* NULL: without memory. */
static int register_new(struct pnpn_registration *registration,
			struct pnpn_registration **ret_registration)
{
	int r = registration ? ask(registration) : -ENOMEM;

	if (!registration)
		return r;
	if (r < 0) {
		unregister(registration);
		return r;
	}
	if (ret_registration)
		*ret_registration = registration;
	return 0;
}

static int registration_make(struct pnpn_connection *connection, const char *scope, uint64_t handle,
			     const char *what, unsigned int flags, void *userdata,
			     struct pnpn_registration **ret_registration)
{
	struct pnpn_registration *registration = registration_new(connection, scope, what, flags,
								  userdata);

	if (registration)
		registration->handle = handle;
	return register_new(registration, ret_registration);
}

PNPN_EXPORT int pnpn_register_device(struct pnpn_connection *connection, const char *device,
				     unsigned int flags, void *userdata,
				     struct pnpn_registration **ret_registration)
{
	if (!device || flags & ~(unsigned int)DEVICE_FLAGS ||
	    (flags & PNPN_REGISTER_EXISTING && !(flags & PNPN_REGISTER_WAIT)))
		return -EINVAL;
	return registration_make(connection, "device", 0, device, flags, userdata,
				 ret_registration);
}

PNPN_EXPORT int pnpn_register_opened(struct pnpn_connection *connection, uint64_t handle,
				     const char *device, unsigned int flags, void *userdata,
				     struct pnpn_registration **ret_registration)
{
	if (!device || flags & ~(unsigned int)OPENED_FLAGS)
		return -EINVAL;
	/* Of a manager that is gone. */
	if (!handle)
		return -ENODEV;
	return registration_make(connection, "device", handle, device, flags, userdata,
				 ret_registration);
}

PNPN_EXPORT int pnpn_register_class(struct pnpn_connection *connection,
				    const struct pnpn_guid *interface_class, unsigned int flags,
				    void *userdata, struct pnpn_registration **ret_registration)
{
	if (!interface_class || flags & ~(unsigned int)CLASS_FLAGS)
		return -EINVAL;

	char text[PNPN_GUID_STRING];

	pnpn_guid_to_string(interface_class, text);
	return registration_make(connection, "class", 0, text, flags, userdata, ret_registration);
}

PNPN_EXPORT int pnpn_register_all(struct pnpn_connection *connection, unsigned int flags,
				  void *userdata, struct pnpn_registration **ret_registration)
{
	if (flags & ~(unsigned int)(CLASS_FLAGS | PNPN_REGISTER_DEVICES_ONLY))
		return -EINVAL;
	return registration_make(connection, "all", 0, "", flags, userdata, ret_registration);
}

static bool set_filter(struct pnpn_registration *registration, const struct pnpn_filter *filter)
{
	registration->of_devices = !filter->n_classes;
	registration->n_events = filter->n_events;
	if (!filter->n_events)
		return true;
	registration->events = reallocarray(NULL, filter->n_events, sizeof(*filter->events));
	if (!registration->events)
		return false;
	memcpy(registration->events, filter->events, filter->n_events * sizeof(*filter->events));
	return true;
}

PNPN_EXPORT int pnpn_register_filter(struct pnpn_connection *connection,
				     const struct pnpn_filter *filter, unsigned int flags,
				     void *userdata, struct pnpn_registration **ret_registration)
{
	unsigned int allowed = CLASS_FLAGS;

	if (!filter)
		return -EINVAL;
	if (!filter->n_classes)
		allowed |= PNPN_REGISTER_DEVICES_ONLY;
	if (flags & ~allowed)
		return -EINVAL;
	struct pnpn_registration *registration = registration_new(connection, "filter",
								  filter->lines, flags, userdata);
	if (registration && !set_filter(registration, filter))
		registration = pnpn_registration_free(registration);
	return register_new(registration, ret_registration);
}

PNPN_EXPORT struct pnpn_registration *pnpn_unregister(struct pnpn_registration *registration)
{
	if (!registration)
		return NULL;
	/* Gone on this side whatever the manager says: nothing of it is handed out any more. */
	struct pnpn_connection *connection = registration->connection;
	uint32_t number = registration->number;
	bool asked = !registration->absent || registration->slot;
	pnpn_registration_free(registration);
	if (asked)
		pnpn_bus_undo(connection, "Unregister", "u", number);
	return NULL;
}

/* --- another manager ------------------------------------------------------------------------------ */

/* Its interfaces, or its devices, as they are known to have been there. */
static void tell_gone(struct pnpn_registration *registration, enum pnpn_event_kind kind)
{
	pnpn_list_for_each_safe (link, after, &registration->known) {
		struct pnpn_event *event = pnpn_list_entry(link, struct pnpn_event, link);
		struct pnpn_stream *stream;
		if (event->kind != kind)
			continue;
		pnpn_list_remove(&event->link);
		if (pnpn_stream_get(registration->connection, event->device_number, event->device,
				    &stream) < 0) {
			pnpn_event_free(event);
			continue;
		}
		event->userdata = registration->userdata;
		event->position = UINT64_MAX;
		event->record.time = pnpn_port_now();
		pnpn_stream_tell(stream, event);
	}
}

void pnpn_registration_set_lost(struct pnpn_registration *registration)
{
	tell_gone(registration, PNPN_EVENT_INTERFACE_REMOVED);
	tell_gone(registration, PNPN_EVENT_DEVICE_REMOVED);
	registration->slot = sd_bus_slot_unref(registration->slot);
	registration->absent = true;
}

static int on_registered(sd_bus_message *answer, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_registration *registration = userdata;

	registration->slot = sd_bus_slot_unref(registration->slot);
	registration->absent = sd_bus_message_is_method_error(answer, NULL);
	if (registration->absent)
		pnpn_connection_set_incomplete(registration->connection);
	return 1;
}

void pnpn_registration_restore(struct pnpn_registration *registration)
{
	if (!registration->absent || registration->slot || registration->over)
		return;
	registration->again = true;
	if (pnpn_bus_call_async(registration->connection, &registration->slot, on_registered,
				registration, "Register", "ussu", registration->number,
				scope_asked(registration), registration->what,
				flags_asked(registration)) < 0)
		pnpn_connection_set_incomplete(registration->connection);
}
