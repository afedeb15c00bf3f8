/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/guid.h"
#include "core/port.h"
#include "manager/limits.h"
#include "manager/node.h"
#include "manager/path.h"
#include "manager/peer.h"
#include "manager/property.h"
#include "manager/reserved.h"
#include "manager/server.h"
#include "port/notice.h"
#include "source/linux-name.h"

/* \\.\, \\?\ */
#define PREFIX_BYTES 4

/* What belongs to the manager's own devices is nobody's. */
static int charge(const struct pnpn_node *node, enum pnpn_resource resource, uint64_t amount)
{
	return node->owner ? pnpn_charge(&node->owner->account, resource, amount) : 0;
}

static void discharge(const struct pnpn_node *node, enum pnpn_resource resource, uint64_t amount)
{
	if (node->owner)
		pnpn_discharge(&node->owner->account, resource, amount);
}

/* Those of the device's waker. */
static void close_descriptors(struct pnpn_node *node)
{
	pnpn_wake_source_remove(&node->help);
	if (node->wake_fd >= 0)
		close(node->wake_fd);
	if (node->helper_fd >= 0)
		close(node->helper_fd);
	for (int i = 0; i < 2; i++)
		if (node->handled_fds[i] >= 0)
			close(node->handled_fds[i]);
}

/* What was on it is nobody's. */
static void leave_family(struct pnpn_node *node)
{
	pnpn_list_remove(&node->child_link);
	pnpn_list_for_each_safe (link, after, &node->children) {
		pnpn_list_remove(link);
		pnpn_list_entry(link, struct pnpn_node, child_link)->parent = NULL;
	}
}

struct pnpn_node *pnpn_node_free(struct pnpn_node *node)
{
	if (!node)
		return NULL;
	if (node->removal)
		node->remover->gone(node);
	pnpn_list_remove(&node->removal_link);
	leave_family(node);
	discharge(node, PNPN_RESOURCE_NAMES,
		  node->entry.n_links + node->entry.n_interfaces + node->n_properties);
	pnpn_property_clear(&node->properties);
	pnpn_tree_device_deinit(&node->entry);
	/* What is open stays so, of nothing. */
	pnpn_list_for_each_safe (link, after, &node->handles)
		pnpn_list_remove(link);
	pnpn_map_remove(&node->by_syspath);
	pnpn_map_remove(&node->by_alias);
	pnpn_list_remove(&node->owner_link);
	discharge(node, PNPN_RESOURCE_DESCRIPTORS, node->n_descriptors);
	discharge(node, PNPN_RESOURCE_DEVICES, 1);
	close_descriptors(node);
	pnpn_ring_memory_deinit(&node->ring);
	free(node->syspath);
	free(node->alias);
	free(node);
	return NULL;
}

static struct pnpn_node *node_alloc(struct pnpn_server *server, const struct pnpn_node_kind *kind)
{
	struct pnpn_node *node = calloc(1, sizeof(*node));

	if (!node)
		return NULL;
	node->server = server;
	node->kind = kind;
	node->access.mode = PNPN_ACCESS_MODE;
	node->wake_fd = node->helper_fd = -1;
	node->handled_fds[0] = node->handled_fds[1] = -1;
	node->ring.read_fd = node->ring.memory.fd = -1;
	pnpn_tree_device_init(&node->entry);
	pnpn_list_init(&node->properties);
	pnpn_list_init(&node->handles);
	pnpn_list_init(&node->attachments);
	pnpn_list_init(&node->groups);
	pnpn_list_init(&node->owner_link);
	pnpn_list_init(&node->children);
	pnpn_list_init(&node->child_link);
	pnpn_list_init(&node->removal_link);
	return node;
}

int pnpn_node_new(struct pnpn_node **ret_node, struct pnpn_server *server,
		  const struct pnpn_node_kind *kind, const char *instance_id)
{
	/* What an ended owner left does not stand in its way. */
	(void)pnpn_node_find_id(server, instance_id);
	struct pnpn_node *node = node_alloc(server, kind);
	if (!node)
		return -ENOMEM;
	int r = pnpn_tree_add(&server->tree, &node->entry, instance_id);
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
	if (node->entry.started)
		return -EALREADY;
	node->access.mode = access->mode;
	if (access->uid != (uid_t)-1)
		node->access.uid = access->uid;
	if (access->gid != (gid_t)-1)
		node->access.gid = access->gid;
	return 0;
}

int pnpn_node_start(struct pnpn_node *node)
{
	if (node->entry.started)
		return -EALREADY;
	node->order = ++node->server->last_order;
	node->since = pnpn_port_now();
	return pnpn_tree_start(&node->entry);
}

uint64_t pnpn_node_ring_number(const struct pnpn_node *node)
{
	return pnpn_node_has_ring(node) ? node->entry.number : 0;
}

