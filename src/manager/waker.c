/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "manager/attachment.h"
#include "manager/group.h"
#include "manager/node.h"
#include "manager/peer.h"
#include "manager/server.h"
#include "manager/waker.h"

/* The slowest reader is looked for once in so many bytes: that is a look at every reader's page. */
#define FLOOR_STEP PNPN_RING_CHUNK_BYTES

/* More than any owner wakes by itself. */
#define READERS_MANY 4096

void pnpn_waker_wake(struct pnpn_node *node)
{
	pnpn_list_for_each_safe (link, after, &node->groups)
		(void)eventfd_write(pnpn_list_entry(link, struct pnpn_group, link)->fd, 1);
}

/* Whoever has the descriptor too can make it blocking, and take what is in it. */
static void take(int fd)
{
	uint64_t count;
	struct iovec iov = {&count, sizeof(count)};

	(void)!preadv2(fd, &iov, 1, -1, RWF_NOWAIT);
}

static uint64_t position_of(const struct pnpn_attachment_record *attachment)
{
	return __atomic_load_n(&attachment->page->position, __ATOMIC_ACQUIRE);
}

/* All ones without any. */
static uint64_t least_position(struct pnpn_node *node, bool kernel_mode_only)
{
	uint64_t least = UINT64_MAX;

	pnpn_list_for_each_safe (link, after, &node->attachments) {
		struct pnpn_attachment_record *attachment =
			pnpn_list_entry(link, struct pnpn_attachment_record, node_link);
		if (kernel_mode_only && !attachment->kernel_mode)
			continue;
		uint64_t position = position_of(attachment);
		least = position < least ? position : least;
	}
	return least;
}

/* One token in the pipe says all: the owner looks at header.handled when it took it. */
static void tell_owner(struct pnpn_node *node)
{
	const uint64_t token = 1;
	int waiting = 0;

	if (ioctl(node->handled_fds[0], FIONREAD, &waiting) == 0 && waiting > 0)
		return;
	(void)!write(node->handled_fds[1], &token, sizeof(token));
}

static void set_handled(struct pnpn_node *node)
{
	struct pnpn_ring_header *header = node->ring.header;
	uint64_t handled = least_position(node, true);

	if (__atomic_load_n(&header->handled, __ATOMIC_RELAXED) == handled)
		return;
	__atomic_store_n(&header->handled, handled, __ATOMIC_RELEASE);
	tell_owner(node);
}

static void set_floor(struct pnpn_node *node, uint64_t head)
{
	uint64_t least = least_position(node, false);

	node->floor_at = head;
	__atomic_store_n(&node->ring.header->floor, least < head ? least : head, __ATOMIC_RELAXED);
}

static void look_for_floor(struct pnpn_node *node, uint64_t head)
{
	if (head - node->floor_at >= FLOOR_STEP)
		set_floor(node, head);
}

/* The owner asks for all to be woken. */
static void on_help(struct pnpn_wake_source *source)
{
	struct pnpn_node *node = pnpn_list_entry(source, struct pnpn_node, help);

	take(source->fd);
	pnpn_waker_wake(node);
	look_for_floor(node, __atomic_load_n(&node->ring.header->head, __ATOMIC_RELAXED));
}

/*
 * Pairs with pnpn_attachment_settle() in src/client/attachment.c and publish() in
 * src/core/ring-writer.c. The reader published its position and found the ring empty, then kicked: if
 * there is more now, the report may have come before armed was set, and nobody else wakes the reader.
 * It alone is nudged: a reader that kicks without need costs the others nothing.
 */
static void on_kick(struct pnpn_wake_source *source)
{
	struct pnpn_attachment_record *attachment =
		pnpn_list_entry(source, struct pnpn_attachment_record, kick);
	struct pnpn_node *node = attachment->node;
	struct pnpn_ring_header *header = node->ring.header;

	take(source->fd);
	__atomic_store_n(&header->armed, 1, __ATOMIC_SEQ_CST);
	uint64_t head = __atomic_load_n(&header->head, __ATOMIC_SEQ_CST);
	if (head != position_of(attachment))
		(void)eventfd_write(attachment->nudge_fd, 1);
	if (attachment->kernel_mode)
		set_handled(node);
	look_for_floor(node, head);
}

void pnpn_waker_update(struct pnpn_node *node)
{
	/* A kernel module looks after its readers itself. */
	if (!node->help.user)
		return;
	struct pnpn_ring_header *header = node->ring.header;
	unsigned int readers = node->n_attachments;

	/* Who does not hear the owner is woken by the manager: the owner must ask it. */
	if (node->n_direct < readers && readers < READERS_MANY)
		readers = READERS_MANY;
	pnpn_waker_lock(node->server->waker);
	__atomic_store_n(&header->readers, readers, __ATOMIC_SEQ_CST);
	set_handled(node);
	set_floor(node, __atomic_load_n(&header->head, __ATOMIC_SEQ_CST));
	pnpn_waker_unlock(node->server->waker);
}

int pnpn_waker_listen(struct pnpn_attachment_record *attachment)
{
	attachment->kick.fd = attachment->kick_fd;
	attachment->kick.woken = on_kick;
	return pnpn_wake_source_add(&attachment->kick, attachment->registrant.peer->account.user);
}

int pnpn_waker_init(struct pnpn_node *node)
{
	node->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	node->helper_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (node->wake_fd < 0 || node->helper_fd < 0 ||
	    pipe2(node->handled_fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	node->help.fd = node->helper_fd;
	node->help.woken = on_help;
	return pnpn_wake_source_add(&node->help, node->owner->account.user);
}
