/* SPDX-License-Identifier: MIT */
/*
 * What the manager is asked without waiting for the answer.
 *
 * Part of pnpnotify.h, which says what holds for all of it: threads, what blocks, errors, sizes in bytes; the clause ids name the
 * contract.
 */
#ifndef PNPNOTIFY_QUESTION_H
#define PNPNOTIFY_QUESTION_H

#include <stddef.h>

#include <pnpnotify/event.h>
#include <pnpnotify/list.h>
#include <pnpnotify/removal.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What the manager was asked and is not waited for, from pnpn_ask_…(). */
struct pnpn_question;

/**
 * pnpn_ask_devices() - pnpn_list_devices() that is not waited for
 * @userdata:     pnpn_event_get_userdata() of the answer
 * @ret_question: the caller owns it and frees it with pnpn_question_free(), or it ends with the connection
 *
 * The manager is asked, PNPN_EVENT_ANSWERED tells that there is an answer, and it is taken with
 * pnpn_question_take_devices(). Many may be under way; they are answered in their order, but for removals. There is no
 * limit in time: who has waited long enough frees the question. When the manager goes the answer is -ENOTCONN, on a
 * lasting connection too. Never blocks. Returns 0; -ENOTCONN.
 */
int pnpn_ask_devices(struct pnpn_connection *connection, void *userdata,
		     struct pnpn_question **ret_question);

/** pnpn_ask_properties() - pnpn_get_properties(), as pnpn_ask_devices(). */
int pnpn_ask_properties(struct pnpn_connection *connection, const char *device, void *userdata,
			struct pnpn_question **ret_question);

/** pnpn_ask_status() - pnpn_get_status(), as pnpn_ask_devices(). */
int pnpn_ask_status(struct pnpn_connection *connection, void *userdata,
		    struct pnpn_question **ret_question);

/** pnpn_ask_usage() - pnpn_get_usage(), as pnpn_ask_devices(). */
int pnpn_ask_usage(struct pnpn_connection *connection, void *userdata,
		   struct pnpn_question **ret_question);

/** pnpn_ask_removal() - pnpn_remove(), as pnpn_ask_devices() (D5). Freeing the question does not take it back. */
int pnpn_ask_removal(struct pnpn_connection *connection, const char *device, unsigned int flags,
		     void *userdata, struct pnpn_question **ret_question);

/** The question that was answered; NULL in events of other kinds, in copies, and once it was freed. */
struct pnpn_question *pnpn_event_get_question(const struct pnpn_event *event);

/** What the function that waits would have returned; -EINPROGRESS before there is an answer. Never blocks. */
int pnpn_question_get_result(const struct pnpn_question *question);

/**
 * pnpn_question_take_devices() - the answer to pnpn_ask_devices()
 * @ret_list: the caller owns it, as of pnpn_list_devices()
 *
 * Never blocks. Returns as pnpn_question_get_result(); -EINVAL for another question, or if it was taken.
 */
int pnpn_question_take_devices(struct pnpn_question *question, struct pnpn_device_list **ret_list);
/** pnpn_question_take_properties() - of pnpn_ask_properties(); as pnpn_question_take_devices(). */
int pnpn_question_take_properties(struct pnpn_question *question,
				  struct pnpn_properties **ret_properties);
/** pnpn_question_take_status() - of pnpn_ask_status(); as pnpn_question_take_devices(). */
int pnpn_question_take_status(struct pnpn_question *question, struct pnpn_status **ret_status);
/** pnpn_question_take_usage() - of pnpn_ask_usage(); as pnpn_question_take_devices(). */
int pnpn_question_take_usage(struct pnpn_question *question, struct pnpn_usage_list **ret_list);
/** pnpn_question_take_veto() - who vetoed, of a pnpn_ask_removal() that returned 1; veto_size is sizeof(*ret_veto), as in
 *  pnpn_remove(). Never blocks. Returns as pnpn_question_get_result(); -EINVAL for another question. */
int pnpn_question_take_veto(struct pnpn_question *question, struct pnpn_veto *ret_veto,
			    size_t veto_size);

/** Frees it, answered or not: nothing of it is handed out any more. NULL is allowed. Returns NULL. */
struct pnpn_question *pnpn_question_free(struct pnpn_question *question);

#ifdef __cplusplus
}
#endif

#endif
