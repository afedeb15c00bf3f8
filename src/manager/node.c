/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/guid.h"
#include "core/port.h"
#include "core/ring-writer.h"
#include "manager/handle.h"
#include "manager/limits.h"
#include "manager/node.h"
#include "manager/owners.h"
#include "manager/path.h"
#include "manager/peer.h"
#include "manager/registration.h"
#include "manager/reserved.h"
#include "manager/server.h"
#include "manager/waker.h"
#include "source/linux-name.h"

/* Ring, its other descriptor, two eventfds, a pipe. */
#define DESCRIPTORS_EACH 6

/* What belongs to the manager's own devices is nobody's. */
static int charge(const struct pnpn_node *node, enum pnpn_resource resource, uint64_t amount)
{
	return node->owner ? pnpn_charge(node->owner, resource, amount) : 0;
}

static void discharge(const struct pnpn_node *node, enum pnpn_resource resource, uint64_t amount)
{
	if (node->owner)
		pnpn_discharge(node->owner, resource, amount);
}

static void link_free(struct pnpn_node_link *entry)
{
	discharge(entry->node, PNPN_RESOURCE_NAMES, 1);
	entry->node->n_links--;
	pnpn_list_remove(&entry->link);
	pnpn_map_remove(&entry->by_name);
	free(entry);
}

struct pnpn_node *pnpn_node_free(struct pnpn_node *node)
{
	if (!node)
		return NULL;
	pnpn_list_for_each_safe (link, after, &node->links)
		link_free(pnpn_list_entry(link, struct pnpn_node_link, link));
	pnpn_list_for_each_safe (link, after, &node->interfaces) {
		struct pnpn_node_interface *interface =
			pnpn_list_entry(link, struct pnpn_node_interface, link);
		discharge(node, PNPN_RESOURCE_NAMES, 1);
		pnpn_map_remove(&interface->by_name);
		free(interface);
	}
	pnpn_list_for_each_safe (link, after, &node->handles)
		pnpn_open_lose_node(pnpn_list_entry(link, struct pnpn_open, node_link));
	pnpn_map_remove(&node->by_id);
	pnpn_map_remove(&node->by_syspath);
	pnpn_map_remove(&node->by_devnode);
	pnpn_list_remove(&node->link);
	pnpn_list_remove(&node->owner_link);
	discharge(node, PNPN_RESOURCE_DESCRIPTORS, DESCRIPTORS_EACH);
	discharge(node, PNPN_RESOURCE_DEVICES, 1);
	pnpn_waker_deinit(node);
	pnpn_ring_memory_deinit(&node->ring);
	free(node->syspath);
	free(node->devnode);
	free(node);
	return NULL;
}

static struct pnpn_node *node_alloc(struct pnpn_server *server)
{
	struct pnpn_node *node = calloc(1, sizeof(*node));

	if (!node)
		return NULL;
	node->server = server;
	node->number = ++server->last_number;
	node->wake_fd = node->helper_fd = -1;
	node->handled_fds[0] = node->handled_fds[1] = -1;
	node->ring.read_fd = node->ring.memory.fd = -1;
	pnpn_list_init(&node->links);
	pnpn_list_init(&node->interfaces);
	pnpn_list_init(&node->handles);
	pnpn_list_init(&node->attachments);
	pnpn_list_init(&node->groups);
	pnpn_list_init(&node->owner_link);
	pnpn_list_append(&server->nodes, &node->link);
	return node;
}

/* What it takes is charged before any of it is made. */
static int charge_ring(struct pnpn_peer *owner)
{
	int r = pnpn_charge(owner, PNPN_RESOURCE_DEVICES, 1);

	if (r < 0)
		return r;
	r = pnpn_charge(owner, PNPN_RESOURCE_DESCRIPTORS, DESCRIPTORS_EACH);
	if (r < 0)
		pnpn_discharge(owner, PNPN_RESOURCE_DEVICES, 1);
	return r;
}

static int give_ring(struct pnpn_node *node, struct pnpn_peer *owner)
{
	int r = charge_ring(owner);

	if (r < 0)
		return r;
	node->owner = owner;
	node->access.uid = owner->who.uid;
	node->access.gid = owner->who.n_gids ? owner->who.gids[owner->who.n_gids - 1] : 0;
	pnpn_list_append(&owner->devices, &node->owner_link);
	r = pnpn_ring_memory_init(&node->ring);
	return r < 0 ? r : pnpn_waker_init(node);
}

