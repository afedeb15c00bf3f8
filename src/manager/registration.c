/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/guid.h"
#include "core/port.h"
#include "core/protocol.h"
#include "manager/access.h"
#include "manager/attachment.h"
#include "manager/filter.h"
#include "manager/handle.h"
#include "manager/limits.h"
#include "manager/node.h"
#include "manager/path.h"
#include "manager/peer.h"
#include "manager/query.h"
#include "manager/registrant-signal.h"
#include "manager/registration.h"
#include "manager/server.h"
#include "port/notice.h"

#define COMMON_FLAGS                                                                      \
	(PNPN_REGISTER_HISTORY | PNPN_REGISTER_KERNEL_MODE | PNPN_REGISTER_QUERY_REMOVE | \
	 PNPN_REGISTER_EXISTING | PNPN_REGISTER_TRACK)
#define DEVICE_FLAGS (COMMON_FLAGS | PNPN_REGISTER_WAIT)
#define CLASS_FLAGS  (COMMON_FLAGS | PNPN_REGISTER_INTERFACES_ONLY)

static struct pnpn_registration_record *from_link(struct pnpn_list *link)
{
	return pnpn_list_entry(link, struct pnpn_registration_record, link);
}

/* Whether it gets the device's own events. */
static bool follows(const struct pnpn_registration_record *registration,
		    const struct pnpn_node *node)
{
	if (registration->registrant.flags &
		    (PNPN_REGISTER_INTERFACES_ONLY | PNPN_REGISTER_DEVICES_ONLY) ||
	    !pnpn_access_allows(&node->access, registration->registrant.peer, PNPN_RIGHT_REGISTER))
		return false;
	return registration->filter ? pnpn_filter_takes(registration->filter, node)
				    : registration->node == node;
}

static bool wants_interface(const struct pnpn_registration_record *registration,
			    const struct pnpn_tree_interface *interface)
{
	return registration->filter &&
	       !(registration->registrant.flags & PNPN_REGISTER_DEVICES_ONLY) &&
	       pnpn_filter_takes_interface(registration->filter, interface);
}

/* Whether it is for interfaces of some classes, and those who have them. */
static bool is_of_classes(const struct pnpn_registration_record *registration)
{
	return registration->filter && registration->filter->n_classes;
}

/* Whether it hears of the device when it comes, whatever interfaces it has. */
static bool wants_device(const struct pnpn_registration_record *registration,
			 const struct pnpn_node *node)
{
	return registration->filter && !registration->filter->n_classes &&
	       !(registration->registrant.flags & PNPN_REGISTER_INTERFACES_ONLY) &&
	       pnpn_filter_has_properties(registration->filter, node);
}

/* Whether it has to know what it follows, and follows the device. */
static bool tracks(const struct pnpn_registration_record *registration,
		   const struct pnpn_node *node)
{
	return registration->registrant.flags & PNPN_REGISTER_TRACK && follows(registration, node);
}

static struct pnpn_attachment_record *find_attachment(
	const struct pnpn_registration_record *registration, const struct pnpn_node *node)
{
	struct pnpn_registration_record *own = (struct pnpn_registration_record *)registration;

	pnpn_list_for_each_safe (link, after, &own->attachments) {
		struct pnpn_attachment_record *attachment =
			pnpn_list_entry(link, struct pnpn_attachment_record, registration_link);
		if (attachment->node == node)
			return attachment;
	}
	return NULL;
}

/* Whether it follows the device from now on, and did not before. */
static bool begins_to_follow(const struct pnpn_registration_record *registration,
			     const struct pnpn_node *node)
{
	return pnpn_node_has_ring(node) && follows(registration, node) &&
	       !find_attachment(registration, node);
}

/* Who asked for everything hears of each; who has to know what it follows, when that begins. That a device
 * which is followed goes is told with Detached. */
static void tell_device(const struct pnpn_registration_record *registration,
			const struct pnpn_node *node, bool arrived)
{
	if (arrived ? wants_device(registration, node) || tracks(registration, node)
		    : registration->registrant.flags & PNPN_REGISTER_DEVICES_ONLY &&
			      wants_device(registration, node))
		(void)pnpn_signal_device(&registration->registrant, node, arrived);
}

