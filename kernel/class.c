/* SPDX-License-Identifier: MIT */
#include <linux/slab.h>

#include "class.h"
#include "context.h"
#include "device.h"
#include "core/guid.h"

/* One thing to tell, and to whom. */
struct change {
	struct work_struct work;
	struct pnpn_listener
		*only; /* a reference: of what is there already; NULL: all of the class */
	struct pnpn_guid class;
	bool enabled;
	char device_id[PNPN_INSTANCE_ID_BYTES];
	char name[PNPN_NAME_BYTES];
};

static struct workqueue_struct *queue;
static struct pnpn_listeners listeners;

static bool wants(const struct pnpn_listener *listener, const void *about)
{
	const struct change *change = about;

	return change->only ? listener == change->only
			    : pnpn_guid_equal(&listener->class, &change->class);
}

static void work(struct work_struct *work)
{
	struct change *change = container_of(work, struct change, work);
	struct pnpn_context context;
	struct pnpn_notice notice = {
		.kind = change->enabled ? PNPN_NOTICE_INTERFACE_ARRIVED
					: PNPN_NOTICE_INTERFACE_REMOVED,
		.device_id = change->device_id,
		.interface_name = change->name,
		.guid = &change->class,
		.name_offset = PNPN_NAME_OFFSET_NONE,
	};

	pnpn_context_enter(&context, &listeners);
	pnpn_listeners_call(&listeners, wants, change, &notice);
	pnpn_context_leave(&context);
	if (change->only)
		pnpn_listener_put(change->only);
	kfree(change);
}

static int tell(struct pnpn_listener *only, const struct pnpn_device *device,
		const struct pnpn_tree_interface *interface, bool enabled)
{
	struct change *change = kzalloc(sizeof(*change), GFP_KERNEL);

	if (!change)
		return -ENOMEM;
	INIT_WORK(&change->work, work);
	if (only)
		kref_get(&only->refs);
	change->only = only;
	change->class = interface->class;
	change->enabled = enabled;
	strscpy(change->device_id, device->entry.id, sizeof(change->device_id));
	strscpy(change->name, interface->name, sizeof(change->name));
	queue_work(queue, &change->work);
	return 0;
}

void pnpn_class_changed(const struct pnpn_tree_interface *interface, bool enabled)
{
	const struct pnpn_device *device = pnpn_device_of(interface->device);

	lockdep_assert_held(&pnpn_tree_lock);
	if (pnpn_listeners_is_empty(&listeners))
		return;
	if (tell(NULL, device, interface, enabled) < 0)
		pr_warn("pnpnotify: no memory to tell of an interface of %s\n", device->entry.id);
}

void pnpn_class_flush(void)
{
	flush_workqueue(queue);
}

static int tell_of_device(struct pnpn_listener *listener, const struct pnpn_device *device)
{
	int r = 0;

	pnpn_list_for_each_safe (link, after, &device->entry.interfaces) {
		const struct pnpn_tree_interface *interface =
			pnpn_list_entry(link, struct pnpn_tree_interface, link);

		if (r >= 0 && interface->enabled &&
		    pnpn_guid_equal(&interface->class, &listener->class))
			r = tell(listener, device, interface, true);
	}
	return r;
}

/* Under the tree's lock: no change falls between what is there and what comes. */
static int tell_existing(struct pnpn_listener *listener)
{
	int r = 0;

	pnpn_list_for_each_safe (link, after, &pnpn_tree.devices)
		if (pnpn_device_at(link)->entry.started && r >= 0)
			r = tell_of_device(listener, pnpn_device_at(link));
	return r;
}

int pnpn_class_listen(struct pnpn_listener *listener, const void *interface_class, bool existing)
{
	int r = 0;

	memcpy(&listener->class, interface_class, sizeof(listener->class));
	listener->listeners = &listeners;
	mutex_lock(&pnpn_tree_lock);
	mutex_lock(&listeners.lock);
	list_add_tail(&listener->node, &listeners.list);
	mutex_unlock(&listeners.lock);
	if (existing)
		r = tell_existing(listener);
	mutex_unlock(&pnpn_tree_lock);
	if (r < 0) {
		/* A call may be under way: the caller's reference is one more than unlisten takes. */
		kref_get(&listener->refs);
		pnpn_unlisten(listener);
	}
	return r;
}

struct pnpn_listener *pnpn_listen_class(const struct pnpn_guid *interface_class, bool existing,
					pnpn_notice_fn fn, void *context, struct module *owner)
{
	struct pnpn_listener *listener;
	int r;

	if (!interface_class)
		return ERR_PTR(-EINVAL);
	listener = pnpn_listener_new(fn, context, owner);
	if (IS_ERR(listener))
		return listener;
	r = pnpn_class_listen(listener, interface_class, existing);
	if (r >= 0)
		return listener;
	pnpn_listener_put(listener);
	return ERR_PTR(r);
}
EXPORT_SYMBOL_GPL(pnpn_listen_class);

int pnpn_class_init(void)
{
	pnpn_listeners_init(&listeners);
	queue = alloc_ordered_workqueue("pnpn-class", 0);
	return queue ? 0 : -ENOMEM;
}

void pnpn_class_deinit(void)
{
	destroy_workqueue(queue);
}
