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
#include <time.h>

#include <pnpnotify/events.h>
#include "source/linux-name.h"
#include "source/source-internal.h"
#include "source/source-link.h"

/* What a burst of changes may take before they are read. */
#define RECEIVE_BYTES (4 << 20)

/* Interfaces are found by number, in a table that grows. */
struct pnpn_links {
	struct pnpn_source *source;
	struct mnl_socket *socket;
	sd_event_source *readable;
	bool settled; /* what was there at the start is known */
	bool *is_up;
	size_t n_known;
};

static int remember(struct pnpn_links *links, unsigned int index, bool up, bool *ret_before)
{
	if (index >= links->n_known) {
		size_t n = index + 64;
		bool *grown = realloc(links->is_up, n * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		memset(grown + links->n_known, 0, (n - links->n_known) * sizeof(*grown));
		links->is_up = grown;
		links->n_known = n;
	}
	*ret_before = links->is_up[index];
	links->is_up[index] = up;
	return 0;
}

static const char *name_in(const struct nlmsghdr *header)
{
	struct nlattr *attribute;

	mnl_attr_for_each (attribute, header, sizeof(struct ifinfomsg))
		if (mnl_attr_get_type(attribute) == IFLA_IFNAME &&
		    mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) >= 0)
			return mnl_attr_get_str(attribute);
	return NULL;
}

static void tell(struct pnpn_source *source, const struct ifinfomsg *info, const char *name,
		 bool up)
{
	struct pnpn_link_change change = {(uint32_t)info->ifi_index, info->ifi_flags};
	char instance_id[PNPN_INSTANCE_ID_BYTES];

	if (pnpn_linux_instance_id("net", name, instance_id) < 0)
		return;
	source->sink.event(source->sink.userdata, instance_id, up ? &PNPN_LINK_UP : &PNPN_LINK_DOWN,
			   &change, sizeof(change), PNPN_NAME_OFFSET_NONE);
}

static int on_message(const struct nlmsghdr *header, void *userdata)
{
	struct pnpn_links *links = userdata;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(header);

	if (mnl_nlmsg_get_payload_len(header) < sizeof(*info) || info->ifi_index <= 0 ||
	    (header->nlmsg_type != RTM_NEWLINK && header->nlmsg_type != RTM_DELLINK))
		return MNL_CB_OK;
	bool up = header->nlmsg_type == RTM_NEWLINK && info->ifi_flags & IFF_LOWER_UP &&
		  info->ifi_flags & IFF_UP;
	bool before;
	const char *name = name_in(header);
	if (remember(links, (unsigned int)info->ifi_index, up, &before) < 0 || up == before)
		return MNL_CB_OK;
	if (links->settled && name && header->nlmsg_type == RTM_NEWLINK)
		tell(links->source, info, name, up);
	return MNL_CB_OK;
}

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

static void recover(struct pnpn_links *links);

static int on_readable(sd_event_source *event_source, int fd, uint32_t events, void *userdata)
{
	struct pnpn_links *links = userdata;
	char buffer[32768];
	ssize_t size = mnl_socket_recvfrom(links->socket, buffer, sizeof(buffer));

	if (size < 0 && errno == ENOBUFS)
		recover(links);
	if (size > 0 && mnl_cb_run(buffer, (size_t)size, 0, 0, on_message, links) == MNL_CB_STOP)
		links->settled = true;
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
	struct pnpn_links fresh = *links;
	int bytes = RECEIVE_BYTES;

	fresh.readable = NULL;
	fresh.socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!fresh.socket)
		return -errno;
	int r = mnl_socket_bind(fresh.socket, RTMGRP_LINK, MNL_SOCKET_AUTOPID) < 0 ? -errno : 0;
	/* Needs a privilege; without it the default has to do. */
	(void)setsockopt(mnl_socket_get_fd(fresh.socket), SOL_SOCKET, SO_RCVBUFFORCE, &bytes,
			 sizeof(bytes));
	if (r >= 0)
		r = sd_event_add_io(links->source->event, &fresh.readable,
				    mnl_socket_get_fd(fresh.socket), EPOLLIN, on_readable, links);
	if (r >= 0)
		r = ask_for_all(&fresh);
	if (r < 0) {
		stop(&fresh);
		return r;
	}
	stop(links);
	*links = fresh;
	return 0;
}

/* Until the queue is empty the kernel does not tell of further losses; a fresh socket's is. */
static void recover(struct pnpn_links *links)
{
	(void)start(links);
}

int pnpn_links_new(struct pnpn_links **ret_links, struct pnpn_source *source)
{
	struct pnpn_links *links = calloc(1, sizeof(*links));

	if (!links)
		return -ENOMEM;
	links->source = source;
	int r = start(links);
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
	free(links->is_up);
	free(links);
	return NULL;
}
