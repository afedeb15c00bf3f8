/* SPDX-License-Identifier: MIT */
#include <linux/ctype.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "changes.h"
#include "class.h"
#include "device.h"
#include "core/guid.h"

/* The backlog limit of a device (R15) is what it reserves (R8): by default, and at most. */
#define BACKLOG	    PNPN_RING_RESERVE
#define BACKLOG_MAX PNPN_RING_DATA_BYTES

/* With up to so many readers they are woken from where the report comes from. */
#define WAKE_DIRECTLY 32

#define KNOWN_FLAGS   (PNPN_DEVICE_UEVENT | PNPN_DEVICE_COMPLETIONS | PNPN_DEVICE_NOT_STARTED)

DEFINE_MUTEX(pnpn_tree_lock);
LIST_HEAD(pnpn_tree);
static u64 last_number;

/* --- references ----------------------------------------------------------------------------------- */

static void free_lists(struct pnpn_device *device)
{
	struct pnpn_link *link, *next_link;
	struct pnpn_interface *interface, *next_interface;

	list_for_each_entry_safe (link, next_link, &device->links, node)
		kfree(link);
	list_for_each_entry_safe (interface, next_interface, &device->interfaces, node)
		kfree(interface);
}

static void release(struct kref *refs)
{
	struct pnpn_device *device = container_of(refs, struct pnpn_device, refs);

	pnpn_dispatch_deinit(device);
	cancel_work_sync(&device->wake_work);
	free_lists(device);
	if (device->writer.header)
		pnpn_ring_writer_deinit(&device->writer);
	vfree(device->ring);
	put_device(device->dev);
	kfree(device);
}

struct pnpn_device *pnpn_device_get(struct pnpn_device *device)
{
	kref_get(&device->refs);
	return device;
}

void pnpn_device_put(struct pnpn_device *device)
{
	if (device)
		kref_put(&device->refs, release);
}

/* --- waking --------------------------------------------------------------------------------------- */

static void wake_readers(struct work_struct *work)
{
	struct pnpn_device *device = container_of(work, struct pnpn_device, wake_work);

	wake_up_interruptible_poll(&device->wait, EPOLLIN | EPOLLRDNORM);
}

/* An epoll on a ring may have others behind it, a thousand of them: no reporter has time for those (R1). */
static bool may_wake(const struct pnpn_device *device)
{
	return READ_ONCE(device->readers) <= WAKE_DIRECTLY && !atomic_read(&device->n_strangers);
}

void pnpn_device_wake(struct pnpn_device *device)
{
	if (may_wake(device))
		wake_up_interruptible_poll(&device->wait, EPOLLIN | EPOLLRDNORM);
	else
		queue_work(system_highpri_wq, &device->wake_work);
}

/* --- finding -------------------------------------------------------------------------------------- */

static struct pnpn_link *find_link(struct pnpn_device *device, const char *name)
{
	struct pnpn_link *link;

	list_for_each_entry (link, &device->links, node)
		if (pnpn_name_equal(link->name, name))
			return link;
	return NULL;
}

static struct pnpn_interface *find_interface(struct pnpn_device *device, const char *name)
{
	struct pnpn_interface *interface;

	list_for_each_entry (interface, &device->interfaces, node)
		if (pnpn_name_equal(interface->name, name))
			return interface;
	return NULL;
}

static bool is_named(struct pnpn_device *device, const char *name)
{
	struct pnpn_interface *interface = find_interface(device, name);

	return pnpn_name_equal(device->id, name) || find_link(device, name) ||
	       (interface && interface->enabled);
}

struct pnpn_device *pnpn_device_find(const char *name)
{
	struct pnpn_device *device, *found = NULL;

	mutex_lock(&pnpn_tree_lock);
	list_for_each_entry (device, &pnpn_tree, node) {
		if (device->started && is_named(device, name)) {
			found = pnpn_device_get(device);
			break;
		}
	}
	mutex_unlock(&pnpn_tree_lock);
	return found;
}

