/* SPDX-License-Identifier: MIT */
#include <linux/vmalloc.h>

#include "changes.h"
#include "device.h"

/* Changes that a reader may be behind before it has to begin anew. */
#define LOGGED 1024

/* One change, and which thing it is about. */
struct logged {
	u64 device;
	u32 item;
	struct pnpn_kernel_change change;
};

static struct logged *change_log; /* a ring; protected by the tree's lock, like the rest */
static u64 n_logged;
DECLARE_WAIT_QUEUE_HEAD(pnpn_changes_wait);

/* --- telling -------------------------------------------------------------------------------------- */

/* Its path below /sys, from the end on: "" if it has none, or a longer one than there is room for. */
static void write_path(const struct pnpn_device *device, char path[PNPN_CHANGE_NAME_BYTES])
{
	size_t at = PNPN_CHANGE_NAME_BYTES - 1;
	const struct kobject *object;

	path[0] = 0;
	if (!device->dev || !device_is_registered(device->dev))
		return;
	path[at] = 0;
	for (object = &device->dev->kobj; object; object = object->parent) {
		size_t length = strlen(kobject_name(object));

		if (at < sizeof("/sys") + length)
			return;
		at -= length;
		memcpy(path + at, kobject_name(object), length);
		path[--at] = '/';
	}
	at -= strlen("/sys");
	memcpy(path + at, "/sys", strlen("/sys"));
	memmove(path, path + at, PNPN_CHANGE_NAME_BYTES - at);
}

static void fill(struct pnpn_kernel_change *change, const struct pnpn_device *device, u32 kind,
		 const char *name, const struct pnpn_guid *class)
{
	memset(change, 0, sizeof(*change));
	change->size = sizeof(*change);
	change->kind = kind;
	if (!device)
		return;
	change->device = device->entry.number;
	strscpy(change->instance_id, device->entry.id, sizeof(change->instance_id));
	if (class)
		memcpy(change->class, class, sizeof(change->class));
	if (kind == PNPN_CHANGE_CAME)
		write_path(device, change->name);
	else if (name)
		strscpy(change->name, name, sizeof(change->name));
}

void pnpn_changes_tell(struct pnpn_device *device, u32 item, u32 kind, const char *name,
		       const struct pnpn_guid *class)
{
	struct logged *logged = &change_log[n_logged % LOGGED];

	lockdep_assert_held(&pnpn_tree_lock);
	logged->device = device->entry.number;
	logged->item = item;
	fill(&logged->change, device, kind, name, class);
	WRITE_ONCE(n_logged, n_logged + 1);
	wake_up_interruptible_poll(&pnpn_changes_wait, EPOLLIN | EPOLLRDNORM);
}

/* --- reading -------------------------------------------------------------------------------------- */

static void begin(struct pnpn_changes_reader *reader)
{
	reader->taken = n_logged;
	reader->device = 0;
	reader->item = 0;
	reader->told_all = false;
}

void pnpn_changes_begin(struct pnpn_changes_reader *reader)
{
	mutex_lock(&pnpn_tree_lock);
	begin(reader);
	mutex_unlock(&pnpn_tree_lock);
}

bool pnpn_changes_has_more(const struct pnpn_changes_reader *reader)
{
	return !READ_ONCE(reader->told_all) || READ_ONCE(reader->taken) != READ_ONCE(n_logged);
}

/* What was not told yet will be told as it is then. */
static bool was_told(const struct pnpn_changes_reader *reader, const struct logged *logged)
{
	if (reader->told_all || logged->device < reader->device)
		return true;
	return logged->device == reader->device && logged->item <= reader->item;
}

static bool next_logged(struct pnpn_changes_reader *reader, struct pnpn_kernel_change *ret_change)
{
	while (reader->taken != n_logged) {
		const struct logged *logged = &change_log[reader->taken++ % LOGGED];

		if (was_told(reader, logged)) {
			*ret_change = logged->change;
			return true;
		}
	}
	return false;
}

static const struct pnpn_tree_link *next_link(const struct pnpn_device *device, u32 item)
{
	pnpn_list_for_each_safe (at, after, &device->entry.links) {
		const struct pnpn_tree_link *link = pnpn_list_entry(at, struct pnpn_tree_link,
								    link);

		if (link->item > item)
			return link;
	}
	return NULL;
}

static const struct pnpn_tree_interface *next_interface(const struct pnpn_device *device, u32 item)
{
	pnpn_list_for_each_safe (at, after, &device->entry.interfaces) {
		const struct pnpn_tree_interface *interface =
			pnpn_list_entry(at, struct pnpn_tree_interface, link);

		if (interface->item > item)
			return interface;
	}
	return NULL;
}

/* The first thing of a device after a number: links and interfaces are numbered together. */
static bool next_item(struct pnpn_device *device, struct pnpn_changes_reader *reader,
		      struct pnpn_kernel_change *ret_change)
{
	const struct pnpn_tree_link *link = next_link(device, reader->item);
	const struct pnpn_tree_interface *interface = next_interface(device, reader->item);

	if (link && (!interface || link->item < interface->item)) {
		reader->item = link->item;
		fill(ret_change, device, PNPN_CHANGE_LINK, link->name, NULL);
	} else if (interface) {
		reader->item = interface->item;
		fill(ret_change, device,
		     interface->enabled ? PNPN_CHANGE_ENABLED : PNPN_CHANGE_DISABLED,
		     interface->name, &interface->class);
	}
	return link || interface;
}

/* The tree is in the order of the devices' numbers. */
static void next_that_is_there(struct pnpn_changes_reader *reader,
			       struct pnpn_kernel_change *ret_change)
{
	pnpn_list_for_each_safe (link, after, &pnpn_tree.devices) {
		struct pnpn_device *device = pnpn_device_at(link);

		if (!device->entry.started || device->entry.number < reader->device)
			continue;
		if (device->entry.number == reader->device) {
			if (next_item(device, reader, ret_change))
				return;
			continue;
		}
		reader->device = device->entry.number;
		reader->item = 0;
		fill(ret_change, device, PNPN_CHANGE_CAME, NULL, NULL);
		return;
	}
	reader->told_all = true;
	fill(ret_change, NULL, PNPN_CHANGE_SETTLED, NULL, NULL);
}

bool pnpn_changes_next(struct pnpn_changes_reader *reader, struct pnpn_kernel_change *ret_change)
{
	bool found = true;

	mutex_lock(&pnpn_tree_lock);
	if (n_logged - reader->taken > LOGGED) {
		begin(reader);
		fill(ret_change, NULL, PNPN_CHANGE_OVERRUN, NULL, NULL);
	} else if (!next_logged(reader, ret_change)) {
		found = !reader->told_all;
		if (found)
			next_that_is_there(reader, ret_change);
	}
	mutex_unlock(&pnpn_tree_lock);
	return found;
}

/* --- life ----------------------------------------------------------------------------------------- */

int pnpn_changes_init(void)
{
	change_log = vmalloc(array_size(LOGGED, sizeof(*change_log)));
	return change_log ? 0 : -ENOMEM;
}

void pnpn_changes_deinit(void)
{
	vfree(change_log);
}