static int may_have(const struct pnpn_peer *owner, const char *id)
{
	return pnpn_reserved_id(id) || !pnpn_owners_allow(owner, id) ? -EACCES : 0;
}

int pnpn_node_new(struct pnpn_node **ret_node, struct pnpn_server *server, struct pnpn_peer *owner,
		  const char *instance_id)
{
	char id[PNPN_INSTANCE_ID_BYTES];
	int r = pnpn_instance_id_normalize(instance_id, id);

	if (r >= 0 && owner)
		r = may_have(owner, id);
	if (r < 0)
		return r;
	if (pnpn_node_find_id(server, id))
		return -EEXIST;
	struct pnpn_node *node = node_alloc(server);
	if (!node)
		return -ENOMEM;
	strcpy(node->instance_id, id);
	pnpn_map_add(&server->ids, &node->by_id, node->instance_id);
	node->origin = owner ? PNPN_ORIGIN_PROCESS : PNPN_ORIGIN_LINUX;
	node->access.mode = PNPN_ACCESS_MODE;
	r = owner ? give_ring(node, owner) : 0;
	if (r < 0) {
		pnpn_node_free(node);
		return r;
	}
	*ret_node = node;
	return 0;
}

int pnpn_node_set_access(struct pnpn_node *node, const struct pnpn_access *access)
{
	if (access->mode & ~(mode_t)0777)
		return -EINVAL;
	if (node->started)
		return -EALREADY;
	node->access.mode = access->mode;
	if (access->uid != (uid_t)-1)
		node->access.uid = access->uid;
	if (access->gid != (gid_t)-1)
		node->access.gid = access->gid;
	return 0;
}

static void tell_interface(struct pnpn_node *node, struct pnpn_node_interface *interface,
			   bool enabled)
{
	pnpn_registration_interface_changed(node, interface, enabled);
	interface->told = true;
}

int pnpn_node_start(struct pnpn_node *node)
{
	if (node->started)
		return -EALREADY;
	node->started = node->starting = true;
	node->order = ++node->server->last_order;
	pnpn_registration_node_came(node);
	pnpn_list_for_each_safe (link, after, &node->interfaces) {
		struct pnpn_node_interface *interface =
			pnpn_list_entry(link, struct pnpn_node_interface, link);
		if (interface->enabled)
			tell_interface(node, interface, true);
	}
	node->starting = false;
	pnpn_registration_node_started(node);
	return 0;
}

uint64_t pnpn_node_ring_number(const struct pnpn_node *node)
{
	return pnpn_node_has_ring(node) ? node->number : 0;
}

uint64_t pnpn_node_ring_position(const struct pnpn_node *node)
{
	if (node->going || node->starting)
		return node->end;
	return node->ring.header ? __atomic_load_n(&node->ring.header->head, __ATOMIC_ACQUIRE) : 0;
}

/*
 * The owner may be hostile and still write: whatever becomes of the record, Detached tells too, and where the
 * ring ends. Nothing of a ring that is none is believed.
 */
static void end_ring(struct pnpn_node *node)
{
	struct pnpn_ring_writer writer;

	node->end = pnpn_node_ring_position(node);
	node->going = true;
	if (!node->owner)
		return;
	int r = pnpn_ring_writer_init(&writer, node->ring.memory.map, node->ring.memory.bytes);
	if (r == -EPROTO)
		node->end = 0;
	if (r < 0)
		return;
	(void)pnpn_ring_writer_remove(&writer);
	node->end = writer.head;
	pnpn_ring_writer_deinit(&writer);
}

struct pnpn_node *pnpn_node_remove(struct pnpn_node *node)
{
	end_ring(node);
	if (node->owner)
		pnpn_waker_wake(node);
	pnpn_list_for_each_safe (link, after, &node->interfaces) {
		struct pnpn_node_interface *interface =
			pnpn_list_entry(link, struct pnpn_node_interface, link);
		if (interface->enabled && node->started)
			pnpn_registration_interface_changed(node, interface, false);
	}
	pnpn_registration_node_went(node);
	return pnpn_node_free(node);
}

int pnpn_node_report(struct pnpn_node *node, const struct pnpn_guid *guid, const void *data,
		     size_t size, int32_t name_offset)
{
	node->sequence++;
	pnpn_registration_event(node, guid, data, size, name_offset);
	return 0;
}

/* --- links and interfaces ------------------------------------------------------------------------- */