struct pnpn_device *pnpn_device_find_number(u64 number)
{
	struct pnpn_device *device, *found = NULL;

	mutex_lock(&pnpn_tree_lock);
	list_for_each_entry (device, &pnpn_tree, node) {
		if (device->started && device->number == number) {
			found = pnpn_device_get(device);
			break;
		}
	}
	mutex_unlock(&pnpn_tree_lock);
	return found;
}

const char *pnpn_device_id(const struct pnpn_device *device)
{
	return device->id;
}
EXPORT_SYMBOL_GPL(pnpn_device_id);

/* --- links and interfaces ------------------------------------------------------------------------- */

static bool link_is_taken(const char *name)
{
	struct pnpn_device *device;

	list_for_each_entry (device, &pnpn_tree, node)
		if (find_link(device, name))
			return true;
	return false;
}

int pnpn_device_add_link(struct pnpn_device *device, const char *name)
{
	struct pnpn_link *link;
	int r = 0;

	if (!name || !pnpn_link_is_valid(name))
		return -EINVAL;
	link = kzalloc(struct_size(link, name, strlen(name) + 1), GFP_KERNEL);
	if (!link)
		return -ENOMEM;
	memcpy(link->name, name, strlen(name) + 1);
	mutex_lock(&pnpn_tree_lock);
	if (link_is_taken(name)) {
		r = -EEXIST;
		kfree(link);
	} else {
		link->item = ++device->last_item;
		list_add_tail(&link->node, &device->links);
		if (device->started)
			pnpn_changes_tell(device, link->item, PNPN_CHANGE_LINK, name, NULL);
	}
	mutex_unlock(&pnpn_tree_lock);
	return r;
}
EXPORT_SYMBOL_GPL(pnpn_device_add_link);

int pnpn_device_remove_link(struct pnpn_device *device, const char *name)
{
	struct pnpn_link *link = NULL;

	mutex_lock(&pnpn_tree_lock);
	if (name)
		link = find_link(device, name);
	if (link) {
		list_del(&link->node);
		if (device->started)
			pnpn_changes_tell(device, link->item, PNPN_CHANGE_UNLINK, link->name, NULL);
	}
	mutex_unlock(&pnpn_tree_lock);
	if (!link)
		return -ENOENT;
	kfree(link);
	return 0;
}
EXPORT_SYMBOL_GPL(pnpn_device_remove_link);

int pnpn_device_add_interface(struct pnpn_device *device, const struct pnpn_guid *interface_class,
			      const char *reference, const char **ret_name)
{
	struct pnpn_interface *fresh, *there;
	int r;

	if (!interface_class)
		return -EINVAL;
	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL);
	if (!fresh)
		return -ENOMEM;
	fresh->class = *interface_class;
	r = pnpn_interface_name_format(device->id, interface_class, reference, fresh->name);
	if (r < 0) {
		kfree(fresh);
		return r;
	}
	mutex_lock(&pnpn_tree_lock);
	there = find_interface(device, fresh->name);
	if (!there) {
		fresh->item = ++device->last_item;
		list_add_tail(&fresh->node, &device->interfaces);
	}
	mutex_unlock(&pnpn_tree_lock);
	if (there)
		kfree(fresh);
	if (ret_name)
		*ret_name = there ? there->name : fresh->name;
	return there ? 1 : 0;
}
EXPORT_SYMBOL_GPL(pnpn_device_add_interface);

static void tell_interface(struct pnpn_device *device, const struct pnpn_interface *interface,
			   bool enabled)
{
	pnpn_changes_tell(device, interface->item,
			  enabled ? PNPN_CHANGE_ENABLED : PNPN_CHANGE_DISABLED, interface->name,
			  &interface->class);
	pnpn_class_changed(device, interface, enabled);
}

static int enable_locked(struct pnpn_device *device, const char *name, bool enable)
{
	struct pnpn_interface *interface = find_interface(device, name);

	if (!interface || (!enable && !interface->enabled))
		return -ENOENT;
	if (enable && interface->enabled)
		return -EEXIST;
	interface->enabled = enable;
	if (device->started)
		tell_interface(device, interface, enable);
	return 0;
}

