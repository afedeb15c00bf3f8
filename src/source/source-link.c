/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <pnpnotify/events.h>
#include "source/known.h"
#include "source/shortage.h"
#include "source/sink.h"
#include "source/source-link.h"

/* What a burst of changes may take before they are read. */
#define RECEIVE_BYTES (4 << 20)

/* What most messages have room in; the kernel makes longer parts of an answer for who has more. */
#define BUFFER_BYTES 32768

/* Interfaces are found by number, which whoever makes one may choose. */
#define BUCKETS 256

/* What rtnetlink said of one, which may be before the device is known, or after it went. */
struct link {
	struct pnpn_list node; /* of its bucket */
	unsigned int index, flags;
	bool up;
	bool is_there; /* rtnetlink has not said that it is gone */
	unsigned int round; /* of asking for everything in which it was last told of */
	struct pnpn_known *known; /* whom the sink was told of, or NULL */
	bool told_up; /* what the sink was told */
	uint32_t changes; /* of its carrier, as the kernel counts them */
};

struct pnpn_links {
	sd_event *event;
	const struct pnpn_source_sink *sink;
	struct mnl_socket *socket;
	sd_event_source *readable;
	char *buffer; /* for a message: a link has as many names as somebody gave it */
	size_t buffer_bytes;
	bool settled; /* what was there at the start is known */
	unsigned int round; /* how often everything was asked for */
	struct pnpn_list buckets[BUCKETS];
};

static struct link *find(struct pnpn_links *links, unsigned int index)
{
	pnpn_list_for_each_safe (node, after, &links->buckets[index % BUCKETS]) {
		struct link *link = pnpn_list_entry(node, struct link, node);
		if (link->index == index)
			return link;
	}
	return NULL;
}

static struct link *find_or_make(struct pnpn_links *links, unsigned int index)
{
	struct link *link = find(links, index);

	if (link)
		return link;
	link = calloc(1, sizeof(*link));
	if (link) {
		link->index = index;
		pnpn_list_append(&links->buckets[index % BUCKETS], &link->node);
	}
	return link;
}

static void free_unused(struct link *link)
{
	if (link->known || link->is_there)
		return;
	pnpn_list_remove(&link->node);
	free(link);
}

/* A device that the sink knows hears of what differs from what it heard last. */
static void tell(struct pnpn_links *links, struct link *link)
{
	struct pnpn_link_change change = {link->index, link->flags};

	if (!link->known || link->up == link->told_up)
		return;
	link->told_up = link->up;
	if (links->settled)
		pnpn_source_sink_tell(links->sink, link->known->instance_id,
				      link->up ? &PNPN_LINK_UP : &PNPN_LINK_DOWN, &change,
				      sizeof(change));
}

static uint32_t count_changes(const struct nlmsghdr *header)
{
	const struct nlattr *attribute;

	mnl_attr_for_each (attribute, header, sizeof(struct ifinfomsg))
		if (mnl_attr_get_type(attribute) == IFLA_CARRIER_CHANGES &&
		    mnl_attr_validate(attribute, MNL_TYPE_U32) >= 0)
			return mnl_attr_get_u32(attribute);
	return 0;
}

/* The first that is heard of it since others were lost: of the changes in between the last one will be told. */
static void tell_lost(struct pnpn_links *links, const struct link *link, uint32_t changes)
{
	uint32_t missed = changes - link->changes, told = link->up != link->told_up;

	if (link->known && links->settled && link->round && link->round != links->round &&
	    missed > told)
		links->sink->lost(links->sink->userdata, link->known->instance_id, missed - told);
}

static void take(struct pnpn_links *links, struct link *link, const struct nlmsghdr *header)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(header);
	uint32_t changes = count_changes(header);

	link->flags = info->ifi_flags;
	link->up = info->ifi_flags & IFF_LOWER_UP && info->ifi_flags & IFF_UP;
	tell_lost(links, link, changes);
	link->changes = changes;
	tell(links, link);
}

/* A bridge tells of its ports in messages of the same type: those are of another family. */
static int on_message(const struct nlmsghdr *header, void *userdata)
{
	struct pnpn_links *links = userdata;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(header);
	bool is_there = header->nlmsg_type == RTM_NEWLINK;

	if (mnl_nlmsg_get_payload_len(header) < sizeof(*info) || info->ifi_index <= 0 ||
	    info->ifi_family != AF_UNSPEC || (!is_there && header->nlmsg_type != RTM_DELLINK))
		return MNL_CB_OK;
	struct link *link = is_there ? find_or_make(links, (unsigned int)info->ifi_index)
				     : find(links, (unsigned int)info->ifi_index);
	if (!link) {
		pnpn_shortage_note(is_there ? ENOMEM : 0);
		return MNL_CB_OK;
	}
	link->is_there = is_there;
	if (is_there)
		take(links, link, header);
	link->round = links->round;
	free_unused(link);
	return MNL_CB_OK;
}

/* Everything was told: what was not there is gone, though nothing said so. */
static void settle(struct pnpn_links *links)
{
	links->settled = true;
	for (size_t i = 0; i < BUCKETS; i++)
		pnpn_list_for_each_safe (node, after, &links->buckets[i]) {
			struct link *link = pnpn_list_entry(node, struct link, node);
			link->is_there = link->is_there && link->round == links->round;
			free_unused(link);
		}
}

/* --- the devices ---------------------------------------------------------------------------------- */

static bool is_interface(const struct pnpn_known *known)
{
	static const char first[] = "LINUX\\NET\\";

	return strncmp(known->instance_id, first, strlen(first)) == 0 && known->state.identity &&
	       known->state.identity <= INT32_MAX;
}

