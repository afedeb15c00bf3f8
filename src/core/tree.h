/* SPDX-License-Identifier: MIT */
/*
 * The tree of devices: who has which name and interface, what is refused, and who is told in which order
 * (D1 to D4, D9). The manager's, the kernel module's and the driver host's; whoever has one lets one thread in
 * at a time.
 */
#ifndef PNPN_CORE_TREE_H
#define PNPN_CORE_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <pnpnotify.h>
#include "core/list.h"
#include "core/map.h"
#include "core/name.h"

struct pnpn_tree_device;

/** A \\.\ name of a device. */
struct pnpn_tree_link {
	struct pnpn_list link; /* in its device */
	struct pnpn_map_link by_name; /* in the tree */
	struct pnpn_tree_device *device;
	uint32_t item; /* numbers a device's links and interfaces as they came */
	char name[];
};

/** An interface of a device (D1 to D3). */
struct pnpn_tree_interface {
	struct pnpn_list link; /* in its device */
	struct pnpn_map_link by_name; /* in the tree */
	struct pnpn_tree_device *device;
	struct pnpn_guid class;
	uint32_t item; /* as a link's */
	bool enabled;
	bool told; /* it was enabled before, and the watcher heard of it */
	char name[];
};

/** What a device of the user's has in it. */
struct pnpn_tree_device {
	struct pnpn_tree *tree; /* NULL if it is in none */
	struct pnpn_list link; /* in the tree */
	struct pnpn_map_link by_id;
	char id[PNPN_INSTANCE_ID_BYTES]; /* in upper case */
	uint64_t number;
	bool case_counts; /* it may have a link that is another such device's but for its case, as in Linux */
	bool started; /* stored with release: whoever reads it without being let in may acquire it (R6) */
	bool starting; /* what is told now is what it came with */
	bool going; /* what is told now is its end */
	struct pnpn_list links, interfaces; /* in the order of their items */
	unsigned int n_links, n_interfaces;
	uint32_t last_item;
};

/**
 * Who is told of a started device. A start is told as came, then its links, then its enabled interfaces, and
 * started, which may be NULL, once all of that was; an end as its interfaces, which count as enabled still, then
 * went. None may take anything out of the device.
 */
struct pnpn_tree_watcher {
	void (*came)(struct pnpn_tree_device *device);
	void (*link)(const struct pnpn_tree_link *link, bool there);
	void (*interface)(const struct pnpn_tree_interface *interface, bool enabled);
	void (*started)(struct pnpn_tree_device *device);
	void (*went)(struct pnpn_tree_device *device);
};

struct pnpn_tree {
	const struct pnpn_tree_watcher *watcher; /* may be NULL where nothing is started */
	struct pnpn_list devices; /* in the order of their numbers */
	struct pnpn_map ids, links, interfaces;
	uint64_t last_number; /* none is given twice */
};

/** An empty tree. */
void pnpn_tree_init(struct pnpn_tree *tree, const struct pnpn_tree_watcher *watcher);

/** A device that is in no tree yet. */
void pnpn_tree_device_init(struct pnpn_tree_device *device);

/** Frees its names, which nobody may have any more; it is in no tree then. */
void pnpn_tree_device_deinit(struct pnpn_tree_device *device);

/** Puts it in, not started. Returns 0; -EINVAL for an id that is none; -EEXIST. */
int pnpn_tree_add(struct pnpn_tree *tree, struct pnpn_tree_device *device, const char *id);

/** Takes it out and tells nobody: others may have its names, which it keeps until its deinit. */
void pnpn_tree_leave(struct pnpn_tree_device *device);

/** It is there for everybody from now on (D3, D4). Returns 0; -EALREADY. */
int pnpn_tree_start(struct pnpn_tree_device *device);

/** Its end is told, and it leaves. */
void pnpn_tree_remove(struct pnpn_tree_device *device);

/** Returns 0; -EINVAL; -EEXIST if a device has it (D9); -ENOMEM. */
int pnpn_tree_add_link(struct pnpn_tree_device *device, const char *name);

/** Returns 0; -ENOENT if it is not this device's. */
int pnpn_tree_remove_link(struct pnpn_tree_device *device, const char *name);

/** Returns 0; 1 if it was there already (D2); -EINVAL for a reference with / or \, or a name too long; -ENOMEM. */
int pnpn_tree_add_interface(struct pnpn_tree_device *device, const struct pnpn_guid *class,
			    const char *reference, struct pnpn_tree_interface **ret_interface);

/** Enables or disables; NULL is allowed. Returns 0; -EEXIST if it is enabled already; -ENOENT if it is not, or
 *  is none (D3). */
int pnpn_tree_enable(struct pnpn_tree_interface *interface, bool enable);

/** Whether it is started and has an enabled interface of the class. */
bool pnpn_tree_has_class(const struct pnpn_tree_device *device, const struct pnpn_guid *class);

/** The device of that instance id, started or not, or NULL. */
struct pnpn_tree_device *pnpn_tree_find_id(struct pnpn_tree *tree, const char *id);

/** The link of that name, in any spelling of pnpn_name_normalize(), or NULL; one in the same case before others. */
struct pnpn_tree_link *pnpn_tree_find_link(struct pnpn_tree *tree, const char *name);

/** The interface of that name, enabled or not, likewise. */
struct pnpn_tree_interface *pnpn_tree_find_interface(struct pnpn_tree *tree, const char *name);

/** The device's own interface of that name, or NULL. */
struct pnpn_tree_interface *pnpn_tree_own_interface(const struct pnpn_tree_device *device,
						    const char *name);

/** The started device of that name, or NULL: an instance id, a link's or an enabled interface's name (D4). */
struct pnpn_tree_device *pnpn_tree_find(struct pnpn_tree *tree, const char *name);

#endif