int pnpn_device_enable_by_name(const char *name, bool enable)
{
	struct pnpn_device *device;
	int r = -ENOENT;

	mutex_lock(&pnpn_tree_lock);
	list_for_each_entry (device, &pnpn_tree, node) {
		if (find_interface(device, name)) {
			r = enable_locked(device, name, enable);
			break;
		}
	}
	mutex_unlock(&pnpn_tree_lock);
	return r;
}

int pnpn_device_enable_interface(struct pnpn_device *device, const char *name, bool enable)
{
	int r;

	if (!name)
		return -ENOENT;
	mutex_lock(&pnpn_tree_lock);
	r = enable_locked(device, name, enable);
	mutex_unlock(&pnpn_tree_lock);
	return r;
}
EXPORT_SYMBOL_GPL(pnpn_device_enable_interface);

/* --- life ----------------------------------------------------------------------------------------- */

static int make_ring(struct pnpn_device *device, size_t backlog)
{
	device->ring_bytes = pnpn_ring_bytes(backlog);
	device->ring = vmalloc_user(device->ring_bytes);
	if (!device->ring)
		return -ENOMEM;
	pnpn_ring_init(device->ring, backlog);
	return pnpn_ring_writer_init(&device->writer, device->ring, device->ring_bytes);
}

/* KERNEL\<subsystem>\<name>, what an instance id can't hold as %XX. */
static int default_id(const struct device *dev, char id[PNPN_INSTANCE_ID_BYTES])
{
	const char *parts[] = {"KERNEL", dev_bus_name(dev), dev_name(dev)};
	size_t length = 0;
	int i;

	for (i = 0; i < 3; i++) {
		const char *in;

		if (i)
			id[length++] = '\\';
		for (in = parts[i]; *in; in++) {
			if (length + 5 > PNPN_INSTANCE_ID_BYTES)
				return -EINVAL;
			if (isalnum(*in) || strchr("_-.:", *in))
				id[length++] = toupper(*in);
			else
				length += scnprintf(id + length, 4, "%%%02X", (unsigned char)*in);
		}
	}
	id[length] = 0;
	return 0;
}

static int set_id(struct pnpn_device *device, const char *id)
{
	char made[PNPN_INSTANCE_ID_BYTES];

	if (!id) {
		if (!device->dev || default_id(device->dev, made) < 0)
			return -EINVAL;
		id = made;
	}
	return pnpn_instance_id_normalize(id, device->id);
}

static struct pnpn_device *device_alloc(struct device *dev,
					const struct pnpn_device_options *options)
{
	struct pnpn_device *device = kzalloc(sizeof(*device), GFP_KERNEL);

	if (!device)
		return NULL;
	kref_init(&device->refs);
	INIT_LIST_HEAD(&device->node);
	INIT_LIST_HEAD(&device->links);
	INIT_LIST_HEAD(&device->interfaces);
	init_waitqueue_head(&device->wait);
	INIT_WORK(&device->wake_work, wake_readers);
	device->dev = get_device(dev);
	device->flags = options->flags;
	device->mode = options->mode ? options->mode : 0444;
	device->uid = options->uid;
	device->gid = options->gid;
	return device;
}

static int join_tree(struct pnpn_device *device)
{
	struct pnpn_device *other;
	int r = 0;

	mutex_lock(&pnpn_tree_lock);
	list_for_each_entry (other, &pnpn_tree, node)
		if (pnpn_name_equal(other->id, device->id))
			r = -EEXIST;
	if (r >= 0) {
		device->number = ++last_number;
		list_add_tail(&device->node, &pnpn_tree);
	}
	mutex_unlock(&pnpn_tree_lock);
	return r;
}

