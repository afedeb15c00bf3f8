/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/attachment.h"
#include "client/bus.h"
#include "client/connection.h"
#include "client/stream.h"

/* Looks at streams for one pnpn_next_event(), whatever hostile owners do. */
#define LOOKS 256

/* What the manager may have told at once. */
#define TOLD_MOST 64

/* Events from one stream before another one that has some gets its turn. */
#define STREAK 64

static struct pnpn_attachment *attachment_at(struct pnpn_list *link)
{
	return pnpn_list_entry(link, struct pnpn_attachment, stream_link);
}

static struct pnpn_event *event_at(struct pnpn_list *link)
{
	return pnpn_list_entry(link, struct pnpn_event, link);
}

static struct pnpn_stream *stream_at(struct pnpn_list *link)
{
	return pnpn_list_entry(link, struct pnpn_stream, link);
}

/* --- which there are ------------------------------------------------------------------------------ */

static struct pnpn_stream *find_number(struct pnpn_connection *connection, uint64_t device)
{
	pnpn_list_for_each_safe (link, after, &connection->streams)
		if (stream_at(link)->device == device && !stream_at(link)->closed)
			return stream_at(link);
	return NULL;
}

static struct pnpn_stream *find_id(struct pnpn_connection *connection, const char *instance_id)
{
	pnpn_list_for_each_safe (link, after, &connection->streams)
		if (stream_at(link)->instance_id &&
		    strcmp(stream_at(link)->instance_id, instance_id) == 0)
			return stream_at(link);
	return NULL;
}

int pnpn_stream_get(struct pnpn_connection *connection, uint64_t device, const char *instance_id,
		    struct pnpn_stream **ret_stream)
{
	struct pnpn_stream *stream = find_number(connection, device);

	if (stream) {
		*ret_stream = stream;
		return 0;
	}
	stream = calloc(1, sizeof(*stream));
	char *id = device ? strdup(instance_id) : NULL;
	if (!stream || (device && !id)) {
		free(stream);
		free(id);
		return -ENOMEM;
	}
	stream->connection = connection;
	stream->device = device;
	stream->instance_id = id;
	stream->behind = device && find_id(connection, instance_id);
	pnpn_list_init(&stream->ready_link);
	pnpn_list_init(&stream->attachments);
	pnpn_list_init(&stream->told);
	pnpn_list_append(&connection->streams, &stream->link);
	*ret_stream = stream;
	return 0;
}

void pnpn_stream_mark_ready(struct pnpn_stream *stream)
{
	stream->connection->run = 0;
	if (!stream->behind && pnpn_list_is_empty(&stream->ready_link))
		pnpn_list_append(&stream->connection->ready, &stream->ready_link);
}

static void stream_free(struct pnpn_stream *stream)
{
	struct pnpn_connection *connection = stream->connection;

	pnpn_list_remove(&stream->link);
	pnpn_list_remove(&stream->ready_link);
	/* The next device of its id, if there is one already, has its turn. */
	struct pnpn_stream *next = stream->device ? find_id(connection, stream->instance_id) : NULL;
	if (next && next->behind) {
		next->behind = false;
		pnpn_stream_mark_ready(next);
	}
	free(stream->instance_id);
	free(stream);
}

/* Without attachments and events there is nothing to remember. */
static void free_if_empty(struct pnpn_stream *stream)
{
	if (pnpn_list_is_empty(&stream->attachments) && pnpn_list_is_empty(&stream->told))
		stream_free(stream);
}

void pnpn_stream_add(struct pnpn_stream *stream, struct pnpn_attachment *attachment)
{
	attachment->stream = stream;
	pnpn_list_append(&stream->attachments, &attachment->stream_link);
}

void pnpn_stream_tell(struct pnpn_stream *stream, struct pnpn_event *event)
{
	pnpn_list_append(&stream->told, &event->link);
	pnpn_stream_mark_ready(stream);
}

