/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/bus.h"
#include "client/connection.h"
#include "client/device.h"
#include "client/export.h"
#include "client/question.h"
#include "client/registration.h"
#include "client/removal.h"
#include "client/stream.h"
#include "core/port.h"
#include "core/removal.h"

/* --- what is told --------------------------------------------------------------------------------- */

struct news {
	uint64_t device, position;
	const char *instance_id;
	uint32_t what; /* enum pnpn_removal_news */
	uint64_t query;
};

static int read_news(sd_bus_message *message, struct news *ret_news)
{
	return sd_bus_message_read(message, "ttsut", &ret_news->device, &ret_news->position,
				   &ret_news->instance_id, &ret_news->what, &ret_news->query);
}

/* NULL for news of a later version. */
static int new_event(const struct news *news, struct pnpn_event **ret_event)
{
	static const enum pnpn_event_kind kinds[] = {
		[PNPN_REMOVAL_QUERY] = PNPN_EVENT_QUERY_REMOVE,
		[PNPN_REMOVAL_CANCELLED] = PNPN_EVENT_REMOVE_CANCELLED,
		[PNPN_REMOVAL_PENDING] = PNPN_EVENT_REMOVE_PENDING,
		[PNPN_REMOVAL_COMPLETE] = PNPN_EVENT_REMOVE_PENDING,
		[PNPN_REMOVAL_REMOVE] = PNPN_EVENT_REMOVE_PENDING,
		[PNPN_REMOVAL_SURPRISE] = PNPN_EVENT_SURPRISE_REMOVED,
	};

	*ret_event = NULL;
	if (news->what < PNPN_REMOVAL_QUERY || news->what > PNPN_REMOVAL_SURPRISE)
		return 0;
	int r = pnpn_event_new(ret_event, kinds[news->what], news->instance_id, NULL, NULL, 0);
	if (r < 0)
		return r;
	(*ret_event)->query = news->query;
	return 0;
}

int pnpn_removal_read(sd_bus_message *message, uint64_t *ret_device, uint64_t *ret_position,
		      struct pnpn_event **ret_event)
{
	struct news news;
	int r = read_news(message, &news);

	if (r >= 0)
		r = new_event(&news, ret_event);
	if (r < 0)
		return r;
	*ret_device = news.device;
	*ret_position = news.position;
	return 0;
}

/* --- the owner ------------------------------------------------------------------------------------ */

static int agree(struct pnpn_connection *connection, uint64_t query)
{
	return pnpn_bus_call_async(connection, NULL, NULL, NULL, "Answer", "tbs", query, 1, "");
}

/* Where it goes nothing is accepted any more, for the manager writes the removal next (D8). */
static int agree_for(struct pnpn_device *device, const struct news *news)
{
	if (device->gone)
		pnpn_ring_writer_close(&device->writer);
	return news->query ? agree(device->connection, news->query) : 0;
}

static int tell_owner(struct pnpn_device *device, const struct news *news)
{
	struct pnpn_stream *stream;
	struct pnpn_event *event;
	int r = pnpn_stream_get(device->connection, 0, NULL, &stream);

	if (r >= 0)
		r = new_event(news, &event);
	if (r < 0)
		return r;
	event->connection = device->connection;
	event->text = device->connection->text;
	event->record.time = pnpn_port_now();
	if (news->what == PNPN_REMOVAL_SURPRISE)
		device->surprise = news->query;
	pnpn_stream_tell(stream, event);
	return 0;
}

int pnpn_removal_handle_owner(struct pnpn_connection *connection, sd_bus_message *message)
{
	struct news news;
	int r = read_news(message, &news);

	if (r < 0)
		return r;
	struct pnpn_device *device = pnpn_device_find(connection, news.device);
	/* Told before the manager heard that it removed it. */
	if (!device || news.what < PNPN_REMOVAL_QUERY || news.what > PNPN_REMOVAL_SURPRISE)
		return 0;
	device->gone |= news.what == PNPN_REMOVAL_REMOVE || news.what == PNPN_REMOVAL_SURPRISE;
	return device->asked ? tell_owner(device, &news) : agree_for(device, &news);
}

PNPN_EXPORT void pnpn_device_set_asked(struct pnpn_device *device, bool asked)
{
	device->asked = asked;
}

/* --- answers -------------------------------------------------------------------------------------- */

/* A driver cannot refuse what is complete: that it takes the next event says that it has let go. */
void pnpn_removal_release(struct pnpn_connection *connection, const struct pnpn_event *event)
{
	if (event->kind == PNPN_EVENT_REMOVE_PENDING && event->registration && event->query)
		(void)agree(connection, event->query);
}

