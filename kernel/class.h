/* SPDX-License-Identifier: MIT */
/* Listeners of interface classes: told on one ordered workqueue of what comes and goes (D3, K4). */
#ifndef PNPN_KERNEL_CLASS_H
#define PNPN_KERNEL_CLASS_H

#include <linux/types.h>

struct pnpn_listener;
struct pnpn_tree_interface;

/** Makes the workqueue. Returns 0; -ENOMEM. */
int pnpn_class_init(void);

/** Nobody listens any more: frees it. */
void pnpn_class_deinit(void);

/** An interface of a started device was enabled or disabled. Under the tree's lock. */
void pnpn_class_changed(const struct pnpn_tree_interface *interface, bool enabled);

/** What was told before has been handled. Not inside a callback. May sleep. */
void pnpn_class_flush(void);

/** A listener follows a class. Returns 0; -ENOMEM, then it was unlistened but for the caller's reference. */
int pnpn_class_listen(struct pnpn_listener *listener, const void *interface_class, bool existing);

#endif
