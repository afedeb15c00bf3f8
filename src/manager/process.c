/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "core/ring-writer.h"
#include "manager/attachment.h"
#include "manager/group.h"
#include "manager/node.h"
#include "manager/owners.h"
#include "manager/peer.h"
#include "manager/process.h"
#include "manager/property.h"
#include "manager/report.h"
#include "manager/reserved.h"
#include "manager/server.h"
#include "manager/waker.h"

/* Ring, its other descriptor, two eventfds, a pipe. */
#define DESCRIPTORS_EACH 6

/* --- what its readers get ------------------------------------------------------------------------- */

static int make_descriptors(struct pnpn_attachment_record *attachment)
{
	attachment->kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	attachment->nudge_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (attachment->kick_fd < 0 || attachment->nudge_fd < 0)
		return -errno;
	return pnpn_waker_listen(attachment);
}

static int add_to_epoll(const struct pnpn_attachment_record *attachment, int fd)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLET};

	return epoll_ctl(attachment->wake_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

/*
 * A few readers hear the owner directly: those of one user, who is the owner's or whose owner is root,
 * because owner and readers can use up each other's ways (group.h). The others wait for the manager.
 */
static void try_direct(struct pnpn_attachment_record *attachment)
{
	struct pnpn_node *node = attachment->node;
	uid_t uid = attachment->registrant.peer->who.uid;

	if (node->n_direct == PNPN_GROUP_READERS || (node->n_direct && node->direct_uid != uid) ||
	    (node->owner->who.uid && node->owner->who.uid != uid) ||
	    add_to_epoll(attachment, node->wake_fd) < 0)
		return;
	attachment->direct = true;
	node->direct_uid = uid;
	node->n_direct++;
}

/* What the reader gets: the eventfds are inside, out of its reach. */
static int make_wake_epoll(struct pnpn_attachment_record *attachment)
{
	attachment->wake_fd = epoll_create1(EPOLL_CLOEXEC);
	if (attachment->wake_fd < 0)
		return -errno;
	int r = pnpn_group_join(attachment->node, attachment->registrant.peer->who.uid,
				&attachment->group);
	if (r >= 0)
		r = add_to_epoll(attachment, attachment->group->fd);
	if (r >= 0)
		r = add_to_epoll(attachment, attachment->nudge_fd);
	if (r >= 0)
		try_direct(attachment);
	return r;
}

/* The owner waits for it (R2): not for any user's process. */
static bool is_waited_for(const struct pnpn_attachment_record *attachment)
{
	uid_t uid = attachment->registrant.peer->who.uid;

	return attachment->registrant.flags & PNPN_REGISTER_KERNEL_MODE &&
	       (!uid || uid == attachment->node->owner->who.uid);
}

static int attach(struct pnpn_attachment_record *attachment)
{
	struct pnpn_node *node = attachment->node;

	pnpn_waker_lock(node->server->waker);
	attachment->kernel_mode = is_waited_for(attachment);
	pnpn_waker_unlock(node->server->waker);
	int r = pnpn_ring_memory_reserve(&node->ring);
	if (r >= 0)
		r = make_descriptors(attachment);
	if (r < 0)
		return r;
	attachment->ring_fd = node->ring.read_fd;
	attachment->sleep_fd = attachment->kick_fd;
	return make_wake_epoll(attachment);
}

/* --- its end -------------------------------------------------------------------------------------- */

/*
 * The owner may be hostile and still write: whatever becomes of the record, Detached tells too, and where the
 * ring ends. Nothing of a ring that is none is believed.
 */
static void end_ring(struct pnpn_node *node)
{
	struct pnpn_ring_writer writer;

	int r = pnpn_ring_writer_init(&writer, node->ring.memory.map, node->ring.memory.bytes);
	if (r == -EPROTO)
		node->end = 0;
	if (r < 0)
		return;
	(void)pnpn_ring_writer_remove(&writer);
	node->end = writer.head;
	pnpn_ring_writer_deinit(&writer);
}

static void remove_node(struct pnpn_node *node)
{
	end_ring(node);
	pnpn_waker_wake(node);
}

static void tell_properties(struct pnpn_node *node, const struct pnpn_property_sink *sink)
{
	pnpn_property_tell(&node->properties, sink);
}

static const struct pnpn_node_kind process_kind = {
	.name = "driver",
	.attach = attach,
	.report = pnpn_report_ask_owner,
	.tell_properties = tell_properties,
	.remove = remove_node,
};

/* --- its beginning -------------------------------------------------------------------------------- */

/* What it takes is charged before any of it is made. */
static int charge_ring(struct pnpn_peer *owner)
{
	int r = pnpn_charge(&owner->account, PNPN_RESOURCE_DEVICES, 1);

	if (r < 0)
		return r;
	r = pnpn_charge(&owner->account, PNPN_RESOURCE_DESCRIPTORS, DESCRIPTORS_EACH);
	if (r < 0)
		pnpn_discharge(&owner->account, PNPN_RESOURCE_DEVICES, 1);
	return r;
}

static int give_ring(struct pnpn_node *node, struct pnpn_peer *owner)
{
	int r = charge_ring(owner);

	if (r < 0)
		return r;
	node->owner = owner;
	node->n_descriptors = DESCRIPTORS_EACH;
	node->access.uid = owner->who.uid;
	node->access.gid = owner->who.n_gids ? owner->who.gids[owner->who.n_gids - 1] : 0;
	pnpn_list_append(&owner->devices, &node->owner_link);
	r = pnpn_ring_memory_init(&node->ring);
	return r < 0 ? r : pnpn_waker_init(node);
}

static int may_have(const struct pnpn_peer *owner, const char *instance_id)
{
	char id[PNPN_INSTANCE_ID_BYTES];
	int r = pnpn_instance_id_normalize(instance_id, id);

	if (r < 0)
		return r;
	return pnpn_reserved_id(id) || !pnpn_owners_allow(owner, id) ? -EACCES : 0;
}

int pnpn_process_node_new(struct pnpn_node **ret_node, struct pnpn_peer *owner,
			  const char *instance_id)
{
	struct pnpn_node *node;
	int r = may_have(owner, instance_id);

	if (r >= 0)
		r = pnpn_node_new(&node, owner->server, &process_kind, instance_id);
	if (r < 0)
		return r;
	r = give_ring(node, owner);
	if (r < 0)
		pnpn_node_free(node);
	else
		*ret_node = node;
	return r;
}
