/* SPDX-License-Identifier: MIT */
/*
 * The one door out of src/core: what it needs from whatever it runs on. src/port/ implements it for
 * Linux processes, kernel/port-kernel.c inside Linux.
 */
#ifndef PNPN_CORE_PORT_H
#define PNPN_CORE_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/errno.h>

/** Serialises the threads of one ring's owner. Room for a pthread_mutex_t or a spinlock_t. */
struct pnpn_port_lock {
	_Alignas(8) unsigned char space[128];
};

void pnpn_port_lock_init(struct pnpn_port_lock *lock);
void pnpn_port_lock_deinit(struct pnpn_port_lock *lock);
void pnpn_port_lock(struct pnpn_port_lock *lock);
void pnpn_port_unlock(struct pnpn_port_lock *lock);

/** Zeroed memory, or NULL. May sleep. */
void *pnpn_port_alloc(size_t bytes);

/** NULL is allowed. */
void pnpn_port_free(void *memory);

/** Nanoseconds of the wall clock. */
uint64_t pnpn_port_now(void);

/**
 * pnpn_port_populate() - see to it that writing to this memory can't fail from now on
 * @address: page-aligned part of a ring's mapping
 * @bytes:   a multiple of the page size
 *
 * Returns 0, or -ENOBUFS if memory can't be had.
 */
int pnpn_port_populate(void *address, size_t bytes);

/** Gives the memory back; it reads as zeros then. address and bytes as in pnpn_port_populate(). */
void pnpn_port_give_back(void *address, size_t bytes);

#ifdef __KERNEL__
#include <linux/string.h>
#else
void *memcpy(void *to, const void *from, size_t bytes);
void *memset(void *to, int byte, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
size_t strlen(const char *string);
int strcmp(const char *a, const char *b);
#endif

#endif
