/* SPDX-License-Identifier: MIT */
/*
 * A node of the host's device tree: one device, root-enumerated or made by a bus driver, its PDO, and the device of the
 * native library behind it. Nodes live until the host ends, so that a report on a device that is gone finds
 * out instead of crashing (R6).
 */
#ifndef PNPN_WDM_NODE_H
#define PNPN_WDM_NODE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <wdm.h>
#include <pnpnotify.h>
#include "core/completion.h"
#include "core/tree.h"

struct pnpn_description;

/** How far its life has got. */
enum pnpn_node_state {
	PNPN_NODE_NEW, /* not started: reports are refused */
	PNPN_NODE_STARTED, /* reports go to the ring */
	PNPN_NODE_GONE, /* the world was told of its removal; the driver was not yet (R10) */
	PNPN_NODE_DELETED, /* the driver let go: reports are refused */
};

/** What the manager wants of a device that is to be removed; the newest counts. */
struct pnpn_node_removal {
	enum pnpn_event_kind told; /* PNPN_EVENT_QUERY_REMOVE and its like; 0: nothing */
	uint64_t query; /* what an answer has to name */
	bool cancelled; /* a query that the driver was asked came to nothing, before what was told */
};

struct pnpn_node {
	struct pnpn_node *next; /* all nodes; never changes */
	struct pnpn_node *hash_next; /* nodes of the same hash; never changes */
	PDEVICE_OBJECT pdo;
	PDRIVER_OBJECT driver; /* the function driver; NULL: none is there; the PnP thread's */
	char id[PNPN_INSTANCE_ID_BYTES];
	struct pnpn_node *
		parent; /* whose driver made pdo, which is a reference; NULL: the root's; never changes */
	struct pnpn_description *description; /* of a child; never changes */
	bool reported, seen; /* its bus named it last, and just now; the PnP thread's */
	struct pnpn_tree_device
		entry; /* in the tree of nodes until it is deleted; guarded by the bus lock */
	bool legacy; /* pdo is a driver's device without a PDO (E4), a reference; never changes */
	bool stack_started; /* IRP_MN_START_DEVICE succeeded; the PnP thread's */
	bool in_manager; /* wanted there; guarded by the bus lock */
	bool lost; /* ... but the manager went, and it is not back; guarded by the bus lock */
	struct pnpn_node_removal
		removal; /* guarded by the bus lock, until the PnP thread takes it */
	atomic_bool removal_told; /* there is something to take */
	bool remove_queried; /* the driver was asked, and not told how that ended; the PnP thread's */
	atomic_bool invalidated; /* IoInvalidateDeviceState() was called */
	atomic_bool relations_invalidated; /* ... IoInvalidateDeviceRelations() */

	pthread_rwlock_t lock; /* guards the next four; taken inside the bus lock and order */
	enum pnpn_node_state state;
	struct pnpn_device *device;
	uint64_t generation; /* grows when the device changes, or its manager went */
	long files; /* that applications and drivers of this host hold; negative: none can be opened any more */

	pthread_mutex_t order; /* the order of reports with a callback is that of completions */
	struct pnpn_completions completions; /* guarded by order; in memory of completer.c's */
	bool callbacks_held, callbacks_run; /* completer.c's */

	pthread_mutex_t waiters; /* innermost */
	pthread_cond_t handled; /* registrants handled more, or device changed */
};

/**
 * pnpn_node_new() - a node, of which the manager does not know yet
 * @id:       instance id, as pnpn_instance_id_normalize() writes it
 * @driver:   the function driver; stays the caller's
 * @pdo:      the node's on success
 * @ret_node: lives until pnpn_nodes_free()
 *
 * PASSIVE_LEVEL. Returns STATUS_SUCCESS or STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS pnpn_node_new(const char *id, PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo,
		       struct pnpn_node **ret_node);

/** pnpn_node_new() for a device without a PDO (E4): the node has a reference to it, and pnpn_node_from_pdo() does not find
 *  it. */
NTSTATUS pnpn_node_new_legacy(const char *id, PDRIVER_OBJECT driver, PDEVICE_OBJECT device,
			      struct pnpn_node **ret_node);

/** pnpn_node_new() for a device that the driver of another one made: the node has a reference to it, and no function driver
 *  yet. description: the node's on success. */
NTSTATUS pnpn_node_new_child(const char *id, struct pnpn_node *parent, PDEVICE_OBJECT pdo,
			     struct pnpn_description *description, struct pnpn_node **ret_node);

/** Whether every device below is deleted. The PnP thread. */
bool pnpn_node_is_childless(const struct pnpn_node *node);

/** The first of all nodes, newest first. Any thread. */
struct pnpn_node *pnpn_node_first(void);

/** The nodes that the manager was told of and that are not deleted, with their interfaces, which nobody is told
 *  of here. Guarded by the bus lock. */
extern struct pnpn_tree pnpn_node_tree;

/** The node whose PDO this is, without looking at what it points to; NULL if it is none. Any thread,
 *  no lock. */
struct pnpn_node *pnpn_node_from_pdo(const void *pdo);

/** The node of that instance id that is not deleted, or NULL. */
struct pnpn_node *pnpn_node_from_id(const char *id);

/** Its state. */
enum pnpn_node_state pnpn_node_get_state(struct pnpn_node *node);

/** A file on it is opened, and closed: the driver's last routine waits for that (D7). alone: no other one may be.
 *  Returns STATUS_SUCCESS; STATUS_NO_SUCH_DEVICE if that routine has begun; STATUS_ACCESS_DENIED. */
NTSTATUS pnpn_node_open(struct pnpn_node *node, bool alone);
void pnpn_node_close(struct pnpn_node *node);

/** No file can be opened on it from now on. Returns how many there are; unless forced, with any left nothing
 *  changes. */
long pnpn_node_seal(struct pnpn_node *node, bool force);

/** Sets the state and the device, wakes who waits for what the old device's registrants handle, and
 *  returns the old device, the caller's then. */
struct pnpn_device *pnpn_node_set(struct pnpn_node *node, enum pnpn_node_state state,
				  struct pnpn_device *device);

/** The manager went, and every registrant with it: nobody waits for them any more. With the bus lock held. */
void pnpn_node_lost(struct pnpn_node *node);

/** Up to where every kernel-mode registrant took what was reported. Any thread. */
void pnpn_node_get_handled(struct pnpn_node *node, struct pnpn_place *ret_handled);

/** Waits until what ends there was. PASSIVE_LEVEL. */
void pnpn_node_wait_handled(struct pnpn_node *node, const struct pnpn_place *end);

/** Wakes those who wait for that. */
void pnpn_node_wake(struct pnpn_node *node);

/** Frees all nodes and their PDOs, at the host's end. */
void pnpn_nodes_free(void);

#endif
