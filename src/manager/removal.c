/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/removal.h"
#include "manager/ejectable.h"
#include "manager/ejection.h"
#include "manager/handle.h"
#include "manager/node.h"
#include "manager/peer.h"
#include "manager/pump.h"
#include "manager/query.h"
#include "manager/registration.h"
#include "manager/removal.h"
#include "manager/server.h"
#include "port/notice.h"

/* Lines in the log for one removal, whoever is silent. */
#define LOGGED_MOST 8

/* The answer to who asked: whether it is removed, and what kept it from being so. */
struct verdict {
	bool removed;
	const char *kind;
	uint32_t pid;
	char who[PNPN_QUERY_WHO_BYTES];
};

struct pnpn_removal_record {
	struct pnpn_removal removal;
	struct pnpn_server *server;
	struct pnpn_node *node; /* the one that was asked for; NULL once it went */
	struct pnpn_list members; /* it, and before it what is on it */
	struct pnpn_peer *peer; /* who asked; NULL once he was answered, or went */
	struct pnpn_list peer_link; /* in its removals */
	sd_bus_message *call;
	sd_event_source *timer;
	struct pnpn_ejection *ejection; /* in an owner's place, where there is none; NULL */
	unsigned int n_silent;
	bool overtaken; /* somebody else has the device taken away */
};

static struct pnpn_node *member_at(struct pnpn_list *link)
{
	return pnpn_list_entry(link, struct pnpn_node, removal_link);
}

static struct pnpn_removal_record *record_of(struct pnpn_removal *removal)
{
	return pnpn_list_entry(removal, struct pnpn_removal_record, removal);
}

/* --- who asked ------------------------------------------------------------------------------------ */

static void let_go(struct pnpn_removal_record *record)
{
	if (!record->peer)
		return;
	pnpn_list_remove(&record->peer_link);
	pnpn_discharge(&record->peer->account, PNPN_RESOURCE_REMOVALS, 1);
	record->peer = NULL;
	record->call = sd_bus_message_unref(record->call);
}

/* Whoever would wait in vain learns it by the end of the connection. */
static void answer(struct pnpn_removal_record *record, const struct verdict *verdict)
{
	struct pnpn_peer *peer = record->peer;

	if (!peer)
		return;
	if (sd_bus_reply_method_return(record->call, "bsus", (int)verdict->removed, verdict->kind,
				       verdict->pid, verdict->who) < 0)
		pnpn_peer_doom(peer);
	pnpn_pump_wake(peer->pump);
	let_go(record);
}

/* He may not, or it can't be done. */
static void refuse(struct pnpn_removal_record *record, int error)
{
	if (!record->peer)
		return;
	if (sd_bus_reply_method_errno(record->call, error, NULL) < 0)
		pnpn_peer_doom(record->peer);
	pnpn_pump_wake(record->peer->pump);
	let_go(record);
}

static void answer_removed(struct pnpn_removal_record *record)
{
	answer(record, &(struct verdict){.removed = true, .kind = ""});
}

static struct verdict verdict_of_voter(struct pnpn_removal_voter *voter)
{
	static const char *const kinds[] = {
		[PNPN_REMOVAL_APPLICATION] = "application",
		[PNPN_REMOVAL_DRIVER] = "driver",
		[PNPN_REMOVAL_OWNER] = "owner",
	};
	const struct pnpn_query *query = pnpn_query_of(voter);
	struct verdict verdict = {.kind = kinds[voter->part],
				  .pid = (uint32_t)query->peer->who.pid};

	strcpy(verdict.who, query->who);
	return verdict;
}

/* Linux keeps it. */
static struct verdict verdict_of_ejection(const struct pnpn_removal_record *record)
{
	struct verdict verdict = {.kind = "owner"};

	if (record->ejection->error != -EBUSY) {
		strncpy(verdict.who, strerror(-record->ejection->error), sizeof(verdict.who) - 1);
		return verdict;
	}
	verdict.kind = "handle";
	record->node->kind->describe_use(record->node, verdict.who, sizeof(verdict.who));
	return verdict;
}