/* What an ended owner left is found no more, though it may not have been cleared away yet. */
static bool is_gone(struct pnpn_node *node)
{
	if (!node->owner || !node->owner->ended)
		return false;
	pnpn_node_remove(node);
	return true;
}

static struct pnpn_node_link *find_link(struct pnpn_server *server, const char *name)
{
	struct pnpn_node_link *found = NULL;

	pnpn_map_for_each (link, &server->links, name)
		if (pnpn_name_equal(link->name, name))
			found = pnpn_list_entry(link, struct pnpn_node_link, by_name);
	return found && !is_gone(found->node) ? found : NULL;
}

/* \??\ and \\?\ at the start are one: the map has the latter. */
static struct pnpn_node_interface *find_interface(struct pnpn_server *server, const char *name)
{
	char spelt[PNPN_NAME_BYTES];

	if (strlen(name) >= sizeof(spelt))
		return NULL;
	strcpy(spelt, name);
	if (strncmp(spelt, "\\??\\", 4) == 0)
		spelt[1] = '\\';
	pnpn_map_for_each (link, &server->interfaces, spelt)
		if (pnpn_name_equal(link->name, spelt))
			return pnpn_list_entry(link, struct pnpn_node_interface, by_name);
	return NULL;
}

static struct pnpn_node_interface *find_own_interface(const struct pnpn_node *node,
						      const char *name)
{
	struct pnpn_node_interface *interface = find_interface(node->server, name);

	return interface && interface->node == node ? interface : NULL;
}

int pnpn_node_set_paths(struct pnpn_node *node, const char *syspath, const char *devnode)
{
	if (syspath && *syspath) {
		node->syspath = strdup(syspath);
		if (!node->syspath)
			return -ENOMEM;
		pnpn_map_add(&node->server->syspaths, &node->by_syspath, node->syspath);
	}
	if (devnode && *devnode) {
		node->devnode = strdup(devnode);
		if (!node->devnode)
			return -ENOMEM;
		pnpn_map_add(&node->server->devnodes, &node->by_devnode, node->devnode);
	}
	return 0;
}

static int add_link(struct pnpn_node *node, const char *name)
{
	if (node->n_links >= PNPN_LIMIT_LINKS)
		return -EDQUOT;
	if (find_link(node->server, name))
		return -EEXIST;
	int r = charge(node, PNPN_RESOURCE_NAMES, 1);
	if (r < 0)
		return r;
	struct pnpn_node_link *entry = malloc(sizeof(*entry) + strlen(name) + 1);
	if (!entry) {
		discharge(node, PNPN_RESOURCE_NAMES, 1);
		return -ENOMEM;
	}
	strcpy(entry->name, name);
	entry->node = node;
	entry->by_name.previous = NULL;
	pnpn_map_add(&node->server->links, &entry->by_name, entry->name);
	pnpn_list_append(&node->links, &entry->link);
	node->n_links++;
	if (node->started)
		pnpn_registration_named(node);
	return 0;
}

int pnpn_node_add_link(struct pnpn_node *node, const char *name)
{
	if (!pnpn_link_is_valid(name))
		return -EINVAL;
	return pnpn_reserved_link(name) ? -EACCES : add_link(node, name);
}

int pnpn_node_take_link(struct pnpn_node *node, const char *name)
{
	struct pnpn_node_link *entry;

	if (!pnpn_link_is_valid(name))
		return -EINVAL;
	entry = find_link(node->server, name);
	if (entry && entry->node->origin == PNPN_ORIGIN_PROCESS) {
		fprintf(stderr, "pnpnotifyd: %s is now %s, and no longer %s\n", name,
			node->instance_id, entry->node->instance_id);
		link_free(entry);
	}
	return add_link(node, name);
}

int pnpn_node_remove_link(struct pnpn_node *node, const char *name)
{
	struct pnpn_node_link *entry = find_link(node->server, name);

	if (!entry || entry->node != node)
		return -ENOENT;
	link_free(entry);
	return 0;
}

