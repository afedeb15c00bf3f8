/* SPDX-License-Identifier: MIT */
/* A device's beginning and its end, as its driver asks for them. */
#include <linux/ctype.h>
#include <linux/log2.h>
#include <linux/poll.h>

#include "class.h"
#include "context.h"
#include "device.h"

/* The backlog limit of a device (R15) is what it reserves (R8): by default, at least, and at most. */
#define BACKLOG	    PNPN_RING_RESERVE
#define BACKLOG_MIN (256u << 10)
#define BACKLOG_MAX PNPN_RING_BACKLOG

#define KNOWN_FLAGS (PNPN_DEVICE_UEVENT | PNPN_DEVICE_COMPLETIONS | PNPN_DEVICE_NOT_STARTED)

static struct workqueue_struct *ends;

int pnpn_devices_init(void)
{
	ends = alloc_workqueue("pnpn-ends", WQ_UNBOUND, 0);
	return ends ? 0 : -ENOMEM;
}

void pnpn_devices_deinit(void)
{
	destroy_workqueue(ends);
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
	int r = join_tree(device, options->id);

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

static bool is_backlog(size_t backlog)
{
	return is_power_of_2(backlog) && backlog >= BACKLOG_MIN && backlog <= BACKLOG_MAX;
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
	    (options->backlog && !is_backlog(options->backlog)))
		return ERR_PTR(-EINVAL);
	device = pnpn_device_new(dev, options, options->backlog ? options->backlog : BACKLOG);
	if (IS_ERR(device))
		return device;
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

static void end(struct work_struct *work)
{
	struct pnpn_device *device = container_of(work, struct pnpn_device, end_work);

	flush_workqueue(device->dispatch.queue);
	pnpn_device_put(device);
}

void pnpn_device_unregister(struct pnpn_device *device)
{
	const void *context;
	struct pnpn_wait callbacks = {.awaited = &context};

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
	context = &device->dispatch.listeners;
	if (!pnpn_wait_begin(&callbacks)) {
		/* What it waits for waits for it: somebody else sees to the end. */
		INIT_WORK(&device->end_work, end);
		queue_work(ends, &device->end_work);
		return;
	}
	flush_workqueue(device->dispatch.queue);
	pnpn_wait_end(&callbacks);
	/* Inside a callback, of a class or of another device, that might wait for its own end. */
	if (!pnpn_context_current())
		pnpn_class_flush();
	pnpn_device_put(device);
}
EXPORT_SYMBOL_GPL(pnpn_device_unregister);

static void unregister(void *device)
{
	pnpn_device_unregister(device);
}

struct pnpn_device *devm_pnpn_device_register(struct device *dev,
					      const struct pnpn_device_options *options)
{
	struct pnpn_device *device = dev ? pnpn_device_register(dev, options) : ERR_PTR(-EINVAL);
	int r;

	if (IS_ERR(device))
		return device;
	r = devm_add_action_or_reset(dev, unregister, device);
	return r ? ERR_PTR(r) : device;
}
EXPORT_SYMBOL_GPL(devm_pnpn_device_register);