PNPN_EXPORT uint64_t pnpn_event_get_query(const struct pnpn_event *event)
{
	return event->kind == PNPN_EVENT_QUERY_REMOVE || event->kind == PNPN_EVENT_SURPRISE_REMOVED
		       ? event->query
		       : 0;
}

/* What was accepted stands before the removal that the manager writes (D8). */
static void close_surprised(struct pnpn_connection *connection, uint64_t query)
{
	pnpn_list_for_each_safe (link, after, &connection->devices) {
		struct pnpn_device *device = pnpn_list_entry(link, struct pnpn_device, link);
		if (query && device->surprise == query)
			pnpn_ring_writer_close(&device->writer);
	}
}

PNPN_EXPORT int pnpn_connection_answer(struct pnpn_connection *connection, uint64_t query,
				       bool agrees, const char *who)
{
	close_surprised(connection, query);
	return pnpn_bus_call(connection, NULL, "Answer", "tbs", query, (int)agrees, who ?: "");
}

PNPN_EXPORT int pnpn_event_answer(const struct pnpn_event *event, bool agrees, const char *who)
{
	if (!pnpn_event_get_query(event) || !event->connection)
		return -EINVAL;
	return pnpn_connection_answer(event->connection, event->query, agrees, who);
}

/* --- having one removed --------------------------------------------------------------------------- */

static enum pnpn_veto_kind read_kind(const char *text)
{
	static const char *const kinds[] = {
		[PNPN_VETO_APPLICATION] = "application",
		[PNPN_VETO_DRIVER] = "driver",
		[PNPN_VETO_HANDLE] = "handle",
		[PNPN_VETO_OWNER] = "owner",
	};

	for (unsigned int i = PNPN_VETO_APPLICATION; i < PNPN_VETO_OTHER; i++)
		if (strcmp(text, kinds[i]) == 0)
			return (enum pnpn_veto_kind)i;
	return PNPN_VETO_OTHER;
}

/* Returns 0 if it was removed; 1. */
static int read_verdict(sd_bus_message *reply, struct pnpn_veto *ret_veto)
{
	struct pnpn_veto veto = {0};
	const char *kind, *who;
	int removed;
	int r = sd_bus_message_read(reply, "bsus", &removed, &kind, &veto.pid, &who);

	if (r < 0 || removed)
		return r < 0 ? r : 0;
	veto.kind = read_kind(kind);
	strncpy(veto.who, who, sizeof(veto.who) - 1);
	*ret_veto = veto;
	return 1;
}

/* A later program's structure may be longer. */
static void give_veto(const struct pnpn_veto *veto, struct pnpn_veto *ret_veto, size_t veto_size)
{
	memset(ret_veto, 0, veto_size);
	*ret_veto = *veto;
}

PNPN_EXPORT int pnpn_remove(struct pnpn_connection *connection, const char *device,
			    unsigned int flags, struct pnpn_veto *ret_veto, size_t veto_size)
{
	sd_bus_message *reply = NULL;
	struct pnpn_veto veto;

	if (!device || (ret_veto && veto_size < sizeof(*ret_veto)))
		return -EINVAL;
	int r = pnpn_bus_call_patiently(connection, &reply, "Remove", "su", device, flags);
	if (r >= 0)
		r = read_verdict(reply, &veto);
	sd_bus_message_unref(reply);
	if (r == 1 && ret_veto)
		give_veto(&veto, ret_veto, veto_size);
	return r;
}

/* What is asked for, then what came of it. */
struct asked {
	const char *device;
	unsigned int flags;
	struct pnpn_veto veto;
};

static int ask(struct pnpn_question *question)
{
	const struct asked *asked = question->result;

	return pnpn_question_call(question, "Remove", "su", asked->device, asked->flags);
}

static int read_answer(struct pnpn_question *question, sd_bus_message *answer)
{
	struct asked *asked = question->result;

	return read_verdict(answer, &asked->veto);
}

static const struct pnpn_question_kind question_kind = {
	.ask = ask,
	.read = read_answer,
	.free_result = free,
};

PNPN_EXPORT int pnpn_ask_removal(struct pnpn_connection *connection, const char *device,
				 unsigned int flags, void *userdata,
				 struct pnpn_question **ret_question)
{
	if (!device)
		return -EINVAL;
	struct asked *asked = calloc(1, sizeof(*asked));
	if (asked)
		*asked = (struct asked){.device = device, .flags = flags};
	return pnpn_question_new(connection, &question_kind, asked, userdata, ret_question);
}

PNPN_EXPORT int pnpn_question_take_veto(struct pnpn_question *question, struct pnpn_veto *ret_veto,
					size_t veto_size)
{
	const struct asked *asked = question->result;

	if (question->kind != &question_kind || veto_size < sizeof(*ret_veto))
		return -EINVAL;
	if (question->error == 1)
		give_veto(&asked->veto, ret_veto, veto_size);
	return question->error;
}
