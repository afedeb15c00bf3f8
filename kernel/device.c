/* SPDX-License-Identifier: MIT */
#include <linux/ctype.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

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
struct pnpn_tree pnpn_tree;

/* --- references ----------------------------------------------------------------------------------- */

static void release(struct kref *refs)
{
	struct pnpn_device *device = container_of(refs, struct pnpn_device, refs);

	pnpn_dispatch_deinit(device);
	cancel_work_sync(&device->wake_work);
	pnpn_tree_device_deinit(&device->entry);
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

struct pnpn_device *pnpn_device_find(const char *name)
{
	struct pnpn_device *device;

	mutex_lock(&pnpn_tree_lock);
	device = pnpn_device_of(pnpn_tree_find(&pnpn_tree, name));
	if (device)
		pnpn_device_get(device);
	mutex_unlock(&pnpn_tree_lock);
	return device;
}

struct pnpn_device *pnpn_device_find_number(u64 number)
{
	struct pnpn_device *found = NULL;

	mutex_lock(&pnpn_tree_lock);
	pnpn_list_for_each_safe (link, after, &pnpn_tree.devices) {
		struct pnpn_device *device = pnpn_device_at(link);

		if (device->entry.started && device->entry.number == number) {
			found = pnpn_device_get(device);
			break;
		}
	}
	mutex_unlock(&pnpn_tree_lock);
	return found;
}

const char *pnpn_device_id(const struct pnpn_device *device)
{
	return device->entry.id;
}
EXPORT_SYMBOL_GPL(pnpn_device_id);

/* --- links and interfaces ------------------------------------------------------------------------- */

int pnpn_device_add_link(struct pnpn_device *device, const char *name)
{
	int r;

	mutex_lock(&pnpn_tree_lock);
	r = pnpn_tree_add_link(&device->entry, name);
	mutex_unlock(&pnpn_tree_lock);
	return r;
}
EXPORT_SYMBOL_GPL(pnpn_device_add_link);

int pnpn_device_remove_link(struct pnpn_device *device, const char *name)
{
	int r;

	if (!name)
		return -ENOENT;
	mutex_lock(&pnpn_tree_lock);
	r = pnpn_tree_remove_link(&device->entry, name);
	mutex_unlock(&pnpn_tree_lock);
	return r;
}
EXPORT_SYMBOL_GPL(pnpn_device_remove_link);

int pnpn_device_add_interface(struct pnpn_device *device, const struct pnpn_guid *interface_class,
			      const char *reference, const char **ret_name)
{
	struct pnpn_tree_interface *interface;
	int r;

	if (!interface_class)
		return -EINVAL;
	mutex_lock(&pnpn_tree_lock);
	r = pnpn_tree_add_interface(&device->entry, interface_class, reference, &interface);
	mutex_unlock(&pnpn_tree_lock);
	if (r >= 0 && ret_name)
		*ret_name = interface->name;
	return r;
}
EXPORT_SYMBOL_GPL(pnpn_device_add_interface);

int pnpn_device_enable_by_name(const char *name, bool enable)
{
	int r;

	mutex_lock(&pnpn_tree_lock);
	r = pnpn_tree_enable(pnpn_tree_find_interface(&pnpn_tree, name), enable);
	mutex_unlock(&pnpn_tree_lock);
	return r;
}

int pnpn_device_enable_interface(struct pnpn_device *device, const char *name, bool enable)
{
	int r;

	if (!name)
		return -ENOENT;
	mutex_lock(&pnpn_tree_lock);
	r = pnpn_tree_enable(pnpn_tree_own_interface(&device->entry, name), enable);
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

static struct pnpn_device *device_alloc(struct device *dev,
					const struct pnpn_device_options *options)
{
	struct pnpn_device *device = kzalloc(sizeof(*device), GFP_KERNEL);

	if (!device)
		return NULL;
	kref_init(&device->refs);
	pnpn_tree_device_init(&device->entry);
	init_waitqueue_head(&device->wait);
	INIT_WORK(&device->wake_work, wake_readers);
	device->dev = get_device(dev);
	device->flags = options->flags;
	device->mode = options->mode ? options->mode : 0444;
	device->uid = options->uid;
	device->gid = options->gid;
	return device;
}

static int join_tree(struct pnpn_device *device, const char *id)
{
	char made[PNPN_INSTANCE_ID_BYTES];
	int r;

	if (!id) {
		if (!device->dev || default_id(device->dev, made) < 0)
			return -EINVAL;
		id = made;
	}
	mutex_lock(&pnpn_tree_lock);
	r = pnpn_tree_add(&pnpn_tree, &device->entry, id);
	mutex_unlock(&pnpn_tree_lock);
	return r;
}

static int prepare(struct pnpn_device *device, const struct pnpn_device_options *options)
{
	const char *name;
	int r = make_ring(device, options->backlog ? options->backlog : BACKLOG);

	if (r >= 0)
		r = join_tree(device, options->id);
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
		pnpn_tree_leave(&device->entry);
		mutex_unlock(&pnpn_tree_lock);
		pnpn_device_put(device);
		return ERR_PTR(r);
	}
	return device;
}
EXPORT_SYMBOL_GPL(pnpn_device_register);

int pnpn_device_start(struct pnpn_device *device)
{
	int r;

	mutex_lock(&pnpn_tree_lock);
	r = pnpn_tree_start(&device->entry);
	mutex_unlock(&pnpn_tree_lock);
	return r;
}
EXPORT_SYMBOL_GPL(pnpn_device_start);

void pnpn_device_unregister(struct pnpn_device *device)
{
	if (IS_ERR_OR_NULL(device))
		return;
	might_sleep();
	(void)pnpn_ring_writer_remove(&device->writer);
	wake_up_interruptible_poll(&device->wait, EPOLLIN | EPOLLRDNORM);
	/* The ring's readers are told by the last record, the tree's by a change. */
	mutex_lock(&pnpn_tree_lock);
	pnpn_tree_remove(&device->entry);
	mutex_unlock(&pnpn_tree_lock);
	/* What was accepted before is told before this returns, the removal last. */
	queue_work(device->dispatch.queue, &device->dispatch.work);
	flush_workqueue(device->dispatch.queue);
	/* Inside a callback, of a class or of another device, that might wait for its own end. */
	if (!pnpn_dispatch_is_current())
		pnpn_class_flush();
	pnpn_device_put(device);
}
EXPORT_SYMBOL_GPL(pnpn_device_unregister);