int pnpn_node_add_interface(struct pnpn_node *node, const struct pnpn_guid *class,
			    const char *reference, struct pnpn_node_interface **ret_interface)
{
	char name[PNPN_NAME_BYTES];
	int r = pnpn_interface_name_format(node->instance_id, class, reference, name);

	if (r < 0)
		return r;
	struct pnpn_node_interface *interface = find_own_interface(node, name);
	if (interface) {
		*ret_interface = interface;
		return 1;
	}
	if (node->n_interfaces >= PNPN_LIMIT_INTERFACES)
		return -EDQUOT;
	r = charge(node, PNPN_RESOURCE_NAMES, 1);
	if (r < 0)
		return r;
	interface = calloc(1, sizeof(*interface));
	if (!interface) {
		discharge(node, PNPN_RESOURCE_NAMES, 1);
		return -ENOMEM;
	}
	interface->class = *class;
	strcpy(interface->name, name);
	interface->node = node;
	pnpn_map_add(&node->server->interfaces, &interface->by_name, interface->name);
	pnpn_list_append(&node->interfaces, &interface->link);
	node->n_interfaces++;
	*ret_interface = interface;
	return 0;
}

int pnpn_node_enable_interface(struct pnpn_node *node, const char *name, bool enable)
{
	struct pnpn_node_interface *interface = find_own_interface(node, name);

	if (!interface || (!enable && !interface->enabled))
		return -ENOENT;
	if (enable && interface->enabled)
		return -EEXIST;
	interface->enabled = enable;
	if (node->started && enable)
		pnpn_registration_named(node);
	if (node->started)
		tell_interface(node, interface, enable);
	return 0;
}

bool pnpn_node_has_class(const struct pnpn_node *node, const struct pnpn_guid *class)
{
	if (!node->started)
		return false;
	pnpn_list_for_each_safe (link, after, &((struct pnpn_node *)node)->interfaces) {
		struct pnpn_node_interface *interface =
			pnpn_list_entry(link, struct pnpn_node_interface, link);
		if (interface->enabled && pnpn_guid_equal(&interface->class, class))
			return true;
	}
	return false;
}

/* --- finding -------------------------------------------------------------------------------------- */

struct pnpn_node *pnpn_node_find_number(struct pnpn_peer *owner, uint64_t number)
{
	pnpn_list_for_each_safe (link, after, &owner->devices) {
		struct pnpn_node *node = pnpn_list_entry(link, struct pnpn_node, owner_link);
		if (node->number == number)
			return node;
	}
	return NULL;
}

struct pnpn_node *pnpn_node_find_id(struct pnpn_server *server, const char *instance_id)
{
	struct pnpn_node *found = NULL;

	pnpn_map_for_each (link, &server->ids, instance_id)
		if (pnpn_name_equal(link->name, instance_id))
			found = pnpn_list_entry(link, struct pnpn_node, by_id);
	return found && !is_gone(found) ? found : NULL;
}

/* /dev and /sys are full of links: the path they lead to counts. */
static struct pnpn_node *find_path(struct pnpn_server *server, const char *name)
{
	char path[PNPN_PATH_BYTES];

	if (pnpn_path_resolve(name, path) < 0)
		return NULL;
	pnpn_map_for_each (link, &server->syspaths, path)
		if (strcmp(link->name, path) == 0)
			return pnpn_list_entry(link, struct pnpn_node, by_syspath);
	pnpn_map_for_each (link, &server->devnodes, path)
		if (strcmp(link->name, path) == 0)
			return pnpn_list_entry(link, struct pnpn_node, by_devnode);
	return NULL;
}

static struct pnpn_node *find_by_link(struct pnpn_server *server, const char *name)
{
	const struct pnpn_node_link *entry = find_link(server, name);

	return entry ? entry->node : NULL;
}

static struct pnpn_node *find_id(struct pnpn_server *server, const char *name)
{
	struct pnpn_node *node = pnpn_node_find_id(server, name);
	char id[PNPN_INSTANCE_ID_BYTES];

	return node || pnpn_linux_read_id(name, id) < 0 ? node : pnpn_node_find_id(server, id);
}

/* A name after \\.\, \\?\ or \??\ means the same device with each of them (D1). */
struct pnpn_node *pnpn_node_find(struct pnpn_server *server, const char *name)
{
	const struct pnpn_node_interface *interface;
	char normal[PNPN_NAME_BYTES];
	struct pnpn_node *node;

	if (pnpn_name_normalize(name, normal) >= 0)
		name = normal;
	if (name[0] == '/')
		node = find_path(server, name);
	else if (strncmp(name, "\\\\.\\", 4) == 0)
		node = find_by_link(server, name);
	else if ((interface = find_interface(server, name)))
		node = interface->enabled ? interface->node : NULL;
	else
		node = find_id(server, name);
	return node && node->started && !is_gone(node) ? node : NULL;
}
