/* SPDX-License-Identifier: MIT */
#include "core/tree.h"
#include "core/guid.h"
#include "core/port.h"

static struct pnpn_tree_link *link_at(struct pnpn_list *link)
{
	return pnpn_list_entry(link, struct pnpn_tree_link, link);
}

static struct pnpn_tree_interface *interface_at(struct pnpn_list *link)
{
	return pnpn_list_entry(link, struct pnpn_tree_interface, link);
}

void pnpn_tree_init(struct pnpn_tree *tree, const struct pnpn_tree_watcher *watcher)
{
	memset(tree, 0, sizeof(*tree));
	tree->watcher = watcher;
	pnpn_list_init(&tree->devices);
}

/* --- finding -------------------------------------------------------------------------------------- */

/* In the same case before any other. */
static struct pnpn_map_link *find_in(struct pnpn_map *map, const char *name)
{
	struct pnpn_map_link *found = NULL;

	pnpn_map_for_each (link, map, name) {
		if (strcmp(link->name, name) == 0)
			return link;
		if (!found && pnpn_name_equal(link->name, name))
			found = link;
	}
	return found;
}

static struct pnpn_map_link *find_spelt(struct pnpn_map *map, const char *name)
{
	char normal[PNPN_NAME_BYTES];

	return pnpn_name_normalize(name, normal) < 0 ? NULL : find_in(map, normal);
}

struct pnpn_tree_device *pnpn_tree_find_id(struct pnpn_tree *tree, const char *id)
{
	struct pnpn_map_link *found = find_in(&tree->ids, id);

	return found ? pnpn_list_entry(found, struct pnpn_tree_device, by_id) : NULL;
}

struct pnpn_tree_link *pnpn_tree_find_link(struct pnpn_tree *tree, const char *name)
{
	struct pnpn_map_link *found = find_spelt(&tree->links, name);

	return found ? pnpn_list_entry(found, struct pnpn_tree_link, by_name) : NULL;
}

struct pnpn_tree_interface *pnpn_tree_find_interface(struct pnpn_tree *tree, const char *name)
{
	struct pnpn_map_link *found = find_spelt(&tree->interfaces, name);

	return found ? pnpn_list_entry(found, struct pnpn_tree_interface, by_name) : NULL;
}

struct pnpn_tree_interface *pnpn_tree_own_interface(const struct pnpn_tree_device *device,
						    const char *name)
{
	struct pnpn_tree_interface *interface =
		device->tree ? pnpn_tree_find_interface(device->tree, name) : NULL;

	return interface && interface->device == device ? interface : NULL;
}

struct pnpn_tree_device *pnpn_tree_find(struct pnpn_tree *tree, const char *name)
{
	const struct pnpn_tree_interface *interface = pnpn_tree_find_interface(tree, name);
	const struct pnpn_tree_link *link = interface ? NULL : pnpn_tree_find_link(tree, name);
	struct pnpn_tree_device *device;

	if (interface)
		device = interface->enabled ? interface->device : NULL;
	else
		device = link ? link->device : pnpn_tree_find_id(tree, name);
	return device && device->started ? device : NULL;
}

/* --- links ---------------------------------------------------------------------------------------- */

/* Whether a device has it already, in any case unless that counts for both. */
static bool is_taken(const struct pnpn_tree_device *device, const char *name)
{
	const struct pnpn_tree_link *link = pnpn_tree_find_link(device->tree, name);

	return link &&
	       !(device->case_counts && link->device->case_counts && strcmp(link->name, name) != 0);
}

int pnpn_tree_add_link(struct pnpn_tree_device *device, const char *name)
{
	if (!pnpn_link_is_valid(name))
		return -EINVAL;
	if (is_taken(device, name))
		return -EEXIST;
	size_t bytes = strlen(name) + 1;
	struct pnpn_tree_link *link = pnpn_port_alloc(sizeof(*link) + bytes);
	if (!link)
		return -ENOMEM;
	memcpy(link->name, name, bytes);
	link->device = device;
	link->item = ++device->last_item;
	device->n_links++;
	pnpn_list_append(&device->links, &link->link);
	pnpn_map_add(&device->tree->links, &link->by_name, link->name);
	if (device->started)
		device->tree->watcher->link(link, true);
	return 0;
}

int pnpn_tree_remove_link(struct pnpn_tree_device *device, const char *name)
{
	struct pnpn_tree_link *link = device->tree ? pnpn_tree_find_link(device->tree, name) : NULL;

	if (!link || link->device != device)
		return -ENOENT;
	device->n_links--;
	pnpn_list_remove(&link->link);
	pnpn_map_remove(&link->by_name);
	if (device->started)
		device->tree->watcher->link(link, false);
	pnpn_port_free(link);
	return 0;
}

/* --- interfaces ----------------------------------------------------------------------------------- */

