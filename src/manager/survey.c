/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include "manager/attachment.h"
#include "manager/node.h"
#include "manager/peer.h"
#include "manager/registration.h"
#include "manager/server.h"
#include "manager/survey.h"

static int append_links(sd_bus_message *m, struct pnpn_node *node)
{
	int r = sd_bus_message_open_container(m, 'a', "s");

	pnpn_list_for_each_safe (link, after, &node->links)
		if (r >= 0)
			r = sd_bus_message_append(
				m, "s", pnpn_list_entry(link, struct pnpn_node_link, link)->name);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_interfaces(sd_bus_message *m, struct pnpn_node *node)
{
	int r = sd_bus_message_open_container(m, 'a', "(ssb)");

	pnpn_list_for_each_safe (link, after, &node->interfaces) {
		struct pnpn_node_interface *interface =
			pnpn_list_entry(link, struct pnpn_node_interface, link);
		char class[PNPN_GUID_STRING];
		pnpn_guid_to_string(&interface->class, class);
		if (r >= 0)
			r = sd_bus_message_append(m, "(ssb)", interface->name, class,
						  (int)interface->enabled);
	}
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static const char *const origins[] = {
	[PNPN_ORIGIN_PROCESS] = "driver",
	[PNPN_ORIGIN_LINUX] = "linux",
	[PNPN_ORIGIN_KERNEL] = "kernel",
};

static int append_node(sd_bus_message *m, struct pnpn_node *node)
{
	int r = sd_bus_message_open_container(m, 'r', "sssbuuuasa(ssb)");

	if (r >= 0)
		r = sd_bus_message_append(m, "sssbuuu", node->instance_id, origins[node->origin],
					  node->syspath ? node->syspath : "", (int)node->started,
					  node->owner ? (uint32_t)node->owner->pid : 0,
					  pnpn_registration_count(node), node->n_handles);
	if (r >= 0)
		r = append_links(m, node);
	if (r >= 0)
		r = append_interfaces(m, node);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

/* About what one line of an answer takes: it is counted for peers that do not read. */
#define ROW_BYTES 256

/* An answer with one array in it, filled by fill(). */
static int reply_array(struct pnpn_peer *peer, sd_bus_message *call, const char *contents,
		       int (*fill)(sd_bus_message *m, struct pnpn_node *node))
{
	sd_bus_message *reply = NULL;
	int r = sd_bus_message_new_method_return(call, &reply);

	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', contents);
	pnpn_list_for_each_safe (link, after, &peer->server->nodes) {
		struct pnpn_node *node = pnpn_list_entry(link, struct pnpn_node, link);
		if (r >= 0)
			r = fill(reply, node);
		pnpn_peer_count_queued(peer, ROW_BYTES * (1 + node->n_links + node->n_interfaces +
							  node->n_attachments));
	}
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r >= 0)
		r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r;
}

int pnpn_survey_devices(struct pnpn_peer *peer, sd_bus_message *call)
{
	return reply_array(peer, call, "(sssbuuuasa(ssb))", append_node);
}

static int append_reader(sd_bus_message *m, const struct pnpn_attachment_record *attachment)
{
	const struct pnpn_reader_page *page = attachment->page;
	uint64_t head = __atomic_load_n(&attachment->node->ring.header->head, __ATOMIC_ACQUIRE);
	uint64_t position = __atomic_load_n(&page->position, __ATOMIC_ACQUIRE);

	return sd_bus_message_append(m, "(suuttt)", attachment->node->instance_id,
				     (uint32_t)attachment->registration->peer->pid,
				     attachment->registration->number,
				     __atomic_load_n(&page->taken, __ATOMIC_RELAXED),
				     position < head ? head - position : 0,
				     __atomic_load_n(&page->lost, __ATOMIC_RELAXED));
}

static int append_status(sd_bus_message *m, struct pnpn_node *node)
{
	uint64_t events = pnpn_node_has_ring(node)
				  ? __atomic_load_n(&node->ring.header->sequence, __ATOMIC_RELAXED)
				  : node->sequence;
	int r = sd_bus_message_append(m, "(suuttt)", node->instance_id,
				      node->owner ? (uint32_t)node->owner->pid : 0, 0, events,
				      (uint64_t)0, (uint64_t)0);

	pnpn_list_for_each_safe (link, after, &node->attachments)
		if (r >= 0)
			r = append_reader(
				m, pnpn_list_entry(link, struct pnpn_attachment_record, node_link));
	/* Who follows a device without a ring: counted by the registration. */
	pnpn_list_for_each_safe (link, after, &node->server->registrations) {
		struct pnpn_registration_record *registration =
			pnpn_list_entry(link, struct pnpn_registration_record, link);
		if (r < 0 || pnpn_node_has_ring(node) || registration->node != node)
			continue;
		r = sd_bus_message_append(m, "(suuttt)", node->instance_id,
					  (uint32_t)registration->peer->pid, registration->number,
					  registration->taken, (uint64_t)0, registration->lost);
	}
	return r;
}

int pnpn_survey_status(struct pnpn_peer *peer, sd_bus_message *call)
{
	return reply_array(peer, call, "(suuttt)", append_status);
}