/* --- a registration's life ------------------------------------------------------------------------ */

/* Each is looked for whenever a device gets a name: that takes its time. */
static int await(struct pnpn_registration_record *registration, const char *name)
{
	int r = pnpn_charge(&registration->registrant.peer->account, PNPN_RESOURCE_AWAITED, 1);

	if (r < 0)
		return r;
	registration->coming = strdup(name);
	if (registration->coming)
		return 0;
	pnpn_discharge(&registration->registrant.peer->account, PNPN_RESOURCE_AWAITED, 1);
	return -ENOMEM;
}

static void stop_awaiting(struct pnpn_registration_record *registration)
{
	if (registration->coming)
		pnpn_discharge(&registration->registrant.peer->account, PNPN_RESOURCE_AWAITED, 1);
	free(registration->coming);
	registration->coming = NULL;
}

static bool is_awaiting(const struct pnpn_registration_record *registration)
{
	return registration->coming && !registration->node;
}

/* Whether it is to wait for its device again once that went. */
static bool waits_again(const struct pnpn_registration_record *registration)
{
	return registration->registrant.flags & PNPN_REGISTER_WAIT;
}

/* Each looks at whatever comes, and remembers it. */
static bool is_charged(const struct pnpn_registration_record *registration)
{
	return registration->filter && registration->filter->n_properties;
}

struct pnpn_registration_record *pnpn_registration_free(
	struct pnpn_registration_record *registration)
{
	if (!registration)
		return NULL;
	pnpn_queries_forget_of(&registration->queries);
	pnpn_list_for_each_safe (link, after, &registration->attachments)
		pnpn_attachment_record_free(
			pnpn_list_entry(link, struct pnpn_attachment_record, registration_link));
	pnpn_list_remove(&registration->link);
	pnpn_list_remove(&registration->peer_link);
	pnpn_discharge(&registration->registrant.peer->account, PNPN_RESOURCE_REGISTRATIONS, 1);
	stop_awaiting(registration);
	if (is_charged(registration))
		pnpn_discharge(&registration->registrant.peer->account, PNPN_RESOURCE_FILTERS, 1);
	pnpn_filter_record_free(registration->filter);
	free(registration);
	return NULL;
}

struct pnpn_registration_record *pnpn_registration_get(struct pnpn_peer *peer, uint32_t number)
{
	pnpn_list_for_each_safe (link, after, &peer->registrations) {
		struct pnpn_registration_record *registration =
			pnpn_list_entry(link, struct pnpn_registration_record, peer_link);
		if (registration->registrant.number == number)
			return registration;
	}
	return NULL;
}

/* "NUMBER DEVICE": the device that the handle is of. */
static int find_opened(struct pnpn_server *server, const char *what, struct pnpn_node **ret_node)
{
	char *end;
	unsigned long long number = strtoull(what, &end, 10);

	if (end == what || *end != ' ')
		return -EINVAL;
	struct pnpn_node *node = pnpn_node_find(server, end + 1);
	if (!node || !pnpn_open_is_of(number, node))
		return -ENODEV;
	*ret_node = node;
	return 0;
}

/* The device that is asked for; NULL where it may come later. */
static int find_device(struct pnpn_server *server, const char *scope, const char *what,
		       struct pnpn_node **ret_node)
{
	if (strcmp(scope, "handle") == 0)
		return find_opened(server, what, ret_node);
	*ret_node = pnpn_node_find(server, what);
	return *ret_node || strcmp(scope, "coming") == 0 ? 0 : -ENOENT;
}

static int read_filter(struct pnpn_registration_record *registration, const char *scope,
		       const char *what)
{
	struct pnpn_filter_record *filter = pnpn_filter_record_new();
	int r = filter ? 0 : -ENOMEM;

	if (r >= 0 && strcmp(scope, "class") == 0)
		r = pnpn_filter_record_add_class(filter, what);
	else if (r >= 0 && strcmp(scope, "filter") == 0)
		r = pnpn_filter_record_add_lines(filter, what);
	else if (r >= 0 && strcmp(scope, "all") != 0)
		r = -EINVAL;
	if (r >= 0 && filter->n_properties)
		r = pnpn_charge(&registration->registrant.peer->account, PNPN_RESOURCE_FILTERS, 1);
	if (r < 0)
		pnpn_filter_record_free(filter);
	else
		registration->filter = filter;
	return r;
}