/* The attachment goes: at once, or when its last event is released. */
static void bury(struct pnpn_connection *connection, struct pnpn_attachment *attachment)
{
	if (connection->taken_from != attachment) {
		pnpn_attachment_free(attachment);
		return;
	}
	/* The event that was taken still points to its instance id. */
	pnpn_attachment_publish(attachment);
	pnpn_list_remove(&attachment->link);
	pnpn_list_remove(&attachment->stream_link);
	attachment->registration = NULL;
	attachment->stream = NULL;
	connection->taken_from = NULL;
	connection->graveyard = attachment;
}

void pnpn_streams_forget(struct pnpn_connection *connection,
			 const struct pnpn_registration *registration)
{
	connection->run = 0;
	pnpn_list_for_each_safe (link, after, &connection->streams) {
		struct pnpn_stream *stream = stream_at(link);
		pnpn_list_for_each_safe (hold, after_hold, &stream->attachments)
			if (attachment_at(hold)->registration == registration)
				bury(connection, attachment_at(hold));
		pnpn_list_for_each_safe (told, after_told, &stream->told)
			if (event_at(told)->registration == registration)
				pnpn_event_free(event_at(told));
		free_if_empty(stream);
	}
}

void pnpn_streams_close(struct pnpn_connection *connection)
{
	pnpn_list_for_each_safe (link, after, &connection->streams) {
		struct pnpn_stream *stream = stream_at(link);
		stream->closed = true;
		pnpn_list_for_each_safe (hold, after_hold, &stream->attachments)
			pnpn_attachment_end_now(attachment_at(hold));
		pnpn_stream_mark_ready(stream);
	}
}

void pnpn_streams_free(struct pnpn_connection *connection)
{
	pnpn_list_for_each_safe (link, after, &connection->streams) {
		struct pnpn_stream *stream = stream_at(link);
		pnpn_list_for_each_safe (hold, after_hold, &stream->attachments)
			pnpn_attachment_free(attachment_at(hold));
		pnpn_list_for_each_safe (told, after_told, &stream->told)
			pnpn_event_free(event_at(told));
		stream_free(stream);
	}
}

/* --- taking --------------------------------------------------------------------------------------- */

void pnpn_streams_release(struct pnpn_connection *connection)
{
	if (connection->taken_from)
		pnpn_attachment_release(connection->taken_from);
	connection->taken_from = NULL;
	if (connection->queued)
		connection->queued = pnpn_event_free(connection->queued);
	if (connection->graveyard)
		connection->graveyard = pnpn_attachment_free(connection->graveyard);
}

/*
 * Whose ring is to be read next: the one that is furthest behind, so that all registrations get an event before
 * any gets the next one. Below the limit only: there stands what the manager told.
 */
static struct pnpn_attachment *pick(struct pnpn_stream *stream, uint64_t limit)
{
	struct pnpn_attachment *first = NULL;

	pnpn_list_for_each_safe (link, after, &stream->attachments) {
		struct pnpn_attachment *attachment = attachment_at(link);
		if (!pnpn_attachment_has_more(attachment, limit)) {
			if (attachment->detached && attachment->end <= limit)
				pnpn_attachment_free(attachment);
		} else if (!first || attachment->reader.position < first->reader.position) {
			first = attachment;
		}
	}
	return first;
}

/* Whether there is nothing to choose from: one ring, and nothing told beside it. */
static bool is_single(const struct pnpn_stream *stream)
{
	return pnpn_list_is_empty(&stream->told) &&
	       stream->attachments.next->next == &stream->attachments;
}

/* Then what comes next in its turn is its next record, until anything is told or asked for. */
static void begin_run(struct pnpn_stream *stream)
{
	struct pnpn_connection *connection = stream->connection;

	/* Beside this one and the one with which its turn ends. */
	if (!is_single(stream) || connection->streak + 2 >= STREAK)
		return;
	connection->run = STREAK - 2 - connection->streak;
	connection->streak += connection->run;
	connection->asked += connection->run;
}

