/* SPDX-License-Identifier: MIT */
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "device.h"

/* With up to so many readers they are woken from where the report comes from. */
#define WAKE_DIRECTLY 32

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

/* --- making --------------------------------------------------------------------------------------- */

static int make_ring(struct pnpn_device *device, size_t backlog)
{
	uint64_t data_bytes = pnpn_ring_data_bytes(backlog);

	device->ring_bytes = pnpn_ring_bytes(data_bytes);
	device->ring = vmalloc_user(device->ring_bytes);
	if (!device->ring)
		return -ENOMEM;
	pnpn_ring_init(device->ring, data_bytes);
	int r = pnpn_ring_writer_init(&device->writer, device->ring, device->ring_bytes);
	/* All of it has memory from the beginning. */
	return r < 0 ? r : pnpn_ring_chunks_reserve(&device->writer.chunks);
}

struct pnpn_device *pnpn_device_new(struct device *dev, const struct pnpn_device_options *options,
				    size_t backlog)
{
	struct pnpn_device *device = kzalloc(sizeof(*device), GFP_KERNEL);
	int r;

	if (!device)
		return ERR_PTR(-ENOMEM);
	kref_init(&device->refs);
	pnpn_tree_device_init(&device->entry);
	init_waitqueue_head(&device->wait);
	INIT_WORK(&device->wake_work, wake_readers);
	device->dev = get_device(dev);
	device->flags = options->flags;
	device->mode = options->mode ? options->mode : 0444;
	device->uid = options->uid;
	device->gid = options->gid;
	r = make_ring(device, backlog);
	if (r >= 0)
		return device;
	pnpn_device_put(device);
	return ERR_PTR(r);
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