static int read_device(struct pnpn_registration_record *registration, const char *scope,
		       const char *what)
{
	int r = find_device(registration->registrant.peer->server, scope, what,
			    &registration->node);

	if (r < 0)
		return r;
	if (registration->node &&
	    !pnpn_access_allows(&registration->node->access, registration->registrant.peer,
				PNPN_RIGHT_REGISTER))
		return -EACCES;
	if (strlen(what) >= PNPN_PATH_BYTES)
		return -EINVAL;
	return registration->node && !waits_again(registration) ? 0 : await(registration, what);
}

static bool is_of_device(const char *scope)
{
	return strcmp(scope, "device") == 0 || strcmp(scope, "coming") == 0 ||
	       strcmp(scope, "handle") == 0;
}

static int read_scope(struct pnpn_registration_record *registration, const char *scope,
		      const char *what)
{
	bool of_device = is_of_device(scope);
	unsigned int allowed = of_device ? DEVICE_FLAGS : CLASS_FLAGS;
	int r = of_device ? read_device(registration, scope, what)
			  : read_filter(registration, scope, what);

	if (r < 0)
		return r;
	if (registration->filter && !registration->filter->n_classes)
		allowed |= PNPN_REGISTER_DEVICES_ONLY;
	return registration->registrant.flags & ~allowed ? -EINVAL : 0;
}

static int tell_of_interfaces(struct pnpn_registration_record *registration, struct pnpn_node *node)
{
	pnpn_list_for_each_safe (link, after, &node->entry.interfaces) {
		struct pnpn_tree_interface *interface =
			pnpn_list_entry(link, struct pnpn_tree_interface, link);
		if (!interface->enabled || !wants_interface(registration, interface))
			continue;
		int r = pnpn_signal_interface(&registration->registrant, node, interface, true,
					      pnpn_node_ring_position(node));
		if (r < 0)
			return r;
	}
	return 0;
}

/* Of one device alone the caller is told that it can't be followed. */
static int attach(struct pnpn_registration_record *registration, struct pnpn_node *node)
{
	int r = pnpn_attachment_record_new(&registration->registrant, &registration->attachments,
					   node, false);

	if (r >= 0 || !registration->filter)
		return r;
	pnpn_signal_missed(&registration->registrant, node);
	return 0;
}

/* A device that has started: what it is does not change until it goes. */
static int note(struct pnpn_registration_record *registration, struct pnpn_node *node)
{
	return registration->filter && node->entry.started
		       ? pnpn_filter_note(registration->filter, node)
		       : 0;
}

static int tell_of_what_is_there(struct pnpn_registration_record *registration)
{
	pnpn_list_for_each_safe (link, after,
				 &registration->registrant.peer->server->tree.devices) {
		struct pnpn_node *node = pnpn_node_at(link);
		int r = note(registration, node);
		bool existing = node->entry.started &&
				registration->registrant.flags & PNPN_REGISTER_EXISTING;
		if (r >= 0 &&
		    (tracks(registration, node) || (existing && wants_device(registration, node))))
			r = pnpn_signal_device(&registration->registrant, node, true);
		if (r >= 0 && existing)
			r = tell_of_interfaces(registration, node);
		if (r >= 0 && begins_to_follow(registration, node))
			r = attach(registration, node);
		if (r < 0)
			return r;
	}
	return 0;
}

