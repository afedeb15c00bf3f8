/* SPDX-License-Identifier: MIT */
/* A device in the tree: a process's, with an event ring, or one of Linux's, without. */
#ifndef PNPN_MANAGER_NODE_H
#define PNPN_MANAGER_NODE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <pnpnotify.h>
#include "core/list.h"
#include "core/map.h"
#include "core/tree.h"
#include "manager/access.h"
#include "manager/assignment.h"
#include "manager/ring-memory.h"
#include "manager/waker-thread.h"

struct pnpn_attachment_record;
struct pnpn_ejectable;
struct pnpn_node;
struct pnpn_peer;
struct pnpn_property_sink;
struct pnpn_removal_record;
struct pnpn_request;
struct pnpn_server;

/** What differs between the devices of processes, of Linux and of kernel modules. */
struct pnpn_node_kind {
	const char *name; /* as ListDevices tells it */
	/** A registration is to follow its ring: makes what the reader gets. Returns 0; an errno. NULL: it has no
	 *  ring, each event is told by itself. */
	int (*attach)(struct pnpn_attachment_record *attachment);
	/** An event by hand, which was checked: reports it, and answers the call or has that done. Returns as a
	 *  method of D-Bus. */
	int (*report)(struct pnpn_node *node, const struct pnpn_request *request);
	/** Somebody asks for it by one of its names. NULL: that is nothing to it. */
	void (*asked)(struct pnpn_node *node);
	/** Tells what is known of it. NULL: nothing. */
	void (*tell_properties)(struct pnpn_node *node, const struct pnpn_property_sink *sink);
	/** What nobody owns can be had go so. Returns 0; -EOPNOTSUPP. NULL: it can't. */
	int (*find_ejectable)(const struct pnpn_node *node, struct pnpn_ejectable *ret_ejectable);
	/** Says what keeps it from going, where it is in use. */
	void (*describe_use)(const struct pnpn_node *node, char *ret_text, size_t size);
	/** It goes, and before anybody is told its ring ends: at node->end. NULL: that stands there already. */
	void (*remove)(struct pnpn_node *node);
};

/** Whoever removes it in an orderly way hears what happens to it meanwhile. */
struct pnpn_node_remover {
	void (*closed)(struct pnpn_node *node); /* a handle of it */
	void (*gone)(struct pnpn_node *node); /* it is about to be freed */
};

struct pnpn_node {
	const struct pnpn_node_kind *kind;
	struct pnpn_server *server;
	struct pnpn_tree_device entry; /* in the server's tree */
	struct pnpn_map_link by_syspath; /* in the server */
	char *syspath; /* NULL for a process's device */
	struct pnpn_map_link by_alias; /* in the server */
	char *alias; /* another id of it; NULL without */
	struct pnpn_guid setup_class; /* all zero if it is of none */
	char assigned[PNPN_ASSIGNED_BYTES]; /* COM3 or E:; "" without */
	struct pnpn_guid assigned_class; /* the interfaces that it is told with */
	struct pnpn_list properties; /* that its owner gave it */
	unsigned int n_properties;
	struct pnpn_access access; /* who may do what with it (D9) */
	uint64_t since; /* when it started, in ns of CLOCK_REALTIME */
	uint64_t order; /* when it started, against registrations */
	struct pnpn_peer *owner; /* NULL unless a process */
	unsigned int n_descriptors; /* charged to the owner */
	uint64_t kernel_number; /* of a kernel device, at its module */
	bool stale; /* of a kernel device: not seen since changes were lost */
	bool serves; /* ... and wants to hear of who opens it */
	struct pnpn_list owner_link;
	unsigned int n_handles;
	struct pnpn_list handles; /* by their node_link */
	/* The thread that wakes looks at these: changed under its lock. */
	struct pnpn_list attachments;
	struct pnpn_list groups; /* of the readers, by whom the manager wakes */
	uint64_t floor_at; /* the ring's head when its floor was last looked for */

	unsigned int n_attachments;
	unsigned int n_direct; /* readers that hear wake_fd */
	uid_t direct_uid; /* whose processes all of them are */
	struct pnpn_node *parent; /* the device of the same owner that it is on; NULL: the root */
	struct pnpn_list children, child_link; /* those on it, and its place among its parent's */
	unsigned int depth; /* of how many devices it is on */
	struct pnpn_removal_record *removal; /* under way, or NULL */
	struct pnpn_list removal_link; /* in that */
	const struct pnpn_node_remover *remover; /* its */
	bool closing; /* nobody opens it any more */
	uint64_t sequence; /* of the last event, where there is no ring */
	uint64_t end; /* of the ring, once the device is going: nothing after it counts */

	struct pnpn_ring_memory ring;
	/* In the owner's hands too, who may fill them or make them block: see waker.c. */
	int wake_fd; /* the owner wakes the direct readers */
	int helper_fd; /* the owner asks for all to be woken */
	int handled_fds[2]; /* a pipe; the owner reads that kernel-mode registrants got further */
	struct pnpn_wake_source help; /* of helper_fd; not there for a kernel module's device */
};