static int prepare(struct pnpn_device *device, const struct pnpn_device_options *options)
{
	const char *name;
	int r = set_id(device, options->id);

	if (r >= 0)
		r = make_ring(device, options->backlog ? options->backlog : BACKLOG);
	if (r >= 0)
		r = join_tree(device);
	if (r >= 0)
		r = pnpn_dispatch_init(device);
	if (r >= 0 && options->link)
		r = pnpn_device_add_link(device, options->link);
	if (r >= 0 && options->interface_class) {
		r = pnpn_device_add_interface(device, options->interface_class, NULL, &name);
		if (r >= 0)
			r = pnpn_device_enable_interface(device, name, true);
	}
	if (r >= 0 && !(options->flags & PNPN_DEVICE_NOT_STARTED))
		r = pnpn_device_start(device);
	return r;
}

struct pnpn_device *pnpn_device_register(struct device *dev,
					 const struct pnpn_device_options *options)
{
	static const struct pnpn_device_options defaults;
	struct pnpn_device *device;
	int r;

	if (!options)
		options = &defaults;
	if (options->flags & ~KNOWN_FLAGS || options->mode & ~0777 ||
	    (!dev && options->flags & PNPN_DEVICE_UEVENT) ||
	    (options->backlog && !pnpn_ring_data_bytes_valid(options->backlog)) ||
	    options->backlog > BACKLOG_MAX)
		return ERR_PTR(-EINVAL);
	device = device_alloc(dev, options);
	if (!device)
		return ERR_PTR(-ENOMEM);
	r = prepare(device, options);
	if (r < 0) {
		mutex_lock(&pnpn_tree_lock);
		list_del_init(&device->node);
		mutex_unlock(&pnpn_tree_lock);
		pnpn_device_put(device);
		return ERR_PTR(r);
	}
	return device;
}
EXPORT_SYMBOL_GPL(pnpn_device_register);

int pnpn_device_start(struct pnpn_device *device)
{
	struct pnpn_link *link;
	struct pnpn_interface *interface;

	mutex_lock(&pnpn_tree_lock);
	if (device->started) {
		mutex_unlock(&pnpn_tree_lock);
		return -EALREADY;
	}
	/* Before anybody hears of it: who does may expect it to report. */
	smp_store_release(&device->started, true);
	pnpn_changes_tell(device, 0, PNPN_CHANGE_CAME, NULL, NULL);
	list_for_each_entry (link, &device->links, node)
		pnpn_changes_tell(device, link->item, PNPN_CHANGE_LINK, link->name, NULL);
	list_for_each_entry (interface, &device->interfaces, node)
		if (interface->enabled)
			tell_interface(device, interface, true);
	mutex_unlock(&pnpn_tree_lock);
	return 0;
}
EXPORT_SYMBOL_GPL(pnpn_device_start);

/* The ring's readers are told by the last record, the tree's by a change. */
static void leave_tree(struct pnpn_device *device)
{
	struct pnpn_interface *interface;

	mutex_lock(&pnpn_tree_lock);
	if (device->started) {
		list_for_each_entry (interface, &device->interfaces, node)
			if (interface->enabled)
				pnpn_class_changed(device, interface, false);
		pnpn_changes_tell(device, 0, PNPN_CHANGE_WENT, NULL, NULL);
	}
	list_del_init(&device->node);
	mutex_unlock(&pnpn_tree_lock);
}

void pnpn_device_unregister(struct pnpn_device *device)
{
	if (IS_ERR_OR_NULL(device))
		return;
	might_sleep();
	(void)pnpn_ring_writer_remove(&device->writer);
	wake_up_interruptible_poll(&device->wait, EPOLLIN | EPOLLRDNORM);
	leave_tree(device);
	/* What was accepted before is told before this returns, the removal last. */
	queue_work(device->dispatch.queue, &device->dispatch.work);
	flush_workqueue(device->dispatch.queue);
	/* Inside a callback, of a class or of another device, that might wait for its own end. */
	if (!pnpn_dispatch_is_current())
		pnpn_class_flush();
	pnpn_device_put(device);
}
EXPORT_SYMBOL_GPL(pnpn_device_unregister);