static bool is_ejection(const struct pnpn_removal_voter *voter,
			const struct pnpn_removal_record *record)
{
	return record->ejection && voter == &record->ejection->voter;
}

/* Somebody who has it open, or NULL: what an ended connection left is not open (D6). */
static const struct pnpn_peer *find_holder(struct pnpn_node *node)
{
	pnpn_list_for_each_safe (link, after, &node->handles) {
		struct pnpn_peer *peer = pnpn_list_entry(link, struct pnpn_open, node_link)->peer;
		if (!peer->ended)
			return peer;
	}
	return NULL;
}

static const struct pnpn_peer *find_holder_of_any(const struct pnpn_removal_record *record)
{
	const struct pnpn_peer *holder = NULL;

	for (struct pnpn_list *link = record->members.next; !holder && link != &record->members;
	     link = link->next)
		holder = find_holder(member_at(link));
	return holder;
}

static struct verdict verdict_of_handle(const struct pnpn_removal_record *record)
{
	const struct pnpn_peer *holder = find_holder_of_any(record);

	return (struct verdict){.kind = "handle", .pid = holder ? (uint32_t)holder->who.pid : 0};
}

/* --- what the state machine needs ----------------------------------------------------------------- */

static bool on_tell(struct pnpn_removal_voter *voter, enum pnpn_removal_news news)
{
	struct pnpn_removal_record *record = record_of(voter->removal);

	if (!is_ejection(voter, record))
		return pnpn_query_tell(pnpn_query_of(voter), news);
	pnpn_ejection_tell(record->ejection, news);
	return true;
}

/* From now on nobody else opens it. */
static bool on_is_open(struct pnpn_removal *removal)
{
	struct pnpn_removal_record *record = record_of(removal);

	pnpn_list_for_each_safe (link, after, &record->members)
		member_at(link)->closing = true;
	return find_holder_of_any(record);
}

static void on_wait(struct pnpn_removal *removal)
{
	struct pnpn_removal_record *record = record_of(removal);

	(void)sd_event_source_set_time_relative(record->timer, record->server->query_usec);
	(void)sd_event_source_set_enabled(record->timer, SD_EVENT_ONESHOT);
}

/* The status names him as long as he is there, the log for ever (D6). */
static void on_silent(struct pnpn_removal_voter *voter)
{
	struct pnpn_removal_record *record = record_of(voter->removal);
	struct pnpn_query *query = pnpn_query_of(voter);
	struct pnpn_peer *peer = query->peer;

	query->number = 0;
	peer->n_silent++;
	memcpy(peer->silent_on, query->node->entry.id, sizeof(peer->silent_on));
	if (record->n_silent++ < LOGGED_MOST)
		pnpn_notice(&(struct pnpn_notice){.device = query->node->entry.id,
						  .pid = peer->who.pid},
			    "process %" PRId64 " did not answer in time on the removal of %s, and "
			    "is taken to agree",
			    (int64_t)peer->who.pid, query->node->entry.id);
}

/* It waits for nobody else then. */
static bool waits_for_ejection(const struct pnpn_removal_record *record)
{
	return record->ejection && record->ejection->voter.waited_for;
}

static void on_leave(struct pnpn_removal *removal)
{
	struct pnpn_removal_record *record = record_of(removal);

	pnpn_list_for_each_safe (link, after, &record->members)
		pnpn_node_leave(member_at(link));
	answer_removed(record);
}

static void free_queries(struct pnpn_removal *removal)
{
	while (!pnpn_list_is_empty(&removal->voters))
		pnpn_query_free(pnpn_query_of(
			pnpn_list_entry(removal->voters.next, struct pnpn_removal_voter, link)));
}