void pnpn_links_came(struct pnpn_links *links, struct pnpn_known *known)
{
	if (!is_interface(known))
		return;
	struct link *link = find_or_make(links, (unsigned int)known->state.identity);
	if (!link) {
		pnpn_shortage_note(ENOMEM);
		return;
	}
	if (link->known == known)
		return;
	link->known = known;
	link->told_up = false;
	tell(links, link);
}

void pnpn_links_went(struct pnpn_links *links, const struct pnpn_known *known)
{
	struct link *link = is_interface(known) ? find(links, (unsigned int)known->state.identity)
						: NULL;

	if (!link || link->known != known)
		return;
	link->known = NULL;
	free_unused(link);
}

/* --- the socket ----------------------------------------------------------------------------------- */

/* All interfaces as they are now: at the start, and after the socket overran. */
static int ask_for_all(struct pnpn_links *links)
{
	char buffer[128];
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *info;

	header->nlmsg_type = RTM_GETLINK;
	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	info = mnl_nlmsg_put_extra_header(header, sizeof(*info));
	info->ifi_family = AF_UNSPEC;
	return mnl_socket_sendto(links->socket, header, header->nlmsg_len) < 0 ? -errno : 0;
}

static int make_room(struct pnpn_links *links, size_t bytes)
{
	if (bytes <= links->buffer_bytes)
		return 0;
	char *more = realloc(links->buffer, bytes);
	if (!more)
		return -ENOMEM;
	links->buffer = more;
	links->buffer_bytes = bytes;
	return 0;
}

/* The next message, however long it is. Returns its bytes; an errno: one that there is no room for is lost. */
static ssize_t receive(struct pnpn_links *links)
{
	ssize_t bytes = recv(mnl_socket_get_fd(links->socket), NULL, 0, MSG_PEEK | MSG_TRUNC);
	int r = bytes < 0 ? -errno : make_room(links, (size_t)bytes);

	if (bytes < 0)
		return r;
	bytes = mnl_socket_recvfrom(links->socket, links->buffer, links->buffer_bytes);
	return r < 0 ? r : bytes < 0 ? -errno : bytes;
}

static void recover(struct pnpn_links *links);

static int on_readable(sd_event_source *event_source, int fd, uint32_t events, void *userdata)
{
	struct pnpn_links *links = userdata;
	ssize_t bytes = receive(links);
	int r = bytes > 0 ? mnl_cb_run(links->buffer, (size_t)bytes, 0, 0, on_message, links)
			  : MNL_CB_OK;
	int error = r < 0 ? -errno : bytes < 0 ? (int)bytes : 0;

	/* The second: links changed while the kernel told of all of them (NLM_F_DUMP_INTR). */
	if (bytes == -ENOBUFS || error == -EINTR)
		recover(links);
	else if (r == MNL_CB_STOP)
		settle(links);
	pnpn_shortage_note(error);
	return 0;
}

static void stop(struct pnpn_links *links)
{
	sd_event_source_disable_unref(links->readable);
	if (links->socket)
		mnl_socket_close(links->socket);
}

/* A fresh socket, once there is one, in place of that which was; it is told of everything. */
static int start(struct pnpn_links *links)
{
	struct pnpn_links fresh = {
		.socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK)};
	int bytes = RECEIVE_BYTES;

	if (!fresh.socket)
		return -errno;
	int r = mnl_socket_bind(fresh.socket, RTMGRP_LINK, MNL_SOCKET_AUTOPID) < 0 ? -errno : 0;
	/* Needs a privilege; without it the default has to do. */
	(void)setsockopt(mnl_socket_get_fd(fresh.socket), SOL_SOCKET, SO_RCVBUFFORCE, &bytes,
			 sizeof(bytes));
	if (r >= 0)
		r = sd_event_add_io(links->event, &fresh.readable, mnl_socket_get_fd(fresh.socket),
				    EPOLLIN, on_readable, links);
	if (r >= 0)
		r = ask_for_all(&fresh);
	if (r < 0) {
		stop(&fresh);
		return r;
	}
	stop(links);
	links->socket = fresh.socket;
	links->readable = fresh.readable;
	links->round++;
	return 0;
}

/* Until the queue is empty the kernel does not tell of further losses; a fresh socket's is. */
static void recover(struct pnpn_links *links)
{
	pnpn_shortage_note(start(links));
}

void pnpn_links_again(struct pnpn_links *links, struct pnpn_known_devices *devices)
{
	pnpn_list_for_each_safe (node, after, &devices->all)
		pnpn_links_came(links, pnpn_list_entry(node, struct pnpn_known, link));
	recover(links);
}

int pnpn_links_new(struct pnpn_links **ret_links, sd_event *event,
		   struct pnpn_known_devices *devices, const struct pnpn_source_sink *sink)
{
	struct pnpn_links *links = calloc(1, sizeof(*links));

	if (!links)
		return -ENOMEM;
	links->event = event;
	links->sink = sink;
	for (size_t i = 0; i < BUCKETS; i++)
		pnpn_list_init(&links->buckets[i]);
	pnpn_list_for_each_safe (node, after, &devices->all)
		pnpn_links_came(links, pnpn_list_entry(node, struct pnpn_known, link));
	int r = make_room(links, BUFFER_BYTES);
	if (r >= 0)
		r = start(links);
	if (r < 0) {
		pnpn_links_free(links);
		return r;
	}
	*ret_links = links;
	return 0;
}

struct pnpn_links *pnpn_links_free(struct pnpn_links *links)
{
	if (!links)
		return NULL;
	stop(links);
	free(links->buffer);
	for (size_t i = 0; i < BUCKETS; i++)
		pnpn_list_for_each_safe (node, after, &links->buckets[i])
			free(pnpn_list_entry(node, struct link, node));
	free(links);
	return NULL;
}
