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

/* Linux has some as functions, some as macros, and other ones in other versions: first functions around
 * either, then their names. */
static inline void *pnpn_kzalloc(size_t bytes, gfp_t gfp)
{
	return pnpn_allocation_fails() ? NULL : kzalloc(bytes, gfp);
}

static inline void *pnpn_kcalloc(size_t n, size_t bytes, gfp_t gfp)
{
	return pnpn_allocation_fails() ? NULL : kcalloc(n, bytes, gfp);
}

static inline void *pnpn_vmalloc(unsigned long bytes)
{
	return pnpn_allocation_fails() ? NULL : vmalloc(bytes);
}

static inline void *pnpn_vmalloc_user(unsigned long bytes)
{
	return pnpn_allocation_fails() ? NULL : vmalloc_user(bytes);
}

#undef kzalloc
#undef kcalloc
#undef vmalloc
#undef vmalloc_user
#define kzalloc	     pnpn_kzalloc
#define kcalloc	     pnpn_kcalloc
#define vmalloc	     pnpn_vmalloc
#define vmalloc_user pnpn_vmalloc_user
/* Functions everywhere. */
#define kasprintf(...)	      (pnpn_allocation_fails() ? NULL : kasprintf(__VA_ARGS__))
#define anon_inode_getfd(...) (pnpn_allocation_fails() ? -ENOMEM : anon_inode_getfd(__VA_ARGS__))
/* A macro everywhere, of arguments that a function can't hand on. */
#undef alloc_ordered_workqueue
#define alloc_ordered_workqueue(format, flags, ...) \
	(pnpn_allocation_fails()                    \
		 ? NULL                             \
		 : alloc_workqueue(format, WQ_UNBOUND | __WQ_ORDERED | (flags), 1, ##__VA_ARGS__))

#endif
