/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/utf.h"
#include "manager/attachment.h"
#include "manager/node.h"
#include "manager/peer.h"
#include "manager/registration.h"
#include "manager/server.h"
#include "manager/survey.h"

/* A page ends with the first row that begins beyond it: no answer is too large for D-Bus, and none fills
 * the queue of a peer that does not read. */
#define PAGE_BYTES (64u << 10)

/* What D-Bus adds to a string or a number, about. */
#define FIELD_BYTES 8

/* An answer under construction: one array, then where the next page begins. */
struct page {
	sd_bus_message *m;
	size_t bytes; /* about */
};

static bool is_full(const struct page *page)
{
	return page->bytes >= PAGE_BYTES;
}

static int page_open(struct page *page, sd_bus_message *call, const char *contents)
{
	*page = (struct page){0};
	int r = sd_bus_message_new_method_return(call, &page->m);

	return r < 0 ? r : sd_bus_message_open_container(page->m, 'a', contents);
}

static void page_close(struct page *page)
{
	page->m = sd_bus_message_unref(page->m);
}

static int page_send(struct page *page, struct pnpn_peer *peer)
{
	return pnpn_peer_try_send(peer, page->m, page->bytes, 0);
}

/* --- devices -------------------------------------------------------------------------------------- */

static int append_links(struct page *page, struct pnpn_node *node)
{
	int r = sd_bus_message_open_container(page->m, 'a', "s");

	pnpn_list_for_each_safe (link, after, &node->entry.links) {
		const char *name = pnpn_list_entry(link, struct pnpn_tree_link, link)->name;
		if (r >= 0)
			r = sd_bus_message_append(page->m, "s", name);
		page->bytes += strlen(name) + FIELD_BYTES;
	}
	if (r >= 0 && node->alias) {
		r = sd_bus_message_append(page->m, "s", node->alias);
		page->bytes += strlen(node->alias) + FIELD_BYTES;
	}
	return r < 0 ? r : sd_bus_message_close_container(page->m);
}

static int append_interfaces(struct page *page, struct pnpn_node *node)
{
	int r = sd_bus_message_open_container(page->m, 'a', "(ssb)");

	pnpn_list_for_each_safe (link, after, &node->entry.interfaces) {
		struct pnpn_tree_interface *interface =
			pnpn_list_entry(link, struct pnpn_tree_interface, link);
		char class[PNPN_GUID_STRING];
		pnpn_guid_to_string(&interface->class, class);
		if (r >= 0)
			r = sd_bus_message_append(page->m, "(ssb)", interface->name, class,
						  (int)interface->enabled);
		page->bytes += strlen(interface->name) + sizeof(class) + 3 * FIELD_BYTES;
	}
	return r < 0 ? r : sd_bus_message_close_container(page->m);
}

/* D-Bus carries text alone: one name that is none must not keep all others from being listed (L4). */
static char *path_as_text(const struct pnpn_node *node)
{
	const char *path = node->syspath ? node->syspath : "";
	char *text = malloc(4 * strlen(path) + 1);

	if (text)
		(void)pnpn_utf8_escape(path, text);
	return text;
}

static int append_node(struct page *page, struct pnpn_node *node)
{
	char *syspath = path_as_text(node);
	char class[PNPN_GUID_STRING];
	int r = syspath ? sd_bus_message_open_container(page->m, 'r', "ssssbtuuuasa(ssb)")
			: -ENOMEM;

	pnpn_guid_to_string(&node->setup_class, class);
	if (r >= 0)
		r = sd_bus_message_append(page->m, "ssssbtuuu", node->entry.id, node->kind->name,
					  syspath, class, (int)node->entry.started, node->since,
					  node->owner ? (uint32_t)node->owner->who.pid : 0,
					  pnpn_registration_count(node), node->n_handles);
	page->bytes += strlen(node->entry.id) + (syspath ? strlen(syspath) : 0) + sizeof(class) +
		       11 * FIELD_BYTES;
	free(syspath);
	if (r >= 0)
		r = append_links(page, node);
	if (r >= 0)
		r = append_interfaces(page, node);
	return r < 0 ? r : sd_bus_message_close_container(page->m);
}

