/* SPDX-License-Identifier: MIT */
/* Kernel-mode registrants: who they are, and calling them while they come and go (K3, K5, K6). */
#ifndef PNPN_KERNEL_LISTENER_H
#define PNPN_KERNEL_LISTENER_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/wait.h>
#include <pnpnotify/driver.h>

struct pnpn_device;

/** Those that are called by one workqueue. */
struct pnpn_listeners {
	struct mutex lock;
	struct list_head list;
	wait_queue_head_t idle; /* a call returned */
};

struct pnpn_listener {
	struct kref refs;
	struct list_head node;
	struct pnpn_listeners *listeners; /* that it is in */
	struct pnpn_device *device; /* a reference, which put() gives back; NULL for a class */
	void (*put)(struct pnpn_device *device);
	struct pnpn_guid class;
	pnpn_notice_fn fn;
	void *context;
	struct module *owner; /* held (K6) */
	u64 from; /* ring position that it begins at (R12) */
	bool gone; /* no call begins any more */
	const void *caller; /* its context is calling it; NULL: none */
	void (*release)(void *context); /* when nobody uses the context any more, or NULL */
};

/** An empty list. */
void pnpn_listeners_init(struct pnpn_listeners *listeners);

/** Whether nobody listens; a hint without the lock. */
bool pnpn_listeners_is_empty(struct pnpn_listeners *listeners);

/**
 * pnpn_listeners_call() - call those that want it, one after the other
 * @wants: whether this one does; called under the lock
 *
 * The lists of one workqueue are called by one thread at a time. May sleep.
 */
void pnpn_listeners_call(struct pnpn_listeners *listeners,
			 bool (*wants)(const struct pnpn_listener *listener, const void *about),
			 const void *about, const struct pnpn_notice *notice);

/** A listener of nothing yet, with its owner held. Returns ERR_PTR(-EINVAL); -ENOMEM; -ENODEV if the
 *  owner is going. */
struct pnpn_listener *pnpn_listener_new(pnpn_notice_fn fn, void *context, struct module *owner);

/** One reference less. */
void pnpn_listener_put(struct pnpn_listener *listener);

#endif