int pnpn_registration_new(struct pnpn_peer *peer, uint32_t number, const char *scope,
			  const char *what, unsigned int flags)
{
	if (!number)
		return -EINVAL;
	if (pnpn_registration_get(peer, number))
		return -EEXIST;
	int r = peer->account.used.of[PNPN_RESOURCE_REGISTRATIONS] < PNPN_LIMIT_REGISTRATIONS
			? pnpn_charge(&peer->account, PNPN_RESOURCE_REGISTRATIONS, 1)
			: pnpn_refuse(&peer->account, PNPN_RESOURCE_REGISTRATIONS);
	if (r < 0)
		return r;
	struct pnpn_registration_record *registration = calloc(1, sizeof(*registration));
	if (!registration) {
		pnpn_discharge(&peer->account, PNPN_RESOURCE_REGISTRATIONS, 1);
		return -ENOMEM;
	}
	registration->registrant.peer = peer;
	registration->registrant.number = number;
	registration->registrant.flags = flags;
	registration->order = ++peer->server->last_order;
	pnpn_list_init(&registration->attachments);
	pnpn_list_init(&registration->queries);
	pnpn_list_append(&peer->server->registrations, &registration->link);
	pnpn_list_append(&peer->registrations, &registration->peer_link);
	r = read_scope(registration, scope, what);
	if (r >= 0)
		r = tell_of_what_is_there(registration);
	if (r < 0)
		pnpn_registration_free(registration);
	return r < 0 ? r : 0;
}

/* --- what happens to devices ---------------------------------------------------------------------- */

/* A device that came later is followed from its first event on, though its interface may have come later
 * still. */
static bool is_followed_from_start(const struct pnpn_registration_record *registration,
				   const struct pnpn_node *node, bool first)
{
	return first && node->order > registration->order;
}

/* It may have come while nobody waits for an answer: that it can't be followed is told. */
static void attach_new(struct pnpn_registration_record *registration, struct pnpn_node *node,
		       bool first)
{
	if (begins_to_follow(registration, node) &&
	    pnpn_attachment_record_new(&registration->registrant, &registration->attachments, node,
				       is_followed_from_start(registration, node, first)) < 0)
		pnpn_signal_missed(&registration->registrant, node);
}

/* Told before it is followed: who reads on in the ring meanwhile must have heard of it. */
static void came(struct pnpn_registration_record *registration, struct pnpn_node *node)
{
	/* Who can't be told what he missed is ended. */
	if (note(registration, node) < 0)
		pnpn_peer_doom(registration->registrant.peer);
	tell_device(registration, node, true);
	if (!node->entry.starting)
		attach_new(registration, node, true);
}

/* It got a name: whoever waits for that follows it. */
static void named(struct pnpn_node *node)
{
	pnpn_list_for_each_safe (link, after, &node->server->registrations) {
		struct pnpn_registration_record *registration = from_link(link);
		if (!is_awaiting(registration) ||
		    (registration->coming[0] == '/' && !node->syspath) ||
		    pnpn_node_find(node->server, registration->coming) != node)
			continue;
		registration->node = node;
		if (!waits_again(registration))
			stop_awaiting(registration);
		came(registration, node);
	}
}

/* Who follows everything follows it from its first event on. */
static void on_came(struct pnpn_tree_device *device)
{
	struct pnpn_node *node = pnpn_node_of(device);

	pnpn_list_for_each_safe (link, after, &node->server->registrations) {
		struct pnpn_registration_record *registration = from_link(link);
		if (!is_awaiting(registration))
			came(registration, node);
	}
	named(node);
}

/* What it starts with it has when on_came() looks. */
static void on_link(const struct pnpn_tree_link *link, bool there)
{
	if (there && !link->device->starting)
		named(pnpn_node_of(link->device));
}

static void detach(struct pnpn_registration_record *registration, struct pnpn_node *node)
{
	struct pnpn_attachment_record *attachment = find_attachment(registration, node);

	if (follows(registration, node) ||
	    (!attachment && !(registration->registrant.flags & PNPN_REGISTER_TRACK)))
		return;
	pnpn_signal_detached(&registration->registrant, node, false);
	pnpn_attachment_record_free(attachment);
}

/* It was enabled, or was disabled or is about to go (D3). */
static void on_interface(const struct pnpn_tree_interface *interface, bool enabled)
{
	struct pnpn_node *node = pnpn_node_of(interface->device);

	if (enabled && !node->entry.starting)
		named(node);
	pnpn_list_for_each_safe (link, after, &node->server->registrations) {
		struct pnpn_registration_record *registration = from_link(link);
		if (!wants_interface(registration, interface))
			continue;
		bool first = pnpn_filter_is_first(registration->filter, interface);
		uint64_t position = pnpn_node_ring_position(node);
		if (enabled && begins_to_follow(registration, node) &&
		    is_followed_from_start(registration, node, first))
			position = 0;
		if (enabled && is_of_classes(registration))
			tell_device(registration, node, true);
		(void)pnpn_signal_interface(&registration->registrant, node, interface, enabled,
					    position);
		if (!enabled)
			detach(registration, node);
		else if (!node->entry.starting)
			attach_new(registration, node, first);
	}
	pnpn_node_mark_told(node);
}

