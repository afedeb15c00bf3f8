/* SPDX-License-Identifier: MIT */
/* core/port.h inside Linux: reports come from any context but hard interrupts. */
#include <linux/build_bug.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "core/port.h"

struct port_lock {
	raw_spinlock_t lock;
	unsigned long flags; /* of the one who holds it */
};

static_assert(sizeof(struct port_lock) <= sizeof(struct pnpn_port_lock));

static struct port_lock *lock_of(struct pnpn_port_lock *lock)
{
	return (struct port_lock *)lock->space;
}

void pnpn_port_lock_init(struct pnpn_port_lock *lock)
{
	raw_spin_lock_init(&lock_of(lock)->lock);
}

void pnpn_port_lock_deinit(struct pnpn_port_lock *lock)
{
}

void pnpn_port_lock(struct pnpn_port_lock *lock) __acquires(lock)
{
	__acquire(lock);
	unsigned long flags;

	raw_spin_lock_irqsave(&lock_of(lock)->lock, flags);
	lock_of(lock)->flags = flags;
}

void pnpn_port_unlock(struct pnpn_port_lock *lock) __releases(lock)
{
	__release(lock);
	unsigned long flags = lock_of(lock)->flags;

	raw_spin_unlock_irqrestore(&lock_of(lock)->lock, flags);
}

void *pnpn_port_alloc(size_t bytes)
{
	return kzalloc(bytes, GFP_KERNEL);
}

void pnpn_port_free(void *memory)
{
	kfree(memory);
}

uint64_t pnpn_port_now(void)
{
	return ktime_get_real_fast_ns();
}

/* The whole ring was reserved when the device was made (device.c). */
int pnpn_port_populate(void *address, size_t bytes)
{
	return 0;
}

void pnpn_port_give_back(void *address, size_t bytes)
{
}
