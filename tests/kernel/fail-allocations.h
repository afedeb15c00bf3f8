/* SPDX-License-Identifier: MIT */
/*
 * Included before each of the module's files in a build of its own: the allocation numbered by the module
 * parameter fail_at fails, and those after it do not. For kernels without failslab, as Debian's.
 */
#ifndef PNPN_FAIL_ALLOCATIONS_H
#define PNPN_FAIL_ALLOCATIONS_H

#include <linux/device.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <linux/anon_inodes.h>

/** Whether this allocation is the one that fails. */
bool pnpn_allocation_fails(void);

#define kzalloc(...)	  (pnpn_allocation_fails() ? NULL : kzalloc(__VA_ARGS__))
#define kcalloc(...)	  (pnpn_allocation_fails() ? NULL : kcalloc(__VA_ARGS__))
#define kasprintf(...)	  (pnpn_allocation_fails() ? NULL : kasprintf(__VA_ARGS__))
#define vmalloc(...)	  (pnpn_allocation_fails() ? NULL : vmalloc(__VA_ARGS__))
#define vmalloc_user(...) (pnpn_allocation_fails() ? NULL : vmalloc_user(__VA_ARGS__))
#undef alloc_ordered_workqueue
#define alloc_ordered_workqueue(format, flags, ...) \
	(pnpn_allocation_fails()                    \
		 ? NULL                             \
		 : alloc_workqueue(format, WQ_UNBOUND | __WQ_ORDERED | (flags), 1, ##__VA_ARGS__))
#define anon_inode_getfd(...) (pnpn_allocation_fails() ? -ENOMEM : anon_inode_getfd(__VA_ARGS__))

#endif
