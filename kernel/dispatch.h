/* SPDX-License-Identifier: MIT */
/*
 * What follows a report in process context, on one ordered workqueue for each device: kernel-mode
 * registrants, completion callbacks (R9), uevents, and who waits for them (R2).
 */
#ifndef PNPN_KERNEL_DISPATCH_H
#define PNPN_KERNEL_DISPATCH_H

#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "core/completion.h"
#include "core/ring-reader.h"
#include "listener.h"

struct pnpn_device;

struct pnpn_dispatch {
	struct workqueue_struct *queue;
	struct work_struct work;
	struct pnpn_listeners listeners;
	struct mutex reader_lock; /* protects the reader, and who it works for */
	struct pnpn_ring_reader reader;
	void *buffer; /* of PNPN_DATA_MAX bytes, and room before it for a header */
	u64 handled; /* everything below was told to all listeners */
	wait_queue_head_t handled_wait;

	raw_spinlock_t lock; /* protects the completions and their order against the ring's */
	struct pnpn_completions completions; /* with room for none, or PNPN_COMPLETIONS_RESERVE */
};

/** Bytes before the event's data that a listener's adaptor may write a header into. */
#define PNPN_DISPATCH_HEADROOM 68

/** Makes it ready for the device's reports. May sleep. Returns 0; -ENOMEM. */
int pnpn_dispatch_init(struct pnpn_device *device);

/** Everything was handled: frees it. Zeroed memory is allowed. */
void pnpn_dispatch_deinit(struct pnpn_device *device);

/** A report was accepted: has what follows done, if anything does. Any context. */
void pnpn_dispatch_kick(struct pnpn_device *device);

/** Reports with a completion. Any context. Returns as pnpn_ring_writer_report(); -ENOBUFS. */
int pnpn_dispatch_report(struct pnpn_device *device, const struct pnpn_guid *guid, const void *data,
			 u32 size, s32 name_offset, struct pnpn_completion *completion,
			 unsigned int *ret_after);

/** Waits until all listeners were told of what lies below position. May sleep. */
void pnpn_dispatch_wait(struct pnpn_device *device, u64 position);

/** A listener follows a device, whose reference it takes over, also on failure, from the ring's head on. May
 *  sleep. Returns 0; -ENOENT of NULL, or once the device went. */
int pnpn_dispatch_listen(struct pnpn_device *device, struct pnpn_listener *listener);

#endif