/** A device of nobody's, not started. Returns 0; -EINVAL for an id that is none; -EEXIST; -ENOMEM. */
int pnpn_node_new(struct pnpn_node **ret_node, struct pnpn_server *server,
		  const struct pnpn_node_kind *kind, const char *instance_id);

/** The node of a link in the tree's list of devices. */
static inline struct pnpn_node *pnpn_node_at(struct pnpn_list *link)
{
	return pnpn_list_entry(link, struct pnpn_node, entry.link);
}

/** The node of a device in the tree; NULL of NULL. */
static inline struct pnpn_node *pnpn_node_of(struct pnpn_tree_device *device)
{
	return device ? pnpn_list_entry(device, struct pnpn_node, entry) : NULL;
}

/** Whether its events come through a ring. */
static inline bool pnpn_node_has_ring(const struct pnpn_node *node)
{
	return node->kind->attach != NULL;
}

/** Its number as registrants are told it, and where its ring stands: what they are told next comes after
 *  every event below. Both 0 without a ring. */
uint64_t pnpn_node_ring_number(const struct pnpn_node *node);
uint64_t pnpn_node_ring_position(const struct pnpn_node *node);

/** Registrants were told something at that position: nobody who looks at the ring overlooks it. */
void pnpn_node_mark_told(const struct pnpn_node *node);

/** Frees it without telling anybody. Returns NULL. */
struct pnpn_node *pnpn_node_free(struct pnpn_node *node);

/** Presents it: whoever follows it or its classes is told (D3). Returns 0; -EALREADY. */
int pnpn_node_start(struct pnpn_node *node);

/** Its removal as everybody else sees it: registrants get what was reported, then the removal (R14, D8); others may
 *  have its names. Who has it open still has that of it. Again, it does nothing. */
void pnpn_node_leave(struct pnpn_node *node);

/** It leaves, and is freed. Returns NULL. */
struct pnpn_node *pnpn_node_remove(struct pnpn_node *node);

/** It is known by this path, and by those that lead to it, too. Returns 0; -ENOMEM. */
int pnpn_node_set_syspath(struct pnpn_node *node, const char *syspath);

/** It is known by another id, too, which no device has. Returns 0; -ENOMEM. */
int pnpn_node_set_alias(struct pnpn_node *node, const char *instance_id);

/** Says who may do what with it, before it starts (D9). Returns 0; -EINVAL; -EALREADY. */
int pnpn_node_set_access(struct pnpn_node *node, const struct pnpn_access *access);

/** Returns 0; -EINVAL; -EACCES for a name of Linux's devices (D9); -EEXIST if a device has it; -EDQUOT. */
int pnpn_node_add_link(struct pnpn_node *node, const char *name);

/** The name is this device's: if a process's has it, that loses it (D9). Returns as add_link(). */
int pnpn_node_take_link(struct pnpn_node *node, const char *name);

/** Returns 0; -ENOENT. */
int pnpn_node_remove_link(struct pnpn_node *node, const char *name);

/**
 * pnpn_node_add_property() - one more value of a property, from its owner
 *
 * "setup-class" is a GUID, and one. "parent" is the instance id of a started device of the same owner, and one, given
 * before it starts. Returns 0; -EINVAL; -EALREADY; -ENOENT; -EDQUOT; -ENOMEM.
 */
int pnpn_node_add_property(struct pnpn_node *node, const char *key, const char *value);

/** Returns 0; 1 if it was there already; -EINVAL; -EDQUOT. */
int pnpn_node_add_interface(struct pnpn_node *node, const struct pnpn_guid *class,
			    const char *reference, struct pnpn_tree_interface **ret_interface);

/** Returns 0; -EEXIST if it is enabled already; -ENOENT if it is not, or is not there (D3). */
int pnpn_node_enable_interface(struct pnpn_node *node, const char *name, bool enable);

/** The started or not started device of that number and owner, or NULL. */
struct pnpn_node *pnpn_node_find_number(struct pnpn_peer *owner, uint64_t number);

/** The device of that instance id, or NULL. */
struct pnpn_node *pnpn_node_find_id(struct pnpn_server *server, const char *instance_id);

/**
 * pnpn_node_find() - the started device that a DEVICE names
 * @name: instance id, \\.\ name, name of an enabled interface, or a path under /dev or /sys (D4)
 */
struct pnpn_node *pnpn_node_find(struct pnpn_server *server, const char *name);

/**
 * pnpn_node_find_file() - pnpn_node_find(), or the device at the beginning of a \\.\ name whose owner serves it
 * @ret_rest: what follows the device's own name, from the \ on: "" for most; in name
 */
struct pnpn_node *pnpn_node_find_file(struct pnpn_server *server, const char *name,
				      const char **ret_rest);

#endif
