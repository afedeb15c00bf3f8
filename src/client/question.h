/* SPDX-License-Identifier: MIT */
/* What the manager was asked and is not waited for: it is answered by callbacks of the bus, and told as an event. */
#ifndef PNPN_CLIENT_QUESTION_H
#define PNPN_CLIENT_QUESTION_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>
#include <pnpnotify.h>
#include "core/list.h"

/** What is asked for; a table of functions for each. */
struct pnpn_question_kind {
	/** Asks for the next part of the result, with on_answer of the question. Returns 0; an errno. */
	int (*ask)(struct pnpn_question *question);
	/** Reads the answer into the result. Returns 0, or 1 of a removal; -EAGAIN if there is more to ask for; an errno. */
	int (*read)(struct pnpn_question *question, sd_bus_message *answer);
	/** Frees the result. */
	void (*free_result)(void *result);
};

struct pnpn_question {
	const struct pnpn_question_kind *kind;
	struct pnpn_connection *connection;
	struct pnpn_list link; /* in the connection */
	sd_bus_slot *slot; /* an answer is waited for */
	struct pnpn_event *
		event; /* what tells of the answer: made before, since then there may be no memory */
	void *result;
	int error; /* -EINPROGRESS before the answer */
	uint64_t from; /* where the next part of the result begins */
	uint32_t from_row;
};

/**
 * pnpn_question_new() - ask
 * @result: of that kind, empty; taken over, even where this fails; NULL: there was no memory for it
 *
 * Returns 0; an errno.
 */
int pnpn_question_new(struct pnpn_connection *connection, const struct pnpn_question_kind *kind,
		      void *result, void *userdata, struct pnpn_question **ret_question);

/** Asks the manager: pnpn_bus_call_async() whose answer is the question's. */
#define pnpn_question_call(question, ...)                                                       \
	pnpn_bus_call_async((question)->connection, &(question)->slot, pnpn_question_on_answer, \
			    question, __VA_ARGS__)

/** What comes back is read by the question's kind, then told. */
int pnpn_question_on_answer(sd_bus_message *answer, void *userdata, sd_bus_error *ret_error);

/** The result of that kind, which becomes the caller's. Returns as pnpn_question_get_result(); -EINVAL. */
int pnpn_question_take(struct pnpn_question *question, const struct pnpn_question_kind *kind,
		       void **ret_result);

/** The manager is gone: nothing is answered any more. */
void pnpn_questions_set_lost(struct pnpn_connection *connection);

/** The next answer as an event; the last event was released. */
bool pnpn_questions_take(struct pnpn_connection *connection, const struct pnpn_event **ret_event);

#endif
