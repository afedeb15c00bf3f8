/* SPDX-License-Identifier: MIT */
/* A device of a kernel module, and the tree that all of them are in. */
#ifndef PNPN_KERNEL_DEVICE_H
#define PNPN_KERNEL_DEVICE_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <pnpnotify/driver.h>

#include "core/ring-writer.h"
#include "core/tree.h"
#include "dispatch.h"

struct pnpn_device {
	struct kref refs; /* the driver's, each ring descriptor's, each listener's */
	struct pnpn_tree_device
		entry; /* in pnpn_tree, protected by its lock; names live as long as this */
	struct device *dev; /* a reference, or NULL */
	unsigned int flags;
	umode_t mode;
	kuid_t uid;
	kgid_t gid;

	void *ring; /* header and data: vmalloc_user() memory */
	size_t ring_bytes;
	struct pnpn_ring_writer writer;
	wait_queue_head_t wait; /* the ring's readers */
	unsigned int readers; /* ring descriptors; written under the tree's lock */
	atomic_t n_strangers; /* of them, on which somebody waits who is not root */
	struct work_struct wake_work; /* wakes them when they are many */
	struct work_struct end_work; /* waits for its callbacks in place of one that can't */
	struct pnpn_dispatch dispatch;
};

/** Protects the tree: devices, their links and interfaces, class listeners, who reads changes. */
extern struct mutex pnpn_tree_lock;

/** Every device that was registered and not unregistered. */
extern struct pnpn_tree pnpn_tree;

/** Before there are any. Returns 0; -ENOMEM. */
int pnpn_devices_init(void);

/** Waits for the end of those that nobody waits for. */
void pnpn_devices_deinit(void);

/** The device that is this one in the tree; NULL of NULL. */
static inline struct pnpn_device *pnpn_device_of(struct pnpn_tree_device *entry)
{
	return entry ? container_of(entry, struct pnpn_device, entry) : NULL;
}

/** The device of a link in the tree's list of them. */
static inline struct pnpn_device *pnpn_device_at(struct pnpn_list *link)
{
	return container_of(link, struct pnpn_device, entry.link);
}

/** The device of that name, not NULL: instance id, \\.\ or interface name (D4); a started one, with a
 *  reference, or NULL. Takes the lock. */
struct pnpn_device *pnpn_device_find(const char *name);

/** The started device of that number, with a reference, or NULL. Takes the lock. */
struct pnpn_device *pnpn_device_find_number(u64 number);

/** Enables or disables the interface of that name, whoever's. Takes the lock. Returns as
 *  pnpn_device_enable_interface(). */
int pnpn_device_enable_by_name(const char *name, bool enable);

/** One in no tree, with an empty ring; the options are sound. The reference is the caller's. Returns
 *  ERR_PTR(-ENOMEM). */
struct pnpn_device *pnpn_device_new(struct device *dev, const struct pnpn_device_options *options,
				    size_t backlog);

/** Another reference. */
struct pnpn_device *pnpn_device_get(struct pnpn_device *device);

/** One reference less; NULL is allowed. May sleep. */
void pnpn_device_put(struct pnpn_device *device);

/** Wakes every reader of its ring. Any context. */
void pnpn_device_wake(struct pnpn_device *device);

#endif
