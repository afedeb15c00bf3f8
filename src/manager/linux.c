/* SPDX-License-Identifier: MIT */
/* Linux's devices in the tree: what the source tells of becomes devices without an owner. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/guid.h"
#include "core/setup-class.h"
#include "manager/ejectable.h"
#include "manager/node.h"
#include "manager/registration.h"
#include "manager/report.h"
#include "manager/server.h"
#include "manager/setup.h"
#include "source/block-use.h"
#include "source/device-class.h"
#include "source/source.h"

/* To whoever follows it. */
static void tell(struct pnpn_node *node, const struct pnpn_guid *guid, const void *data,
		 size_t size, int32_t name_offset)
{
	node->sequence++;
	pnpn_registration_event(node, guid, data, size, name_offset);
}

static int report(struct pnpn_node *node, const struct pnpn_request *request)
{
	tell(node, &request->guid, request->data, request->size, request->name_offset);
	return pnpn_report_done(request);
}

static void asked(struct pnpn_node *node)
{
	if (node->server->source)
		pnpn_source_asked(node->server->source, node->syspath);
}

static void tell_properties(struct pnpn_node *node, const struct pnpn_property_sink *sink)
{
	if (node->server->source)
		pnpn_source_tell_properties(node->server->source, node->syspath, sink);
}

static int find_ejectable(const struct pnpn_node *node, struct pnpn_ejectable *ret_ejectable)
{
	return pnpn_block_find_loop(node->syspath, ret_ejectable->path, sizeof(ret_ejectable->path),
				    &ret_ejectable->number);
}

static void describe_use(const struct pnpn_node *node, char *ret_text, size_t size)
{
	pnpn_block_describe_use(node->syspath, ret_text, size);
}

static const struct pnpn_node_kind linux_kind = {
	.name = "linux",
	.tell_properties = tell_properties,
	.asked = asked,
	.report = report,
	.find_ejectable = find_ejectable,
	.describe_use = describe_use,
};

static bool has_class(const struct pnpn_source_device *device, const struct pnpn_guid *class)
{
	return pnpn_guid_is_among(device->classes, device->n_classes, class);
}

/* COM3 and E: are links, and told with the interfaces that they are of (U16). */
static int assign(struct pnpn_node *node, const struct pnpn_source_device *device)
{
	bool is_port = has_class(device, &pnpn_class_serial);
	bool is_drive = has_class(device, &pnpn_class_volume) && !device->is_system;
	char link[PNPN_ASSIGNED_BYTES + 8];

	if (*node->assigned || (!is_port && !is_drive))
		return 0;
	const char *name = pnpn_assignment_get(
		node->server, is_port ? PNPN_ASSIGN_PORT : PNPN_ASSIGN_DRIVE, node->entry.id);
	if (!name)
		return 0;
	snprintf(link, sizeof(link), "\\\\.\\%s", name);
	int r = pnpn_node_take_link(node, link);
	if (r < 0)
		return r;
	strcpy(node->assigned, name);
	node->assigned_class = is_port ? pnpn_class_serial : pnpn_class_volume;
	return 0;
}

/* A disk's number is a link, and told to nobody. */
static int number_disk(struct pnpn_node *node, const struct pnpn_source_device *device)
{
	char link[PNPN_ASSIGNED_BYTES + 8];
	const char *name = has_class(device, &pnpn_class_disk)
				   ? pnpn_assignment_get(node->server, PNPN_ASSIGN_DISK,
							 node->entry.id)
				   : NULL;

	if (!name)
		return 0;
	snprintf(link, sizeof(link), "\\\\.\\%s", name);
	return pnpn_node_take_link(node, link);
}

/* A volume that is none any more had its letter until that was told. */
static void unassign(struct pnpn_node *node, const struct pnpn_source_device *device)
{
	char link[PNPN_ASSIGNED_BYTES + 8];

	if (!*node->assigned || has_class(device, &node->assigned_class))
		return;
	snprintf(link, sizeof(link), "\\\\.\\%s", node->assigned);
	(void)pnpn_node_remove_link(node, link);
	*node->assigned = 0;
}

