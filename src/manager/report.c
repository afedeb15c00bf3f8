/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "core/notification.h"
#include "manager/interface.h"
#include "manager/limits.h"
#include "manager/node.h"
#include "manager/peer.h"
#include "manager/report.h"
#include "manager/server.h"
#include "source/source-kernel.h"

struct request {
	const char *device;
	struct pnpn_guid guid;
	const char *guid_text;
	int32_t name_offset;
	const void *data;
	size_t size;
};

static int read_request(sd_bus_message *call, struct request *request)
{
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

/* The owner's answer becomes ours. */
static int on_answer(sd_bus_message *answer, void *userdata, sd_bus_error *ret_error)
{
	sd_bus_message *call = userdata;
	const sd_bus_error *error = sd_bus_message_get_error(answer);

	/* The caller may have gone: then there is nobody to tell. */
	if (sd_bus_error_has_name(error, SD_BUS_ERROR_NO_REPLY))
		(void)sd_bus_reply_method_errno(call, -ETIMEDOUT, NULL);
	else if (error)
		(void)sd_bus_reply_method_error(call, error);
	else
		(void)sd_bus_reply_method_return(call, NULL);
	return 0;
}

static void drop_call(void *userdata)
{
	sd_bus_message_unref(userdata);
}

/* Never waited for: the owner may be slow, stopped or hostile. */
static int ask_owner(const struct pnpn_node *node, const struct request *request,
		     sd_bus_message *call)
{
	sd_bus_message *question = NULL;
	sd_bus_slot *slot = NULL;
	sd_bus *bus = node->owner->bus;
	int r = sd_bus_message_new_method_call(bus, &question, node->owner->name, PNPN_OWNER_PATH,
					       PNPN_OWNER_INTERFACE, "Report");

	if (r >= 0)
		r = sd_bus_message_append(question, "tsi", node->number, request->guid_text,
					  request->name_offset);
	if (r >= 0)
		r = sd_bus_message_append_array(question, 'y', request->data, request->size);
	if (r >= 0)
		r = sd_bus_call_async(bus, &slot, question, on_answer, call,
				      PNPN_REPORT_TIMEOUT_USEC);
	if (r >= 0) {
		sd_bus_message_ref(call);
		sd_bus_slot_set_destroy_callback(slot, drop_call);
		sd_bus_slot_set_floating(slot, true);
		sd_bus_slot_unref(slot);
	}
	sd_bus_message_unref(question);
	return r < 0 ? r : 1;
}

int pnpn_report_by_hand_handle(struct pnpn_peer *peer, sd_bus_message *call)
{
	struct request request;
	int r = read_request(call, &request);

	if (r < 0)
		return r;
	struct pnpn_node *node = pnpn_node_find(peer->server, request.device);
	if (!node)
		return -ENOENT;
	uid_t owner = node->owner ? node->owner->uid : 0;
	if (peer->uid != 0 && peer->uid != owner)
		return -EACCES;
	if (node->owner)
		return ask_owner(node, &request, call);
	if (node->origin == PNPN_ORIGIN_KERNEL)
		r = pnpn_kernel_source_report(peer->server->kernel_source, node->kernel_number,
					      &request.guid, request.data, request.size,
					      request.name_offset);
	else
		r = pnpn_node_report(node, &request.guid, request.data, request.size,
				     request.name_offset);
	return r < 0 ? r : sd_bus_reply_method_return(call, NULL);
}
