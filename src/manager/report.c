/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include "core/notification.h"
#include "core/protocol.h"
#include "manager/access.h"
#include "manager/limits.h"
#include "manager/node.h"
#include "manager/peer.h"
#include "manager/pump.h"
#include "manager/report.h"

static int read_request(struct pnpn_request *request)
{
	sd_bus_message *call = request->call;
	int r = sd_bus_message_read(call, "ssi", &request->device, &request->guid_text,
				    &request->name_offset);

	if (r >= 0)
		r = sd_bus_message_read_array(call, 'y', &request->data, &request->size);
	if (r >= 0)
		r = pnpn_guid_from_string(request->guid_text, &request->guid);
	if (r >= 0)
		r = pnpn_report_check(&request->guid, request->size, request->name_offset);
	return r;
}

/* What a device's owner is asked for; it ends with the slot of the call to the owner. */
struct question {
	struct pnpn_list link; /* in the peer that asked */
	struct pnpn_peer *peer;
	sd_bus_slot *slot; /* floating: the owner's bus keeps it */
	sd_bus_message *call;
	bool answered;
};

/* Whoever would wait in vain for an answer is told why, or by the end of the connection. */
static void answered(struct question *question, int r)
{
	question->answered = true;
	if (r == -ENOMEM)
		r = sd_bus_reply_method_errno(question->call, -ENOMEM, NULL);
	if (r < 0)
		pnpn_peer_doom(question->peer);
	pnpn_pump_wake(question->peer->pump);
}

/* The owner's answer becomes ours. */
static int on_answer(sd_bus_message *answer, void *userdata, sd_bus_error *ret_error)
{
	struct question *question = userdata;
	const sd_bus_error *error = sd_bus_message_get_error(answer);

	if (sd_bus_error_has_name(error, SD_BUS_ERROR_NO_REPLY))
		answered(question, sd_bus_reply_method_errno(question->call, -ETIMEDOUT, NULL));
	else if (error)
		answered(question, sd_bus_reply_method_error(question->call, error));
	else
		answered(question, sd_bus_reply_method_return(question->call, NULL));
	return 0;
}

/* Answered, cancelled, or the owner's connection is gone. */
static void question_end(void *userdata)
{
	struct question *question = userdata;

	if (!question->answered)
		answered(question, sd_bus_reply_method_errno(question->call, -ENODEV, NULL));
	pnpn_discharge(&question->peer->account, PNPN_RESOURCE_CALLS, 1);
	pnpn_list_remove(&question->link);
	sd_bus_message_unref(question->call);
	free(question);
}

void pnpn_reports_cancel(struct pnpn_peer *peer)
{
	pnpn_list_for_each_safe (link, after, &peer->questions) {
		struct question *question = pnpn_list_entry(link, struct question, link);
		question->answered = true;
		/* Ours, then no longer the bus's, then nobody's. */
		sd_bus_slot *slot = sd_bus_slot_ref(question->slot);
		sd_bus_slot_set_floating(slot, false);
		sd_bus_slot_unref(slot);
	}
}

static int new_question_message(const struct pnpn_node *node, const struct pnpn_request *request,
				sd_bus_message **ret_message)
{
	sd_bus_message *message = NULL;
	int r = sd_bus_message_new_method_call(node->owner->bus, &message, node->owner->name,
					       PNPN_OWNER_PATH, PNPN_OWNER_INTERFACE, "Report");

	if (r >= 0)
		r = sd_bus_message_append(message, "tsi", node->entry.number, request->guid_text,
					  request->name_offset);
	if (r >= 0)
		r = sd_bus_message_append_array(message, 'y', request->data, request->size);
	if (r < 0) {
		sd_bus_message_unref(message);
		return r;
	}
	*ret_message = message;
	return 0;
}

/* It waits in the owner's queue, which is the owner's to pay for: one that is full takes no more. */
static int send_question(struct question *question, struct pnpn_peer *owner,
			 sd_bus_message *message, size_t bytes)
{
	int r = pnpn_outbox_reserve(owner, bytes, 0);

	if (r < 0)
		return -EBUSY;
	r = sd_bus_call_async(owner->bus, &question->slot, message, on_answer, question,
			      PNPN_REPORT_TIMEOUT_USEC);
	if (r < 0) {
		pnpn_outbox_cancel(owner, bytes, 0);
		return r;
	}
	sd_bus_slot_set_destroy_callback(question->slot, question_end);
	sd_bus_slot_set_floating(question->slot, true);
	sd_bus_slot_unref(question->slot);
	if (pnpn_outbox_sent(owner, bytes, 0) < 0)
		pnpn_peer_doom(owner);
	pnpn_pump_wake(owner->pump);
	return 0;
}

static int question_new(struct question **ret_question, struct pnpn_peer *peer,
			sd_bus_message *call)
{
	int r = pnpn_charge(&peer->account, PNPN_RESOURCE_CALLS, 1);

	if (r < 0)
		return r;
	struct question *question = calloc(1, sizeof(*question));
	if (!question) {
		pnpn_discharge(&peer->account, PNPN_RESOURCE_CALLS, 1);
		return -ENOMEM;
	}
	question->peer = peer;
	question->call = sd_bus_message_ref(call);
	pnpn_list_append(&peer->questions, &question->link);
	*ret_question = question;
	return 0;
}

int pnpn_report_ask_owner(struct pnpn_node *node, const struct pnpn_request *request)
{
	sd_bus_message *message = NULL;
	struct question *question;
	int r = question_new(&question, request->peer, request->call);

	if (r < 0)
		return r;
	r = new_question_message(node, request, &message);
	if (r >= 0)
		r = send_question(question, node->owner, message, request->size + 256);
	sd_bus_message_unref(message);
	if (r < 0) {
		/* The error is the answer. */
		question->answered = true;
		question_end(question);
	}
	return r < 0 ? r : 1;
}

int pnpn_report_done(const struct pnpn_request *request)
{
	if (sd_bus_reply_method_return(request->call, NULL) < 0)
		pnpn_peer_doom(request->peer);
	return 1;
}

int pnpn_report_by_hand_handle(struct pnpn_peer *peer, sd_bus_message *call)
{
	struct pnpn_request request = {.peer = peer, .call = call};
	int r = read_request(&request);

	if (r < 0)
		return r;
	struct pnpn_node *node = pnpn_node_find(peer->server, request.device);
	if (!node)
		return -ENOENT;
	if (!pnpn_access_allows(&node->access, peer, PNPN_RIGHT_REPORT))
		return -EACCES;
	return node->kind->report(node, &request);
}