static int add_classes(struct pnpn_node *node, const struct pnpn_source_device *device)
{
	for (size_t i = 0; i < device->n_classes; i++) {
		struct pnpn_tree_interface *interface;
		int r = pnpn_node_add_interface(node, &device->classes[i], NULL, &interface);
		if (r == -ENOMEM)
			return r;
		if (r >= 0 && !interface->enabled)
			(void)pnpn_node_enable_interface(node, interface->name, true);
	}
	return 0;
}

/* Its interfaces become those that it has now. */
static int set_classes(struct pnpn_node *node, const struct pnpn_source_device *device)
{
	int r = assign(node, device);

	if (r != -ENOMEM)
		r = add_classes(node, device);
	if (r < 0)
		return r;
	pnpn_list_for_each_safe (link, after, &node->entry.interfaces) {
		struct pnpn_tree_interface *interface =
			pnpn_list_entry(link, struct pnpn_tree_interface, link);
		if (interface->enabled && !has_class(device, &interface->class))
			(void)pnpn_node_enable_interface(node, interface->name, false);
	}
	unassign(node, device);
	return 0;
}

/* What it is called, but for a link that is another one's: that it lives without. */
static int set_names(struct pnpn_node *node, const struct pnpn_source_device *device)
{
	int r = pnpn_node_set_syspath(node, device->syspath);

	if (r >= 0 && strcmp(device->linux_id, device->instance_id) != 0)
		r = pnpn_node_set_alias(node, device->linux_id);
	if (r >= 0)
		r = pnpn_node_take_link(node, device->link);
	if (r != -ENOMEM)
		r = number_disk(node, device);
	return r == -ENOMEM ? r : 0;
}

static int on_came(void *userdata, const struct pnpn_source_device *device)
{
	struct pnpn_server *server = userdata;
	struct pnpn_node *node = pnpn_node_find_id(server, device->instance_id);

	if (node)
		return node->kind == &linux_kind ? set_classes(node, device) : 0;
	int r = pnpn_node_new(&node, server, &linux_kind, device->instance_id);
	if (r < 0)
		return r;
	node->entry.case_counts = true;
	if (device->setup_class)
		node->setup_class = device->setup_class->guid;
	r = set_names(node, device);
	if (r >= 0)
		r = set_classes(node, device);
	if (r < 0) {
		pnpn_node_remove(node);
		return r;
	}
	(void)pnpn_node_start(node);
	return 0;
}

static struct pnpn_node *find_linux(struct pnpn_server *server, const char *instance_id)
{
	struct pnpn_node *node = pnpn_node_find_id(server, instance_id);

	return node && node->kind == &linux_kind ? node : NULL;
}

static void on_went(void *userdata, const char *instance_id)
{
	struct pnpn_node *node = find_linux(userdata, instance_id);

	if (node)
		pnpn_node_remove(node);
}

static void on_event(void *userdata, const char *instance_id, const struct pnpn_guid *guid,
		     const void *data, size_t size, int32_t name_offset)
{
	struct pnpn_node *node = find_linux(userdata, instance_id);

	if (node)
		tell(node, guid, data, size, name_offset);
}

static void on_lost(void *userdata, const char *instance_id, uint64_t count)
{
	struct pnpn_node *node = find_linux(userdata, instance_id);

	if (!node)
		return;
	node->sequence += count;
	pnpn_registration_lost(node, count);
}

int pnpn_server_add_linux(struct pnpn_server *server)
{
	struct pnpn_source_sink sink = {
		.came = on_came,
		.went = on_went,
		.event = on_event,
		.lost = on_lost,
		.userdata = server,
	};

	return pnpn_source_new(&server->source, server->event, &sink);
}