bool pnpn_streams_go_on(struct pnpn_connection *connection, const struct pnpn_event **ret_event)
{
	struct pnpn_attachment *attachment = connection->taken_from;

	if (!connection->run)
		return false;
	pnpn_attachment_release(attachment);
	if (attachment->reader.position < attachment->reader.head &&
	    pnpn_attachment_next(attachment, connection->buffer, &connection->current)) {
		connection->run--;
		*ret_event = &connection->current;
		return true;
	}
	connection->streak -= connection->run;
	connection->asked -= connection->run;
	connection->run = 0;
	return false;
}

static const struct pnpn_event *take_told(struct pnpn_stream *stream, struct pnpn_event *event)
{
	pnpn_list_remove(&event->link);
	stream->connection->queued = event;
	return event;
}

/* A device that the manager did not live to tell of, though its ring did (D8). */
static const struct pnpn_event *take_end(struct pnpn_stream *stream)
{
	struct pnpn_connection *connection = stream->connection;

	pnpn_list_for_each_safe (link, after, &stream->attachments) {
		struct pnpn_attachment *attachment = attachment_at(link);
		if (!attachment->ended || attachment->removed || connection->session.lasting) {
			pnpn_attachment_free(attachment);
			continue;
		}
		attachment->removed = true;
		pnpn_attachment_fill_removed(attachment, connection->buffer, &connection->current);
		connection->taken_from = attachment;
		return &connection->current;
	}
	return NULL;
}

/* The others' turn. */
static void pass(struct pnpn_stream *stream)
{
	pnpn_list_remove(&stream->ready_link);
	pnpn_stream_mark_ready(stream);
}

/* Nothing is left: it sleeps, or ends. */
static void rest(struct pnpn_stream *stream)
{
	bool more = false;

	pnpn_list_remove(&stream->ready_link);
	pnpn_list_for_each_safe (link, after, &stream->attachments)
		more |= !pnpn_attachment_settle(attachment_at(link));
	if (more)
		pnpn_stream_mark_ready(stream);
	free_if_empty(stream);
}

/* The stream's next event, or NULL: then it may be gone. */
static const struct pnpn_event *take_from(struct pnpn_stream *stream)
{
	struct pnpn_connection *connection = stream->connection;
	struct pnpn_event *told = pnpn_list_is_empty(&stream->told) ? NULL
								    : event_at(stream->told.next);
	struct pnpn_attachment *attachment = pick(stream, told ? told->position : UINT64_MAX);
	const struct pnpn_event *event = NULL;

	if (attachment && pnpn_attachment_has_news(attachment)) {
		pass(stream);
		pnpn_bus_process(connection, TOLD_MOST);
		return NULL;
	}
	if (attachment) {
		if (!pnpn_attachment_next(attachment, connection->buffer, &connection->current)) {
			/* A hostile owner's garbage, perhaps without end. */
			pass(stream);
			return NULL;
		}
		connection->taken_from = attachment;
		begin_run(stream);
		return &connection->current;
	}
	if (told)
		return take_told(stream, told);
	if (stream->closed)
		event = take_end(stream);
	if (!event)
		rest(stream);
	return event;
}

bool pnpn_streams_take(struct pnpn_connection *connection, const struct pnpn_event **ret_event)
{
	for (int i = 0; i < LOOKS && !pnpn_list_is_empty(&connection->ready); i++) {
		struct pnpn_stream *stream = pnpn_list_entry(connection->ready.next,
							     struct pnpn_stream, ready_link);
		const struct pnpn_event *event = take_from(stream);
		if (!event) {
			connection->streak = 0;
			continue;
		}
		if (++connection->streak == STREAK) {
			connection->streak = 0;
			pass(stream);
		}
		*ret_event = event;
		return true;
	}
	if (!pnpn_list_is_empty(&connection->ready))
		pnpn_connection_set_pending(connection);
	return false;
}