static void record_free(struct pnpn_removal_record *record)
{
	if (record->ejection)
		pnpn_list_remove(&record->ejection->voter.link);
	pnpn_ejection_free(record->ejection);
	free_queries(&record->removal);
	let_go(record);
	sd_event_source_disable_unref(record->timer);
	free(record);
}

static void let_out(struct pnpn_node *node)
{
	pnpn_list_remove(&node->removal_link);
	node->removal = NULL;
	node->closing = false;
}

/* They stay. */
static void let_out_all(struct pnpn_removal_record *record)
{
	while (!pnpn_list_is_empty(&record->members))
		let_out(member_at(record->members.next));
}

/* They go. */
static void remove_all(struct pnpn_list *nodes)
{
	while (!pnpn_list_is_empty(nodes)) {
		struct pnpn_node *node = member_at(nodes->next);
		pnpn_list_remove(&node->removal_link);
		pnpn_node_remove(node);
	}
}

/* Each knows nothing of the removal any more. */
static void take_all(struct pnpn_removal_record *record, struct pnpn_list *ret_nodes)
{
	pnpn_list_init(ret_nodes);
	while (!pnpn_list_is_empty(&record->members)) {
		struct pnpn_node *node = member_at(record->members.next);
		let_out(node);
		pnpn_list_append(ret_nodes, &node->removal_link);
	}
}

static void on_ended(struct pnpn_removal *removal, enum pnpn_removal_outcome outcome)
{
	struct pnpn_removal_record *record = record_of(removal);
	struct pnpn_list nodes;
	struct verdict verdict = {.removed = outcome == PNPN_REMOVAL_DONE ||
					     outcome == PNPN_REMOVAL_GONE,
				  .kind = ""};

	if (removal->vetoer)
		verdict = is_ejection(removal->vetoer, record) ? verdict_of_ejection(record)
							       : verdict_of_voter(removal->vetoer);
	else if (outcome == PNPN_REMOVAL_OPEN)
		verdict = verdict_of_handle(record);
	answer(record, &verdict);
	pnpn_list_init(&nodes);
	if (outcome == PNPN_REMOVAL_DONE && !record->overtaken)
		take_all(record, &nodes);
	else
		let_out_all(record);
	record_free(record);
	remove_all(&nodes);
}

static const struct pnpn_removal_world world = {
	.tell = on_tell,
	.is_open = on_is_open,
	.wait = on_wait,
	.silent = on_silent,
	.leave = on_leave,
	.ended = on_ended,
};

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct pnpn_removal_record *record = userdata;

	if (waits_for_ejection(record))
		pnpn_ejection_time_out(record->ejection);
	else
		pnpn_removal_time_out(&record->removal);
	return 0;
}

/* --- what happens to the device meanwhile --------------------------------------------------------- */

static void on_closed(struct pnpn_node *node)
{
	pnpn_removal_closed(&node->removal->removal);
}

/* The others go on without it. */
static void forget_member(struct pnpn_node *node)
{
	struct pnpn_removal_record *record = node->removal;
	bool held = pnpn_removal_pause(&record->removal);

	pnpn_list_for_each_safe (link, after, &record->removal.voters) {
		struct pnpn_query *query =
			pnpn_query_of(pnpn_list_entry(link, struct pnpn_removal_voter, link));
		if (query->node == node)
			pnpn_query_free(query);
	}
	let_out(node);
	if (node == record->node) {
		answer_removed(record);
		record->node = NULL;
	}
	pnpn_removal_resume(&record->removal, held);
}

/* Freed by its owner, or about to be taken away by surprise. */
static void overtake(struct pnpn_node *node)
{
	struct pnpn_removal_record *record = node->removal;

	if (record->members.next->next != &record->members) {
		forget_member(node);
		return;
	}
	record->overtaken = true;
	pnpn_removal_vanish(&record->removal);
}

/* All of them are about to be taken away. */
static void overtake_all(struct pnpn_removal_record *record)
{
	let_out_all(record);
	record->overtaken = true;
	pnpn_removal_vanish(&record->removal);
}

