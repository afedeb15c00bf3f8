/* SPDX-License-Identifier: MIT */
/* The devices of kernel modules in the tree: their rings are the module's, the rest is as anybody's. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/ring.h"
#include "manager/attachment.h"
#include "manager/node.h"
#include "manager/report.h"
#include "manager/server.h"
#include "manager/setup.h"
#include "source/source-kernel.h"

/* The module's ring is one descriptor: to map, to sleep on and to say so. Each reader has its own. */
static int attach(struct pnpn_attachment_record *attachment)
{
	const struct pnpn_node *node = attachment->node;
	int fd = pnpn_kernel_source_attach(node->server->kernel_source, node->kernel_number);

	if (fd < 0)
		return fd;
	attachment->wake_fd = attachment->ring_fd = attachment->sleep_fd = fd;
	return 0;
}

static int report(struct pnpn_node *node, const struct pnpn_request *request)
{
	int r = pnpn_kernel_source_report(node->server->kernel_source, node->kernel_number,
					  &request->guid, request->data, request->size,
					  request->name_offset);

	return r < 0 ? r : pnpn_report_done(request);
}

static const struct pnpn_node_kind kernel_kind = {
	.name = "kernel",
	.attach = attach,
	.report = report,
};

static struct pnpn_node *find(struct pnpn_server *server, const struct pnpn_kernel_change *change)
{
	struct pnpn_node *node = pnpn_node_find_id(server, change->instance_id);

	return node && node->kind == &kernel_kind ? node : NULL;
}

/* The manager reads head and counts from it, for the status. */
static int map_ring(struct pnpn_node *node)
{
	int fd = pnpn_kernel_source_attach(node->server->kernel_source, node->kernel_number);
	uint64_t bytes = 0;
	void *map = MAP_FAILED;

	if (fd >= 0 && ioctl(fd, PNPN_IOC_RING, &bytes) == 0 && bytes > PNPN_RING_HEADER_BYTES)
		map = mmap(NULL, (size_t)bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (map == MAP_FAILED)
		return -1;
	node->ring.memory.map = map;
	node->ring.memory.bytes = (size_t)bytes;
	node->ring.header = map;
	return 0;
}

/* It is there still; its names follow, those it lost meanwhile do not. */
static void told_again(struct pnpn_node *node)
{
	node->stale = false;
	pnpn_list_for_each_safe (link, after, &node->entry.links)
		(void)pnpn_node_remove_link(
			node, pnpn_list_entry(link, struct pnpn_tree_link, link)->name);
}

static void came(struct pnpn_server *server, const struct pnpn_kernel_change *change)
{
	struct pnpn_node *node = find(server, change);

	if (node && node->kernel_number == change->device) {
		told_again(node);
		return;
	}
	/* That it went was lost: no number is given twice. */
	if (node)
		pnpn_node_remove(node);
	/* A process may have taken an id that the module chose, outside KERNEL\: then it stays unseen. */
	if (pnpn_node_new(&node, server, &kernel_kind, change->instance_id) < 0)
		return;
	node->kernel_number = change->device;
	/* The Linux device that it is about is found by that path, not this one: it is shown only. */
	node->syspath = *change->name ? strdup(change->name) : NULL;
	/* It may have gone already. */
	if (map_ring(node) < 0)
		pnpn_node_free(node);
	else
		(void)pnpn_node_start(node);
}

static void enable(struct pnpn_node *node, const struct pnpn_kernel_change *change, bool enabled)
{
	struct pnpn_tree_interface *interface;
	struct pnpn_guid class;
	/* The reference string follows the class, after a backslash. */
	const char *reference = strstr(change->name, "}\\");

	memcpy(&class, change->class, sizeof(class));
	if (pnpn_node_add_interface(node, &class, reference ? reference + 2 : NULL, &interface) >=
	    0)
		(void)pnpn_node_enable_interface(node, interface->name, enabled);
}

static void on_changed(void *userdata, const struct pnpn_kernel_change *change)
{
	struct pnpn_server *server = userdata;
	struct pnpn_node *node = find(server, change);

	if (change->kind == PNPN_CHANGE_CAME)
		came(server, change);
	else if (!node || node->kernel_number != change->device)
		return;
	else if (change->kind == PNPN_CHANGE_WENT)
		pnpn_node_remove(node);
	else if (change->kind == PNPN_CHANGE_LINK)
		(void)pnpn_node_take_link(node, change->name);
	else if (change->kind == PNPN_CHANGE_UNLINK)
		(void)pnpn_node_remove_link(node, change->name);
	else if (change->kind == PNPN_CHANGE_ENABLED || change->kind == PNPN_CHANGE_DISABLED)
		enable(node, change, change->kind == PNPN_CHANGE_ENABLED);
}

static void on_lost(void *userdata)
{
	struct pnpn_server *server = userdata;

	pnpn_list_for_each_safe (link, after, &server->tree.devices) {
		struct pnpn_node *node = pnpn_node_at(link);
		node->stale = node->kind == &kernel_kind;
	}
}

static void on_settled(void *userdata)
{
	struct pnpn_server *server = userdata;

	pnpn_list_for_each_safe (link, after, &server->tree.devices) {
		struct pnpn_node *node = pnpn_node_at(link);
		if (node->stale)
			pnpn_node_remove(node);
	}
}

int pnpn_server_add_kernel(struct pnpn_server *server)
{
	struct pnpn_kernel_sink sink = {
		.changed = on_changed,
		.lost = on_lost,
		.settled = on_settled,
		.userdata = server,
	};

	return pnpn_kernel_source_new(&server->kernel_source, server->event, &sink);
}

void pnpn_server_catch_up(struct pnpn_server *server)
{
	pnpn_kernel_source_catch_up(server->kernel_source);
}