uint64_t pnpn_node_ring_position(const struct pnpn_node *node)
{
	if (node->entry.going || node->entry.starting)
		return node->end;
	return node->ring.header ? __atomic_load_n(&node->ring.header->head, __ATOMIC_ACQUIRE) : 0;
}

/* Before whoever asked for it is answered, and reports on. A kernel module's ring is for its owner alone to write. */
void pnpn_node_mark_told(const struct pnpn_node *node)
{
	if (node->help.user)
		__atomic_add_fetch(&node->ring.header->told, 1, __ATOMIC_RELEASE);
}

void pnpn_node_leave(struct pnpn_node *node)
{
	if (!node->entry.tree)
		return;
	node->end = pnpn_node_ring_position(node);
	if (node->kind->remove)
		node->kind->remove(node);
	pnpn_tree_remove(&node->entry);
}

struct pnpn_node *pnpn_node_remove(struct pnpn_node *node)
{
	pnpn_node_leave(node);
	return pnpn_node_free(node);
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

int pnpn_node_set_syspath(struct pnpn_node *node, const char *syspath)
{
	node->syspath = strdup(syspath);
	if (!node->syspath)
		return -ENOMEM;
	pnpn_map_add(&node->server->syspaths, &node->by_syspath, node->syspath);
	return 0;
}

int pnpn_node_set_alias(struct pnpn_node *node, const char *instance_id)
{
	node->alias = strdup(instance_id);
	if (!node->alias)
		return -ENOMEM;
	pnpn_map_add(&node->server->aliases, &node->by_alias, node->alias);
	return 0;
}

/* The device that has the name, unless that is to be found no more. */
static struct pnpn_node *find_link(struct pnpn_server *server, const char *name)
{
	const struct pnpn_tree_link *link = pnpn_tree_find_link(&server->tree, name);
	struct pnpn_node *node = link ? pnpn_node_of(link->device) : NULL;

	return node && !is_gone(node) ? node : NULL;
}

static int add_link(struct pnpn_node *node, const char *name)
{
	if (node->entry.n_links >= PNPN_LIMIT_LINKS)
		return -EDQUOT;
	/* What an ended owner left is in nobody's way. */
	(void)find_link(node->server, name);
	int r = charge(node, PNPN_RESOURCE_NAMES, 1);
	if (r < 0)
		return r;
	r = pnpn_tree_add_link(&node->entry, name);
	if (r < 0)
		discharge(node, PNPN_RESOURCE_NAMES, 1);
	return r;
}

int pnpn_node_add_link(struct pnpn_node *node, const char *name)
{
	if (!pnpn_link_is_valid(name))
		return -EINVAL;
	return pnpn_reserved_link(name) ? -EACCES : add_link(node, name);
}

int pnpn_node_take_link(struct pnpn_node *node, const char *name)
{
	struct pnpn_node *holder = find_link(node->server, name);

	if (holder && holder->owner) {
		pnpn_notice(&(struct pnpn_notice){.device = node->entry.id},
			    "%s is now %s, and no longer %s", name, node->entry.id,
			    holder->entry.id);
		(void)pnpn_node_remove_link(holder, name);
	}
	return add_link(node, name);
}

int pnpn_node_remove_link(struct pnpn_node *node, const char *name)
{
	int r = pnpn_tree_remove_link(&node->entry, name);

	if (r >= 0)
		discharge(node, PNPN_RESOURCE_NAMES, 1);
	return r;
}

int pnpn_node_add_interface(struct pnpn_node *node, const struct pnpn_guid *class,
			    const char *reference, struct pnpn_tree_interface **ret_interface)
{
	char name[PNPN_NAME_BYTES];
	int r = pnpn_interface_name_format(node->entry.id, class, reference, name);

	if (r < 0)
		return r;
	struct pnpn_tree_interface *interface = pnpn_tree_own_interface(&node->entry, name);
	if (interface) {
		*ret_interface = interface;
		return 1;
	}
	if (node->entry.n_interfaces >= PNPN_LIMIT_INTERFACES)
		return -EDQUOT;
	r = charge(node, PNPN_RESOURCE_NAMES, 1);
	if (r < 0)
		return r;
	r = pnpn_tree_add_interface(&node->entry, class, reference, ret_interface);
	if (r < 0)
		discharge(node, PNPN_RESOURCE_NAMES, 1);
	return r;
}

static int set_class(struct pnpn_node *node, const char *text)
{
	struct pnpn_guid class;

	if (pnpn_guid_from_string(text, &class) < 0 || !pnpn_guid_is_null(&node->setup_class))
		return -EINVAL;
	node->setup_class = class;
	return 0;
}

/* One that has started has its own already, so that nobody is above himself. */
static int set_parent(struct pnpn_node *node, const char *id)
{
	if (node->entry.started || node->parent)
		return -EALREADY;
	struct pnpn_node *parent = pnpn_node_find_id(node->server, id);
	if (!parent || parent->owner != node->owner || !parent->entry.started)
		return -ENOENT;
	if (parent->depth + 1 >= PNPN_LIMIT_DEPTH)
		return -EDQUOT;
	node->parent = parent;
	node->depth = parent->depth + 1;
	pnpn_list_append(&parent->children, &node->child_link);
	return 0;
}

int pnpn_node_add_property(struct pnpn_node *node, const char *key, const char *value)
{
	if (strcmp(key, "parent") == 0)
		return set_parent(node, value);
	if (!pnpn_property_is_valid(key, value))
		return -EINVAL;
	if (strcmp(key, "setup-class") == 0)
		return set_class(node, value);
	if (node->n_properties >= PNPN_LIMIT_PROPERTIES)
		return -EDQUOT;
	int r = charge(node, PNPN_RESOURCE_NAMES, 1);
	if (r < 0)
		return r;
	if (!pnpn_property_append(&node->properties, key, value)) {
		discharge(node, PNPN_RESOURCE_NAMES, 1);
		return -ENOMEM;
	}
	node->n_properties++;
	return 0;
}

int pnpn_node_enable_interface(struct pnpn_node *node, const char *name, bool enable)
{
	return pnpn_tree_enable(pnpn_tree_own_interface(&node->entry, name), enable);
}

/* --- finding -------------------------------------------------------------------------------------- */

struct pnpn_node *pnpn_node_find_number(struct pnpn_peer *owner, uint64_t number)
{
	pnpn_list_for_each_safe (link, after, &owner->devices) {
		struct pnpn_node *node = pnpn_list_entry(link, struct pnpn_node, owner_link);
		if (node->entry.number == number)
			return node;
	}
	return NULL;
}

struct pnpn_node *pnpn_node_find_id(struct pnpn_server *server, const char *instance_id)
{
	struct pnpn_node *node = pnpn_node_of(pnpn_tree_find_id(&server->tree, instance_id));

