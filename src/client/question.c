/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include "client/bus.h"
#include "client/connection.h"
#include "client/export.h"
#include "client/question.h"
#include "core/port.h"

/* --- asking ----------------------------------------------------------------------------------------- */

static int make_event(struct pnpn_question *question, void *userdata)
{
	int r = pnpn_event_new(&question->event, PNPN_EVENT_ANSWERED, "", NULL, NULL, 0);

	if (r < 0)
		return r;
	question->event->question = question;
	question->event->userdata = userdata;
	question->event->text = question->connection->text;
	return 0;
}

int pnpn_question_new(struct pnpn_connection *connection, const struct pnpn_question_kind *kind,
		      void *result, void *userdata, struct pnpn_question **ret_question)
{
	struct pnpn_question *question = result ? calloc(1, sizeof(*question)) : NULL;

	if (!question) {
		kind->free_result(result);
		return -ENOMEM;
	}
	question->kind = kind;
	question->connection = connection;
	question->result = result;
	question->error = -EINPROGRESS;
	pnpn_list_append(&connection->questions, &question->link);
	int r = make_event(question, userdata);
	if (r >= 0)
		r = kind->ask(question);
	if (r < 0) {
		pnpn_question_free(question);
		return r;
	}
	*ret_question = question;
	return 0;
}

PNPN_EXPORT struct pnpn_question *pnpn_question_free(struct pnpn_question *question)
{
	if (!question)
		return NULL;
	/* One that was taken is valid as long as any. */
	struct pnpn_event *taken = question->connection->queued;
	if (taken && taken->question == question)
		taken->question = NULL;
	pnpn_event_free(question->event);
	pnpn_list_remove(&question->link);
	sd_bus_slot_unref(question->slot);
	if (question->result)
		question->kind->free_result(question->result);
	free(question);
	return NULL;
}

/* --- the answer ------------------------------------------------------------------------------------- */

static void tell(struct pnpn_question *question, int result)
{
	question->error = result;
	question->event->record.time = pnpn_port_now();
	pnpn_list_append(&question->connection->answered, &question->event->link);
	pnpn_connection_set_pending(question->connection);
}

int pnpn_question_on_answer(sd_bus_message *answer, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_question *question = userdata;
	int r = pnpn_bus_answer_errno(answer);
	bool more = false;

	question->slot = sd_bus_slot_unref(question->slot);
	if (r >= 0) {
		r = question->kind->read(question, answer);
		more = r == -EAGAIN;
	}
	if (more)
		r = question->kind->ask(question);
	if (!more || r < 0)
		tell(question, r);
	return 1;
}

void pnpn_questions_set_lost(struct pnpn_connection *connection)
{
	pnpn_list_for_each_safe (link, after, &connection->questions) {
		struct pnpn_question *question = pnpn_list_entry(link, struct pnpn_question, link);
		question->slot = sd_bus_slot_unref(question->slot);
		if (question->error == -EINPROGRESS)
			tell(question, -ENOTCONN);
	}
}

bool pnpn_questions_take(struct pnpn_connection *connection, const struct pnpn_event **ret_event)
{
	if (pnpn_list_is_empty(&connection->answered))
		return false;
	struct pnpn_event *event = pnpn_list_entry(connection->answered.next, struct pnpn_event,
						   link);
	pnpn_list_remove(&event->link);
	event->question->event = NULL;
	connection->queued = event;
	*ret_event = event;
	return true;
}

PNPN_EXPORT struct pnpn_question *pnpn_event_get_question(const struct pnpn_event *event)
{
	return event->question;
}

PNPN_EXPORT int pnpn_question_get_result(const struct pnpn_question *question)
{
	return question->error;
}

int pnpn_question_take(struct pnpn_question *question, const struct pnpn_question_kind *kind,
		       void **ret_result)
{
	if (question->kind != kind || !question->result)
		return -EINVAL;
	if (question->error < 0)
		return question->error;
	*ret_result = question->result;
	question->result = NULL;
	return question->error;
}
