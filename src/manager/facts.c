/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/guid.h"
#include "core/protocol.h"
#include "core/utf.h"
#include "manager/facts.h"
#include "manager/family.h"
#include "manager/limits.h"
#include "manager/node.h"
#include "manager/peer.h"
#include "source/source.h"

/* What D-Bus adds to a row, about. */
#define ROW_BYTES 24

struct answer {
	sd_bus_message *m;
	size_t bytes; /* about */
	int error;
};

/* What goes beyond a message's size is left out: no device has as much. */
static void add(void *userdata, const char *key, const char *value)
{
	struct answer *answer = userdata;
	size_t bytes = strlen(key) + strlen(value) + ROW_BYTES;

	if (answer->error < 0 || answer->bytes + bytes > PNPN_LIMIT_ANSWER_BYTES)
		return;
	/* D-Bus carries text alone (L4). */
	char *text = malloc(4 * strlen(value) + 1), *name = malloc(4 * strlen(key) + 1);
	if (text && name) {
		(void)pnpn_utf8_escape(value, text);
		(void)pnpn_utf8_escape(key, name);
		answer->error = sd_bus_message_append(answer->m, "(ss)", name, text);
	} else {
		answer->error = -ENOMEM;
	}
	free(text);
	free(name);
	answer->bytes += bytes;
}

void pnpn_facts_tell(struct pnpn_node *node, const struct pnpn_property_sink *sink)
{
	char class[PNPN_GUID_STRING];

	sink->add(sink->userdata, "parent", pnpn_family_parent_id(node));
	if (!pnpn_guid_is_null(&node->setup_class)) {
		pnpn_guid_to_string(&node->setup_class, class);
		sink->add(sink->userdata, "setup-class", class);
	}
	if (node->kind->tell_properties)
		node->kind->tell_properties(node, sink);
}

static int fill(struct answer *answer, struct pnpn_node *node)
{
	const struct pnpn_property_sink sink = {add, answer};
	int r = sd_bus_message_append(answer->m, "s", node ? node->entry.id : PNPN_ROOT_ID);

	if (r >= 0)
		r = sd_bus_message_open_container(answer->m, 'a', "(ss)");
	if (r < 0)
		return r;
	if (node)
		pnpn_facts_tell(node, &sink);
	return answer->error < 0 ? answer->error : sd_bus_message_close_container(answer->m);
}

int pnpn_facts_answer(struct pnpn_peer *peer, sd_bus_message *call, const char *device)
{
	struct answer answer = {0};
	struct pnpn_node *node;
	int r = pnpn_family_find(peer->server, device, &node);

	if (r >= 0)
		r = sd_bus_message_new_method_return(call, &answer.m);
	if (r >= 0)
		r = fill(&answer, node);
	if (r >= 0)
		r = pnpn_peer_try_send(peer, answer.m, answer.bytes, 0);
	sd_bus_message_unref(answer.m);
	return r;
}