int pnpn_survey_devices(struct pnpn_peer *peer, sd_bus_message *call, uint64_t after_number)
{
	struct page page;
	uint64_t last = after_number, next = 0;
	int r = page_open(&page, call, "(ssssbtuuuasa(ssb))");

	pnpn_list_for_each_safe (link, after, &peer->server->tree.devices) {
		struct pnpn_node *node = pnpn_node_at(link);
		if (node->entry.number <= after_number)
			continue;
		if (r >= 0 && is_full(&page))
			next = last;
		if (r < 0 || next)
			break;
		r = append_node(&page, node);
		last = node->entry.number;
	}
	if (r >= 0)
		r = sd_bus_message_close_container(page.m);
	if (r >= 0)
		r = sd_bus_message_append(page.m, "t", next);
	if (r >= 0)
		r = page_send(&page, peer);
	page_close(&page);
	return r;
}

/* --- status --------------------------------------------------------------------------------------- */

/* Where a page of rows begins, and while it is filled where it is. */
struct cursor {
	uint64_t device; /* number of the device */
	uint32_t row; /* of its rows */
	bool full; /* it is where the next page begins */
};

/* One row, if it is for this page: those before its beginning were told. */
static int append_row(struct page *page, struct cursor *cursor, uint32_t row,
		      const struct pnpn_status_row *status)
{
	if (row < cursor->row || cursor->full)
		return 0;
	cursor->row = row;
	cursor->full = is_full(page);
	if (cursor->full)
		return 0;
	page->bytes += strlen(status->device) + 7 * FIELD_BYTES;
	return sd_bus_message_append(page->m, "(suutttt)", status->device, status->pid,
				     status->registrant, status->events, status->lag, status->lost,
				     status->unanswered);
}

static struct pnpn_status_row status_of_device(const struct pnpn_node *node)
{
	return (struct pnpn_status_row){
		.device = node->entry.id,
		.pid = node->owner ? (uint32_t)node->owner->who.pid : 0,
		.events = pnpn_node_has_ring(node)
				  ? __atomic_load_n(&node->ring.header->sequence, __ATOMIC_RELAXED)
				  : node->sequence,
	};
}

static struct pnpn_status_row status_of_reader(const struct pnpn_attachment_record *attachment)
{
	const struct pnpn_reader_page *page = attachment->page;
	uint64_t head = __atomic_load_n(&attachment->node->ring.header->head, __ATOMIC_ACQUIRE);
	uint64_t position = __atomic_load_n(&page->position, __ATOMIC_ACQUIRE);

	return (struct pnpn_status_row){
		.device = attachment->node->entry.id,
		.pid = (uint32_t)attachment->registrant.peer->who.pid,
		.registrant = attachment->registrant.number,
		.events = __atomic_load_n(&page->taken, __ATOMIC_RELAXED),
		.lag = position < head ? head - position : 0,
		.lost = __atomic_load_n(&page->lost, __ATOMIC_RELAXED),
	};
}

/* Who follows a device without a ring: counted by the registration. */
static struct pnpn_status_row status_of_registration(
	const struct pnpn_registration_record *registration)
{
	return (struct pnpn_status_row){
		.device = registration->node->entry.id,
		.pid = (uint32_t)registration->registrant.peer->who.pid,
		.registrant = registration->registrant.number,
		.events = registration->taken,
		.lost = registration->lost,
	};
}

static int append_status(struct page *page, struct cursor *cursor, struct pnpn_node *node)
{
	struct pnpn_status_row status = status_of_device(node);
	uint32_t row = 0;
	int r = append_row(page, cursor, row, &status);

	pnpn_list_for_each_safe (link, after, &node->attachments) {
		if (r < 0 || cursor->full)
			return r;
		status = status_of_reader(
			pnpn_list_entry(link, struct pnpn_attachment_record, node_link));
		r = append_row(page, cursor, ++row, &status);
	}
	pnpn_list_for_each_safe (link, after, &node->server->registrations) {
		struct pnpn_registration_record *registration =
			pnpn_list_entry(link, struct pnpn_registration_record, link);
		if (r < 0 || cursor->full)
			return r;
		if (pnpn_node_has_ring(node) || registration->node != node)
			continue;
		status = status_of_registration(registration);
		r = append_row(page, cursor, ++row, &status);
	}
	return r;
}