static struct pnpn_tree_interface *interface_new(struct pnpn_tree_device *device,
						 const struct pnpn_guid *class, const char *name)
{
	size_t bytes = strlen(name) + 1;
	struct pnpn_tree_interface *interface = pnpn_port_alloc(sizeof(*interface) + bytes);

	if (!interface)
		return NULL;
	memcpy(interface->name, name, bytes);
	interface->class = *class;
	interface->device = device;
	interface->item = ++device->last_item;
	device->n_interfaces++;
	pnpn_list_append(&device->interfaces, &interface->link);
	pnpn_map_add(&device->tree->interfaces, &interface->by_name, interface->name);
	return interface;
}

int pnpn_tree_add_interface(struct pnpn_tree_device *device, const struct pnpn_guid *class,
			    const char *reference, struct pnpn_tree_interface **ret_interface)
{
	char name[PNPN_NAME_BYTES];
	int r = pnpn_interface_name_format(device->id, class, reference, name);

	if (r < 0)
		return r;
	struct pnpn_tree_interface *interface = pnpn_tree_own_interface(device, name);
	if (interface) {
		*ret_interface = interface;
		return 1;
	}
	interface = interface_new(device, class, name);
	if (!interface)
		return -ENOMEM;
	*ret_interface = interface;
	return 0;
}

static void tell_interface(struct pnpn_tree_interface *interface, bool enabled)
{
	interface->device->tree->watcher->interface(interface, enabled);
	interface->told = true;
}

int pnpn_tree_enable(struct pnpn_tree_interface *interface, bool enable)
{
	if (!interface || (!enable && !interface->enabled))
		return -ENOENT;
	if (enable && interface->enabled)
		return -EEXIST;
	interface->enabled = enable;
	if (interface->device->started)
		tell_interface(interface, enable);
	return 0;
}

bool pnpn_tree_has_class(const struct pnpn_tree_device *device, const struct pnpn_guid *class)
{
	if (!device->started)
		return false;
	pnpn_list_for_each_safe (link, after, &device->interfaces) {
		const struct pnpn_tree_interface *interface = interface_at(link);
		if (interface->enabled && pnpn_guid_equal(&interface->class, class))
			return true;
	}
	return false;
}

/* --- a device's life ------------------------------------------------------------------------------ */

void pnpn_tree_device_init(struct pnpn_tree_device *device)
{
	memset(device, 0, sizeof(*device));
	pnpn_list_init(&device->link);
	pnpn_list_init(&device->links);
	pnpn_list_init(&device->interfaces);
}

int pnpn_tree_add(struct pnpn_tree *tree, struct pnpn_tree_device *device, const char *id)
{
	int r = pnpn_instance_id_normalize(id, device->id);

	if (r < 0)
		return r;
	if (pnpn_tree_find_id(tree, device->id))
		return -EEXIST;
	device->tree = tree;
	device->number = ++tree->last_number;
	pnpn_list_append(&tree->devices, &device->link);
	pnpn_map_add(&tree->ids, &device->by_id, device->id);
	return 0;
}

int pnpn_tree_start(struct pnpn_tree_device *device)
{
	const struct pnpn_tree_watcher *watcher = device->tree->watcher;

	if (device->started)
		return -EALREADY;
	/* Before anybody hears of it: who does may expect it to report. */
	__atomic_store_n(&device->started, true, __ATOMIC_RELEASE);
	device->starting = true;
	watcher->came(device);
	pnpn_list_for_each_safe (link, after, &device->links)
		watcher->link(link_at(link), true);
	pnpn_list_for_each_safe (link, after, &device->interfaces)
		if (interface_at(link)->enabled)
			tell_interface(interface_at(link), true);
	device->starting = false;
	if (watcher->started)
		watcher->started(device);
	return 0;
}

void pnpn_tree_leave(struct pnpn_tree_device *device)
{
	device->tree = NULL;
	pnpn_list_remove(&device->link);
	pnpn_map_remove(&device->by_id);
	pnpn_list_for_each_safe (link, after, &device->links)
		pnpn_map_remove(&link_at(link)->by_name);
	pnpn_list_for_each_safe (link, after, &device->interfaces)
		pnpn_map_remove(&interface_at(link)->by_name);
}

void pnpn_tree_remove(struct pnpn_tree_device *device)
{
	device->going = true;
	if (device->started) {
		pnpn_list_for_each_safe (link, after, &device->interfaces)
			if (interface_at(link)->enabled)
				tell_interface(interface_at(link), false);
		device->tree->watcher->went(device);
	}
	pnpn_tree_leave(device);
}

void pnpn_tree_device_deinit(struct pnpn_tree_device *device)
{
	pnpn_tree_leave(device);
	pnpn_list_for_each_safe (link, after, &device->links)
		pnpn_port_free(link_at(link));
	pnpn_list_for_each_safe (link, after, &device->interfaces)
		pnpn_port_free(interface_at(link));
	pnpn_list_init(&device->links);
	pnpn_list_init(&device->interfaces);
}
