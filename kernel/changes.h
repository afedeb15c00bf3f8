/* SPDX-License-Identifier: MIT */
/*
 * What is there and what changes, for any number of readers of /dev/pnpnotify: a reader is a position among
 * what is there, and one in a log of changes that all of them share. None has anything queued for it.
 */
#ifndef PNPN_KERNEL_CHANGES_H
#define PNPN_KERNEL_CHANGES_H

#include <linux/poll.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <pnpnotify/uapi.h>

struct pnpn_device;
struct pnpn_guid;

/** How far a reader got. */
struct pnpn_changes_reader {
	u64 taken; /* changes of the log */
	u64 device; /* of what is there: this device, */
	u32 item; /* this thing of it, and all before were told */
	bool told_all; /* so was the rest */
};

/** Somebody may have more to take. */
extern wait_queue_head_t pnpn_changes_wait;

/** Reserves the log. Returns 0; -ENOMEM. */
int pnpn_changes_init(void);

/** Nobody reads any more: frees it. */
void pnpn_changes_deinit(void);

/** Something changed: item is the number of the link or interface, 0 for the device itself. Needs no memory.
 *  Under the tree's lock. */
void pnpn_changes_tell(struct pnpn_device *device, u32 item, u32 kind, const char *name,
		       const struct pnpn_guid *class);

/** The reader is to hear of everything that is there. Takes the tree's lock. */
void pnpn_changes_begin(struct pnpn_changes_reader *reader);

/** Whether there may be more; without the lock. */
bool pnpn_changes_has_more(const struct pnpn_changes_reader *reader);

/** Takes the next one, if there is one. Takes the tree's lock. */
bool pnpn_changes_next(struct pnpn_changes_reader *reader, struct pnpn_kernel_change *ret_change);

#endif
