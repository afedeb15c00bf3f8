/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "manager/attachment.h"
#include "manager/group.h"
#include "manager/node.h"
#include "manager/peer.h"
#include "manager/server.h"
#include "manager/waker.h"

/* Page, two eventfds, an epoll. A group's eventfd is one for many. */
#define DESCRIPTORS_EACH 4

/* In one Attached signal. */
#define DESCRIPTORS_SENT 4

static uid_t owner_of(const struct pnpn_node *node)
{
	return node->owner ? node->owner->who.uid : 0;
}

static int charge(struct pnpn_attachment_record *attachment)
{
	struct pnpn_peer *peer = attachment->registrant.peer;
	uid_t owner = owner_of(attachment->node);
	int r = pnpn_share_take(peer->account.user, owner, DESCRIPTORS_EACH);

	if (r < 0)
		return r;
	r = pnpn_charge(&peer->account, PNPN_RESOURCE_DESCRIPTORS, DESCRIPTORS_EACH);
	if (r < 0)
		pnpn_share_give(peer->account.user, owner, DESCRIPTORS_EACH);
	attachment->charged = r >= 0;
	return r;
}

static void discharge(const struct pnpn_attachment_record *attachment)
{
	struct pnpn_peer *peer = attachment->registrant.peer;

	if (!attachment->charged)
		return;
	pnpn_discharge(&peer->account, PNPN_RESOURCE_DESCRIPTORS, DESCRIPTORS_EACH);
	pnpn_share_give(peer->account.user, owner_of(attachment->node), DESCRIPTORS_EACH);
}

/* The process may keep its epoll: what wakes others does not stay in it. */
static void leave(struct pnpn_attachment_record *attachment)
{
	if (attachment->direct) {
		(void)epoll_ctl(attachment->wake_fd, EPOLL_CTL_DEL, attachment->node->wake_fd,
				NULL);
		attachment->node->n_direct--;
	}
	if (attachment->group)
		(void)epoll_ctl(attachment->wake_fd, EPOLL_CTL_DEL, attachment->group->fd, NULL);
	attachment->group = pnpn_group_leave(attachment->group);
	if (attachment->wake_fd >= 0)
		close(attachment->wake_fd);
	attachment->wake_fd = -1;
}

struct pnpn_attachment_record *pnpn_attachment_record_free(
	struct pnpn_attachment_record *attachment)
{
	if (!attachment)
		return NULL;
	struct pnpn_node *node = attachment->node;
	pnpn_wake_source_remove(&attachment->kick);
	pnpn_waker_lock(node->server->waker);
	pnpn_list_remove(&attachment->node_link);
	pnpn_waker_unlock(node->server->waker);
	pnpn_list_remove(&attachment->registration_link);
	node->n_attachments--;
	leave(attachment);
	pnpn_waker_update(node);
	if (attachment->kick_fd >= 0)
		close(attachment->kick_fd);
	if (attachment->nudge_fd >= 0)
		close(attachment->nudge_fd);
	pnpn_sealed_deinit(&attachment->page_memory);
	discharge(attachment);
	free(attachment);
	return NULL;
}

/* Its page says from the first moment on that it took nothing of what comes. */
static int make_page(struct pnpn_attachment_record *attachment, bool from_start)
{
	int r = pnpn_sealed_init(&attachment->page_memory, "pnpnotify-reader",
				 (size_t)sysconf(_SC_PAGESIZE));

	if (r < 0)
		return r;
	struct pnpn_reader_page *page = attachment->page_memory.map;
	if (!from_start)
		page->position = __atomic_load_n(&attachment->node->ring.header->head,
						 __ATOMIC_ACQUIRE);
	attachment->page = page;
	return 0;
}

static int tell(const struct pnpn_attachment_record *attachment, bool from_start)
{
	const struct pnpn_node *node = attachment->node;
	struct pnpn_peer *peer = attachment->registrant.peer;
	sd_bus_message *signal = NULL;
	int r = pnpn_peer_new_signal(peer, "Attached", &signal);

	if (r >= 0)
		r = sd_bus_message_append(signal, "utsbhhhh", attachment->registrant.number,
					  node->entry.number, node->entry.id, (int)from_start,
					  attachment->ring_fd, attachment->wake_fd,
					  attachment->sleep_fd, attachment->page_memory.fd);
	if (r >= 0)
		r = pnpn_peer_try_send(peer, signal, 256 + strlen(node->entry.id),
				       DESCRIPTORS_SENT);
	sd_bus_message_unref(signal);
	return r;
}

int pnpn_attachment_record_new(const struct pnpn_registrant *registrant, struct pnpn_list *list,
			       struct pnpn_node *node, bool from_start)
{
	struct pnpn_attachment_record *attachment = calloc(1, sizeof(*attachment));

	if (!attachment)
		return -ENOMEM;
	attachment->node = node;
	attachment->registrant = *registrant;
	attachment->wake_fd = attachment->kick_fd = attachment->nudge_fd =
		attachment->page_memory.fd = -1;
	pnpn_list_init(&attachment->node_link);
	pnpn_list_init(&attachment->registration_link);
	node->n_attachments++;
	int r = charge(attachment);
	if (r >= 0)
		r = make_page(attachment, from_start);
	if (r >= 0) {
		pnpn_waker_lock(node->server->waker);
		pnpn_list_append(&node->attachments, &attachment->node_link);
		pnpn_waker_unlock(node->server->waker);
		pnpn_list_append(list, &attachment->registration_link);
		r = node->kind->attach(attachment);
	}
	/* The owner knows before the reader does. */
	if (r >= 0)
		pnpn_waker_update(node);
	if (r >= 0)
		r = tell(attachment, from_start);
	if (r < 0)
		pnpn_attachment_record_free(attachment);
	return r < 0 ? r : 0;
}