static const struct pnpn_node_remover remover = {
	.closed = on_closed,
	.gone = overtake,
};

/* --- its beginning -------------------------------------------------------------------------------- */

/* Only whom the owner trusts delays a removal as a driver does (as R2 has it). */
static bool is_driver(const struct pnpn_registrant *registrant, const struct pnpn_node *node)
{
	uid_t uid = registrant->peer->who.uid;

	return registrant->flags & PNPN_REGISTER_KERNEL_MODE &&
	       (!uid || (node->owner && uid == node->owner->who.uid));
}

/* Whoever has no room for it agrees. Whoever asks for the removal has decided already. */
static void add_registrants(struct pnpn_removal_record *record, struct pnpn_node *node)
{
	struct pnpn_query *query;

	pnpn_list_for_each_safe (link, after, &node->server->registrations) {
		struct pnpn_registration_record *registration =
			pnpn_list_entry(link, struct pnpn_registration_record, link);
		const struct pnpn_registrant *registrant = &registration->registrant;
		if (registrant->peer == record->peer || registrant->peer->ended ||
		    !pnpn_registration_is_asked(registration, node) ||
		    pnpn_query_new(registrant->peer, node, &query) < 0)
			continue;
		query->registration = registrant->number;
		pnpn_list_append(&registration->queries, &query->registration_link);
		pnpn_removal_add(&record->removal, &query->voter,
				 is_driver(registrant, node) ? PNPN_REMOVAL_DRIVER
							     : PNPN_REMOVAL_APPLICATION);
	}
}

static void add_owner(struct pnpn_removal_record *record, struct pnpn_node *node)
{
	struct pnpn_query *query;

	if (pnpn_query_new(node->owner, node, &query) >= 0)
		pnpn_removal_add(&record->removal, &query->voter, PNPN_REMOVAL_OWNER);
}

/* Off until answers are waited for. */
static int add_timer(struct pnpn_removal_record *record)
{
	int r = sd_event_add_time(record->server->event, &record->timer, CLOCK_MONOTONIC, 0, 0,
				  on_timer, record);

	return r < 0 ? r : sd_event_source_set_enabled(record->timer, SD_EVENT_OFF);
}

static int record_new(struct pnpn_removal_record **ret_record, struct pnpn_peer *peer,
		      struct pnpn_node *node, unsigned int flags)
{
	int r = pnpn_charge(&peer->account, PNPN_RESOURCE_REMOVALS, 1);

	if (r < 0)
		return r;
	struct pnpn_removal_record *record = calloc(1, sizeof(*record));
	if (!record) {
		pnpn_discharge(&peer->account, PNPN_RESOURCE_REMOVALS, 1);
		return -ENOMEM;
	}
	pnpn_removal_init(&record->removal, &world, flags & PNPN_REMOVE_FORCE);
	record->removal.patient |= flags & PNPN_REMOVE_WAIT;
	record->node = node;
	record->server = node->server;
	pnpn_list_init(&record->members);
	record->peer = peer;
	pnpn_list_append(&peer->removals, &record->peer_link);
	r = add_timer(record);
	if (r < 0)
		record_free(record);
	else
		*ret_record = record;
	return r < 0 ? r : 0;
}

static void begin(struct pnpn_removal_record *record)
{
	pnpn_list_for_each_safe (link, after, &record->members) {
		add_registrants(record, member_at(link));
		if (!record->ejection)
			add_owner(record, member_at(link));
	}
	if (record->ejection)
		pnpn_removal_add(&record->removal, &record->ejection->voter, PNPN_REMOVAL_OWNER);
	pnpn_removal_begin(&record->removal);
}

/* Nobody was asked yet. */
static void drop(struct pnpn_removal_record *record, int error)
{
	refuse(record, error);
	let_out_all(record);
	record_free(record);
}