	return node && !is_gone(node) ? node : NULL;
}

static struct pnpn_node *find_path(struct pnpn_server *server, const char *name)
{
	char path[PNPN_PATH_BYTES];

	if (pnpn_path_resolve(name, path) < 0)
		return NULL;
	pnpn_map_for_each (link, &server->syspaths, path)
		if (strcmp(link->name, path) == 0)
			return pnpn_list_entry(link, struct pnpn_node, by_syspath);
	return NULL;
}

/* By an id of the tree, or its other one. */
static struct pnpn_tree_device *find_started(struct pnpn_server *server, const char *name)
{
	struct pnpn_tree_device *device = pnpn_tree_find(&server->tree, name);

	if (!device)
		pnpn_map_for_each (link, &server->aliases, name)
			if (pnpn_name_equal(link->name, name))
				return &pnpn_list_entry(link, struct pnpn_node, by_alias)->entry;
	return device;
}

/* A name of the tree, or one as Linux spells it (L1), where case counts: an id that is the same but for its
 * case comes after. */
static struct pnpn_node *find_name(struct pnpn_server *server, const char *name)
{
	struct pnpn_tree_device *device = find_started(server, name), *spelt = NULL;
	char id[PNPN_INSTANCE_ID_BYTES];

	if (pnpn_linux_read_id(name, id) >= 0 && (!device || strcmp(device->id, name) != 0))
		spelt = find_started(server, id);
	return pnpn_node_of(spelt ? spelt : device);
}

struct pnpn_node *pnpn_node_find(struct pnpn_server *server, const char *name)
{
	struct pnpn_node *node = name[0] == '/' ? find_path(server, name) : find_name(server, name);

	if (!node || !node->entry.started || node->entry.going || is_gone(node))
		return NULL;
	if (node->kind->asked)
		node->kind->asked(node);
	return node;
}

/* \\.\X or an interface's name, and what comes after. */
static struct pnpn_node *find_beginning(struct pnpn_server *server, const char *name,
					const char **ret_rest)
{
	char beginning[PNPN_NAME_BYTES];
	const char *rest = strlen(name) > PREFIX_BYTES ? strchr(name + PREFIX_BYTES, '\\') : NULL;

	if (name[0] != '\\' || !rest || (size_t)(rest - name) >= sizeof(beginning))
		return NULL;
	memcpy(beginning, name, (size_t)(rest - name));
	beginning[rest - name] = 0;
	*ret_rest = rest;
	struct pnpn_node *node = pnpn_node_find(server, beginning);
	return node && node->serves ? node : NULL;
}

/* An interface's reference string belongs to its name, and is a file's name for its driver. */
static const char *rest_of(const char *name)
{
	const char *reference = strncmp(name, "\\\\", 2) == 0 ? strstr(name, "}\\") : NULL;

	return reference ? reference + 1 : name + strlen(name);
}

struct pnpn_node *pnpn_node_find_file(struct pnpn_server *server, const char *name,
				      const char **ret_rest)
{
	struct pnpn_node *node = pnpn_node_find(server, name);

	if (!node)
		return find_beginning(server, name, ret_rest);
	*ret_rest = rest_of(name);
	return node;
}