/* Who left queries unanswered, behind all devices: those of theirs may be gone (D6). */
static int append_silent(struct page *page, struct cursor *cursor, struct pnpn_server *server)
{
	uint32_t row = 0;
	int r = 0;

	if (cursor->device != UINT64_MAX)
		cursor->row = 0;
	cursor->device = UINT64_MAX;
	pnpn_list_for_each_safe (link, after, &server->peers) {
		const struct pnpn_peer *peer = pnpn_list_entry(link, struct pnpn_peer, link);
		struct pnpn_status_row status = {.device = peer->silent_on,
						 .pid = (uint32_t)peer->who.pid,
						 .unanswered = peer->n_silent};
		if (peer->n_silent && r >= 0)
			r = append_row(page, cursor, row++, &status);
	}
	return r;
}

int pnpn_survey_status(struct pnpn_peer *peer, sd_bus_message *call, uint64_t device, uint32_t row)
{
	struct page page;
	struct cursor cursor = {device, row, false};
	int r = page_open(&page, call, "(suutttt)");

	pnpn_list_for_each_safe (link, after, &peer->server->tree.devices) {
		struct pnpn_node *node = pnpn_node_at(link);
		if (r < 0 || cursor.full)
			break;
		if (node->entry.number < device)
			continue;
		if (node->entry.number != device)
			cursor.row = 0;
		cursor.device = node->entry.number;
		r = append_status(&page, &cursor, node);
	}
	if (r >= 0 && !cursor.full)
		r = append_silent(&page, &cursor, peer->server);
	if (r >= 0)
		r = sd_bus_message_close_container(page.m);
	if (r >= 0)
		r = cursor.full ? sd_bus_message_append(page.m, "tu", cursor.device, cursor.row)
				: sd_bus_message_append(page.m, "tu", (uint64_t)0, 0);
	if (r >= 0)
		r = page_send(&page, peer);
	page_close(&page);
	return r;
}

/* --- usage ---------------------------------------------------------------------------------------- */

/* Of the manager's processors: calls, and wakes. */
static uint64_t time_of(const struct pnpn_user *user)
{
	return user->time_usec + __atomic_load_n(&user->wakes_usec, __ATOMIC_RELAXED);
}

static uint64_t refusals_of(const struct pnpn_user *user)
{
	uint64_t refusals = 0;

	for (int i = 0; i < PNPN_RESOURCE_COUNT; i++)
		refusals += user->refused.of[i];
	return refusals;
}

static int append_usage(struct page *page, const struct pnpn_user *user)
{
	int r = sd_bus_message_append(page->m, "(ustt)(ustt)", (uint32_t)user->uid, "microseconds",
				      time_of(user), (uint64_t)0, (uint32_t)user->uid, "refusals",
				      refusals_of(user), (uint64_t)0);

	for (int i = 0; i < PNPN_RESOURCE_COUNT && r >= 0; i++)
		r = sd_bus_message_append(page->m, "(ustt)", (uint32_t)user->uid,
					  pnpn_resource_name((enum pnpn_resource)i),
					  user->used.of[i],
					  pnpn_user_get_limit(user, (enum pnpn_resource)i));
	page->bytes += (PNPN_RESOURCE_COUNT + 2) * 8 * FIELD_BYTES;
	return r;
}

int pnpn_survey_usage(struct pnpn_peer *peer, sd_bus_message *call, uint64_t from)
{
	struct page page;
	uint64_t next = 0;
	int r = page_open(&page, call, "(ustt)");

	pnpn_list_for_each_safe (link, after, &peer->server->users) {
		const struct pnpn_user *user = pnpn_list_entry(link, struct pnpn_user, link);
		if (user->uid < from)
			continue;
		if (r >= 0 && is_full(&page))
			next = user->uid;
		if (r < 0 || next)
			break;
		r = append_usage(&page, user);
	}
	if (r >= 0)
		r = sd_bus_message_close_container(page.m);
	if (r >= 0)
		r = sd_bus_message_append(page.m, "t", next);
	if (r >= 0)
		r = page_send(&page, peer);
	page_close(&page);
	return r;
}