static void on_begun(struct pnpn_ejection *ejection, int error)
{
	struct pnpn_removal_record *record = ejection->record;

	if (error < 0)
		drop(record, error);
	else
		begin(record);
}

/* Linux says whether he may, and does it in the end. */
static int begin_ejection(struct pnpn_removal_record *record)
{
	struct pnpn_node *node = record->node;
	struct pnpn_ejectable what;
	int r = node->kind->find_ejectable(node, &what);

	if (r >= 0)
		r = pnpn_ejection_new(&record->ejection, node->server->event, &record->peer->who,
				      &what, on_begun);
	if (r >= 0)
		record->ejection->record = record;
	return r;
}

/* What is on it goes first, so that its owner hears of it first. Whoever is at one of them is overtaken. */
static void join(struct pnpn_removal_record *record, struct pnpn_node *node)
{
	pnpn_list_for_each_safe (link, after, &node->children) {
		struct pnpn_node *child = pnpn_list_entry(link, struct pnpn_node, child_link);
		if (child->entry.started)
			join(record, child);
	}
	if (node->removal)
		overtake(node);
	node->removal = record;
	node->remover = &remover;
	pnpn_list_append(&record->members, &node->removal_link);
}

static int begin_any(struct pnpn_removal_record *record, sd_bus_message *call)
{
	struct pnpn_node *node = record->node;
	int r = node->owner ? 0 : begin_ejection(record);

	if (r < 0) {
		record_free(record);
		return r;
	}
	record->call = sd_bus_message_ref(call);
	if (node->removal && node->removal->node == node)
		overtake_all(node->removal);
	join(record, node);
	if (node->owner)
		begin(record);
	return 1;
}

/* Its owner's user and root may, whoever else may register and open (D9). What is Linux's nobody pulls out from here. */
static int may_remove(const struct pnpn_peer *peer, const struct pnpn_node *node,
		      unsigned int flags)
{
	if (!node->owner)
		return node->kind->find_ejectable && !(flags & PNPN_REMOVE_FORCE) ? 0 : -EOPNOTSUPP;
	if (peer->who.uid && peer->who.uid != node->owner->who.uid)
		return -EACCES;
	return peer == node->owner ? -EDEADLK : 0;
}

/* It, or something on it. */
static bool is_going(const struct pnpn_node *node)
{
	bool going = node->removal;

	for (struct pnpn_list *link = node->children.next; !going && link != &node->children;
	     link = link->next)
		going = is_going(pnpn_list_entry(link, struct pnpn_node, child_link));
	return going;
}

static int find(struct pnpn_peer *peer, const char *name, unsigned int flags,
		struct pnpn_node **ret_node)
{
	if (flags & ~(unsigned int)(PNPN_REMOVE_WAIT | PNPN_REMOVE_FORCE))
		return -EINVAL;
	struct pnpn_node *node = pnpn_node_find(peer->server, name);
	if (!node)
		return -ENOENT;
	int r = may_remove(peer, node, flags);
	if (r >= 0 && is_going(node) && !(flags & PNPN_REMOVE_FORCE))
		r = -EALREADY;
	if (r >= 0)
		*ret_node = node;
	return r;
}

int pnpn_removal_handle(struct pnpn_peer *peer, sd_bus_message *call)
{
	struct pnpn_removal_record *record;
	struct pnpn_node *node;
	const char *name;
	uint32_t flags;
	int r = sd_bus_message_read(call, "su", &name, &flags);

	if (r >= 0)
		r = find(peer, name, flags, &node);
	if (r >= 0)
		r = record_new(&record, peer, node, flags);
	if (r < 0)
		return r;
	return begin_any(record, call);
}

void pnpn_removals_give_up(struct pnpn_peer *peer)
{
	while (!pnpn_list_is_empty(&peer->removals)) {
		struct pnpn_removal_record *record =
			pnpn_list_entry(peer->removals.next, struct pnpn_removal_record, peer_link);
		let_go(record);
		pnpn_removal_give_up(&record->removal);
	}
}