/* All that is told of its start was: its events follow. */
static void on_started(struct pnpn_tree_device *device)
{
	struct pnpn_node *node = pnpn_node_of(device);

	pnpn_list_for_each_safe (link, after, &node->server->registrations)
		attach_new(from_link(link), node, true);
}

/* Who waits for a device by a name that another one has by now follows that. */
static void await_next(struct pnpn_registration_record *registration, struct pnpn_server *server)
{
	registration->node = NULL;
	if (!registration->coming)
		return;
	registration->node = pnpn_node_find(server, registration->coming);
	if (registration->node)
		came(registration, registration->node);
}

/* The last word on it to all who follow it (D8). */
static void on_went(struct pnpn_tree_device *device)
{
	struct pnpn_node *node = pnpn_node_of(device);

	pnpn_list_for_each_safe (link, after, &node->server->registrations) {
		struct pnpn_registration_record *registration = from_link(link);
		tell_device(registration, node, false);
		if (follows(registration, node)) {
			pnpn_signal_detached(&registration->registrant, node, true);
			pnpn_attachment_record_free(find_attachment(registration, node));
		}
		if (registration->node == node)
			await_next(registration, node->server);
		if (registration->filter)
			pnpn_filter_forget(registration->filter, node);
	}
	pnpn_node_mark_told(node);
}

const struct pnpn_tree_watcher pnpn_registration_watcher = {
	.came = on_came,
	.link = on_link,
	.interface = on_interface,
	.started = on_started,
	.went = on_went,
};

/* Of each process once: the rest stands in the status. */
static void say_slow(const struct pnpn_registration_record *registration,
		     const struct pnpn_node *node)
{
	struct pnpn_peer *peer = registration->registrant.peer;

	if (!peer->is_slow)
		pnpn_notice(&(struct pnpn_notice){.device = node->entry.id, .pid = peer->who.pid},
			    "process %d does not read: it loses events, first one of %s",
			    (int)peer->who.pid, node->entry.id);
	peer->is_slow = true;
}

void pnpn_registration_event(struct pnpn_node *node, const struct pnpn_guid *guid, const void *data,
			     size_t size, int32_t name_offset)
{
	pnpn_list_for_each_safe (link, after, &node->server->registrations) {
		struct pnpn_registration_record *registration = from_link(link);
		if (!follows(registration, node) ||
		    (registration->filter && !pnpn_filter_takes_event(registration->filter, guid)))
			continue;
		if (pnpn_peer_get_queued(registration->registrant.peer) >=
			    PNPN_LIMIT_QUEUED_EVENTS ||
		    registration->registrant.peer->account.used.of[PNPN_RESOURCE_QUEUED] >
			    PNPN_LIMIT_QUEUED_EVENT_BYTES ||
		    pnpn_signal_event(&registration->registrant, node, guid, data, size,
				      name_offset, registration->lost_untold) < 0) {
			say_slow(registration, node);
			registration->lost++;
			registration->lost_untold++;
			continue;
		}
		registration->taken++;
		registration->lost_untold = 0;
	}
}

void pnpn_registration_lost(struct pnpn_node *node, uint64_t count)
{
	pnpn_list_for_each_safe (link, after, &node->server->registrations) {
		struct pnpn_registration_record *registration = from_link(link);
		if (!follows(registration, node))
			continue;
		registration->lost += count;
		registration->lost_untold += count;
	}
}

bool pnpn_registration_is_asked(const struct pnpn_registration_record *registration,
				const struct pnpn_node *node)
{
	return registration->registrant.flags & PNPN_REGISTER_QUERY_REMOVE &&
	       follows(registration, node);
}

unsigned int pnpn_registration_count(const struct pnpn_node *node)
{
	unsigned int count = 0;

	pnpn_list_for_each_safe (link, after, &node->server->registrations)
		count += follows(from_link(link), node);
	return count;
}
